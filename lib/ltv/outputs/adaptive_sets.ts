import { type Adaptive, createAdaptive } from "../../conformal/mod.ts";
import { DAY } from "../time.ts";
import { byTime, type DatedSpend } from "./dated_spend.ts";
import { type PredictedRevenueSets, predictedRevenueSets } from "./predicted_revenue_sets.ts";
import { spendScores } from "./revenue_sets.ts";

/** Options of {@linkcode adaptiveSets}. */
export interface AdaptiveSetOptions {
  /** Days until a row's revenue is known. */
  readonly horizon: number;
  /** Wanted long-run coverage of each class, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /**
   * How far one miss moves the level: γ. Were labels known at once, the rate of misses of an end after T buyers would be within
   * (1 + γ) / (γ T) of what was asked, whatever the drift; buyers are few, so γ must not be small. @default {0.05}
   */
  readonly step?: number;
  /** How many of the latest scores of a class count. @default {200} */
  readonly window?: number;
}

/** Customers without revenue are many, and about so many steps follow them closely enough. */
const MOST_ZEROS = 4000;

/**
 * Sets whose thresholds follow the scores of the latest rows, each class for itself and each end of what buyers spend for itself, and grow
 * after misses. They answer any drift, as late as labels come: a row's revenue counts from the day on which its horizon has passed.
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
  { horizon, confidence = 0.9, step = 0.05, window = 200 }: AdaptiveSetOptions,
): PredictedRevenueSets {
  const past = byTime(before.times), bought = (rows: DatedSpend, i: number): boolean => rows.revenue[i]! > 0;
  const pastBuyers = past.filter((i) => bought(before, i)).slice(-window);
  const pastZeros = past.filter((i) => !bought(before, i)).slice(-window);
  const follow = (level: number, scores: readonly number[]): Adaptive =>
    createAdaptive({ confidence: level, step, window, scores });
  const scoresOf = (rows: DatedSpend, i: number): readonly [number, number] =>
    spendScores(rows, i, rows.revenue[i]!);
  let zeros = follow(confidence, pastZeros.map((i) => before.probability[i]!));
  // Prices that rise are missed above and not below: each end has half of the misses and its own state.
  let [below, above] = [0, 1].map((side) =>
    follow((1 + confidence) / 2, pastBuyers.map((i) => scoresOf(before, i)[side]!))
  ) as [Adaptive, Adaptive];
  const order = byTime(later.times), n = order.length, every = Math.ceil(n / MOST_ZEROS);
  const holdsZero = new Uint8Array(n), low = new Float64Array(n), high = new Float64Array(n);
  for (let at = 0, matured = 0, seen = 0; at < n;) {
    const day = Math.floor(later.times[order[at]!]! / DAY) * DAY;
    for (; later.times[order[matured]!]! + horizon * DAY <= day; matured++) {
      const i = order[matured]!;
      if (bought(later, i)) {
        const scores = scoresOf(later, i);
        [below, above] = [below.next(scores[0]), above.next(scores[1])];
      } else if (seen++ % every === 0) zeros = zeros.next(later.probability[i]!);
    }
    for (; at < n && later.times[order[at]!]! < day + DAY; at++) {
      const i = order[at]!;
      holdsZero[i] = Number(later.probability[i]! <= zeros.threshold);
      low[i] = Math.max(0, Math.expm1(later.meanLog[i]! - below.threshold));
      high[i] = Math.max(0, Math.expm1(later.meanLog[i]! + above.threshold));
    }
  }
  return predictedRevenueSets({ confidence, holdsZero, low, high });
}
