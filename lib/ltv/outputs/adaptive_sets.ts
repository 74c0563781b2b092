import { type Adaptive, createAdaptive } from "../../conformal/mod.ts";
import { byTime, classScore, type DatedSpend, DAY } from "./dated_spend.ts";
import { type PredictedRevenueSets, predictedRevenueSets } from "./predicted_revenue_sets.ts";

/** Options of {@linkcode adaptiveSets}. */
export interface AdaptiveSetOptions {
  /** Days until a row's revenue is known. */
  readonly horizon: number;
  /** Wanted long-run coverage of each class, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** How far one miss moves the level: γ. @default {0.02} */
  readonly step?: number;
  /** How many of the latest scores of a class count. @default {300} */
  readonly window?: number;
}

/** Customers without revenue are many, and about so many steps follow them closely enough. */
const MOST_ZEROS = 4000;

/**
 * Sets whose thresholds follow the scores of the latest rows, each class for itself, and grow after misses. They answer any drift, as late as
 * labels come: a row's revenue counts from the day on which its horizon has passed.
 *
 * @param before Mature rows on which no forecast was fitted; their latest scores are where the thresholds start.
 * @param later The rows to predict, with what came.
 * @returns The sets in the order of `later`.
 * @throws {RangeError} If an option is out of range.
 * @see Gibbs and Candès 2021, https://arxiv.org/abs/2106.00170
 */
export function adaptiveSets(
  before: DatedSpend,
  later: DatedSpend,
  { horizon, confidence = 0.9, step = 0.02, window = 300 }: AdaptiveSetOptions,
): PredictedRevenueSets {
  const known = byTime(before.times).map((i) => classScore(before, i));
  const start = (bought: boolean): Adaptive =>
    createAdaptive({
      confidence,
      step,
      window,
      scores: known.filter((s) => s.bought === bought).slice(-window).map((s) => s.score),
    });
  let zeros = start(false), buyers = start(true), seen = 0;
  const every = Math.ceil(later.times.length / MOST_ZEROS);
  const order = byTime(later.times), n = order.length;
  const holdsZero = new Uint8Array(n), low = new Float64Array(n), high = new Float64Array(n);
  for (let at = 0, matured = 0; at < n;) {
    const day = Math.floor(later.times[order[at]!]! / DAY) * DAY;
    for (; later.times[order[matured]!]! + horizon * DAY <= day; matured++) {
      const { bought, score } = classScore(later, order[matured]!);
      if (bought) buyers = buyers.next(score);
      else if (seen++ % every === 0) zeros = zeros.next(score);
    }
    for (; at < n && later.times[order[at]!]! < day + DAY; at++) {
      const i = order[at]!, reach = buyers.threshold * (later.scale ? later.scale[i]! : 1);
      holdsZero[i] = Number(later.probability[i]! <= zeros.threshold);
      low[i] = Math.max(0, Math.expm1(later.meanLog[i]! - reach));
      high[i] = Math.max(0, Math.expm1(later.meanLog[i]! + reach));
    }
  }
  return predictedRevenueSets({ confidence, holdsZero, low, high });
}
