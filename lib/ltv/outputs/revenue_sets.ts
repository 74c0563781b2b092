import { type Check, createRng, DISPLAY, type Displayable, ensure } from "../../core/mod.ts";
import {
  absolute,
  conformaliseValues,
  loadValueIntervals,
  type QuantilePrediction,
  quantileSides,
  type ValueIntervals,
  type ValueIntervalsJson,
} from "../../conformal/mod.ts";
import { table } from "../../plot/mod.ts";
import { type PredictedRevenueSets, predictedRevenueSets } from "./predicted_revenue_sets.ts";

/** What the stages say of n customers, as prediction sets need it. */
export interface SpendForecast {
  /** P of a purchase, in [0, 1]. */
  readonly probability: ArrayLike<number>;
  /** E[log1p R | purchase]. */
  readonly meanLog: ArrayLike<number>;
}

/** Customers whose revenue is known, and what was said of them before. */
export interface SpendHistory extends SpendForecast {
  /** n amounts, 0 or more. */
  readonly revenue: ArrayLike<number>;
  /** n likelihood ratios, where the customers to predict are of another mix. */
  readonly weights?: ArrayLike<number>;
}

/** Options of {@linkcode fitRevenueSets}. */
export interface RevenueSetOptions {
  /** Wanted coverage of each class, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** Customers without revenue that are kept, drawn at random: the threshold needs no more. @default {2000} */
  readonly mostZeros?: number;
  /** Of the draw. @default {0} */
  readonly seed?: number;
}

/** Calibrated sets of revenue: immutable, and plain JSON when saved. */
export interface RevenueSets extends Displayable {
  /** Wanted coverage of each class. */
  readonly confidence: number;
  /** Too few buyers, or weights that leave too few; empty when all is well. */
  readonly checks: readonly Check[];
  /** The set of each customer. `weights` are asked for where the calibration had them. */
  predict(forecast: SpendForecast, weights?: ArrayLike<number>): PredictedRevenueSets;
  /** Plain data from which {@linkcode loadRevenueSets} makes the same sets. */
  toJSON(): RevenueSetsJson;
}

/** {@linkcode RevenueSets} as plain data. */
export interface RevenueSetsJson {
  /** What this is. */
  readonly format: "credible.revenueSets";
  /** Of the format. */
  readonly version: 1;
  /** Of customers without revenue: how large P may be. */
  readonly zeros: ValueIntervalsJson;
  /** Of buyers: how far log1p R may lie below its mean and how far above. */
  readonly buyers: ValueIntervalsJson;
}

/**
 * Sets of revenue that keep their promise **for customers without revenue and for buyers alike**: {0, unless P is too high for a customer
 * without revenue} ∪ the interval of what is spent given a purchase. Each part is calibrated on its own class, since at 96 % zeros the set
 * {0} would cover 96 % of all and not one buyer.
 *
 * @param history Mature rows on which nothing that made the forecasts was fitted.
 * @throws {RangeError} If lengths differ, a probability is outside [0, 1], an amount below 0, or no customer bought.
 * @see Vovk, Gammerman and Shafer 2005, section 4.5 (label-conditional, "Mondrian").
 *
 * @example
 * ```ts
 * import { fitRevenueSets } from "credible/ltv";
 * const revenue = Array.from({ length: 400 }, (_, i) => i % 10 === 0 ? 1 + i % 7 : 0);
 * const sets = fitRevenueSets({
 *   probability: revenue.map((r, i) => r > 0 ? 0.3 : 0.05 + 0.1 * (i % 3)),
 *   meanLog: revenue.map(() => 1.5),
 *   revenue,
 * });
 * const { holdsZero, low, high } = sets.predict({ probability: [0.1, 0.9], meanLog: [1.5, 1.5] });
 * // 0 is in the first set and not in the second; both hold the same interval of a purchase
 * ```
 */
export function fitRevenueSets(history: SpendHistory, options: RevenueSetOptions = {}): RevenueSets {
  const { confidence = 0.9, mostZeros = 2000, seed = 0 } = options;
  const action = "calibrate sets of revenue", { revenue, weights } = history;
  ensureForecast(action, history);
  const n = revenue.length;
  ensure(n === history.probability.length, action, "revenue", `${history.probability.length} long`, n);
  ensure(weights === undefined || weights.length === n, action, "weights", `${n} long`, weights?.length);
  const zeros: number[] = [], buyers: number[] = [];
  for (let i = 0; i < n; i++) {
    const amount = revenue[i]!;
    ensure(amount >= 0 && amount < Infinity, action, `revenue[${i}]`, "0 or more, and known", amount);
    (amount > 0 ? buyers : zeros).push(i);
  }
  ensure(buyers.length > 0, action, "revenue", "above 0 somewhere", "all 0");
  const kept = zeros.length > mostZeros
    ? Array.from(
      createRng(seed, "revenue-sets").permutation(zeros.length).subarray(0, mostZeros),
      (k) => zeros[k]!,
    )
    : zeros;
  const weightsOf = (rows: readonly number[]): { weights?: number[] } =>
    weights ? { weights: rows.map((i) => weights[i]!) } : {};
  return build({
    format: "credible.revenueSets",
    version: 1,
    zeros: conformaliseValues({
      predictions: kept.map(() => 0),
      values: kept.map((i) => history.probability[i]!),
      ...weightsOf(kept),
    }, { score: absolute(), confidence }).toJSON(),
    buyers: conformaliseValues({
      predictions: buyers.map((i) => pointAt(history, i)),
      values: buyers.map((i) => Math.log1p(revenue[i]!)),
      ...weightsOf(buyers),
    }, { score: quantileSides(), confidence }).toJSON(),
  });
}

/**
 * Makes sets again from what {@linkcode RevenueSets.toJSON} gave: they predict the same, bit for bit.
 *
 * @throws {RangeError} If this is no such data, or of an unknown version.
 */
export function loadRevenueSets(json: RevenueSetsJson): RevenueSets {
  const action = "load sets of revenue";
  ensure(json.format === "credible.revenueSets", action, "format", "credible.revenueSets", json.format);
  ensure(json.version === 1, action, "version", "1", json.version);
  return build(json);
}

function build(json: RevenueSetsJson): RevenueSets {
  const zeros = loadValueIntervals(json.zeros, absolute());
  const buyers = loadValueIntervals(json.buyers, quantileSides());
  const { confidence } = zeros, zeroCell = zeros.thresholds[0]!, buyerCell = buyers.thresholds[0]!;
  const checks = [...named("no revenue", zeros), ...named("buyers", buyers)];
  return {
    confidence,
    checks,
    predict: (forecast, weights) => {
      ensureForecast("predict sets of revenue", forecast);
      const rows = weights ? { weights } : {}, { probability } = forecast;
      const reach = zeros.predict(Array.from(probability, () => 0), rows).high;
      const spend = buyers.predict(Array.from(probability, (_, i) => pointAt(forecast, i)), rows);
      return predictedRevenueSets({
        confidence,
        holdsZero: Uint8Array.from(probability, (p, i) => Number(p <= reach[i]!)),
        low: spend.low.map(amountAt),
        high: spend.high.map(amountAt),
      });
    },
    toJSON: () => json,
    [DISPLAY]: () =>
      table(
        [
          { class: "no revenue: P at most", rows: zeroCell.rows, threshold: zeroCell.threshold[0]! },
          {
            class: "buyers: log1p R below its mean by",
            rows: buyerCell.rows,
            threshold: buyerCell.threshold[0]!,
          },
          { class: "buyers: above it by", rows: buyerCell.rows, threshold: buyerCell.threshold[1]! },
        ],
        {
          caption: `Sets of revenue at ${Number((100 * confidence).toPrecision(4))} %, by class`,
          columns: { rows: { label: "calibration rows" } },
        },
      )[DISPLAY](),
  };
}

/** How far log1p R lies below its mean, and how far above. */
export function spendScores(forecast: SpendForecast, i: number, revenue: number): readonly [number, number] {
  const above = Math.log1p(revenue) - forecast.meanLog[i]!;
  return [-above, above];
}

/** The mean as both quantiles from which the score takes its distances. */
function pointAt({ meanLog }: SpendForecast, i: number): QuantilePrediction {
  return { low: meanLog[i]!, high: meanLog[i]! };
}

/** From log1p back to an amount; nobody pays less than nothing. */
function amountAt(log: number): number {
  return Math.max(0, Math.expm1(log));
}

/** The checks of one class, by its name. */
function named(name: string, intervals: ValueIntervals<never>): Check[] {
  return intervals.checks.map((c) => ({ ...c, title: c.title.replace("all rows", name) }));
}

/** Throws unless there is a probability and a mean for each customer. */
export function ensureForecast(action: string, { probability, meanLog }: SpendForecast): void {
  const n = probability.length;
  ensure(meanLog.length === n, action, "meanLog", `${n} long`, meanLog.length);
  for (let i = 0; i < n; i++) {
    const p = probability[i]!;
    ensure(p >= 0 && p <= 1, action, `probability[${i}]`, "in [0, 1]", p);
    ensure(Number.isFinite(meanLog[i]), action, `meanLog[${i}]`, "finite", meanLog[i]);
  }
}
