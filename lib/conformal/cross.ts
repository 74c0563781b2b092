import { ensure, type Matrix, row } from "../core/mod.ts";
import { cellChecks, makeCell, TIE } from "./cell.ts";
import { ensureLength } from "./cells.ts";
import { ensureLabels, type Probabilities, toMatrix } from "./class_rows.ts";
import { type ClassScore, lac } from "./class_scores.ts";
import { type PredictedIntervals, predictedIntervals } from "./predicted_intervals.ts";
import { type PredictedSets, predictedSets } from "./predicted_sets.ts";
import { conformalThreshold, ensureConfidence, quantileRank } from "./rank.ts";

/** Out-of-fold predictions of a number, and what each fold's model says of the rows to predict. */
export interface CrossValues {
  /** n values of the rows that were fitted on. */
  readonly values: ArrayLike<number>;
  /** n predictions, each by the model that was fitted without the row's fold. */
  readonly outOfFold: ArrayLike<number>;
  /** The fold of each row, an index of `predictions`; n different folds are the jackknife. */
  readonly folds: ArrayLike<number>;
  /** For each fold, what the model fitted without it says of the rows to predict. */
  readonly predictions: readonly ArrayLike<number>[];
  /** What the model fitted on all rows says of them, for `whole`. */
  readonly whole?: ArrayLike<number>;
}

/** Options of {@linkcode crossIntervals}. */
export interface CrossOptions {
  /** In (0, 1). @default {0.9} */
  readonly confidence?: number;
  /**
   * `plus` (jackknife+, CV+) covers at least 2 · confidence − 1 and near `confidence` in practice; `minmax` covers at
   * least `confidence` and is wider; `whole` puts out-of-fold errors around one model and promises nothing.
   *
   * @default {"plus"}
   */
  readonly method?: "plus" | "minmax" | "whole";
}

/**
 * Intervals that spend no row on calibration: each row is judged by a model that did not see it. For few rows.
 * The bound of `plus` is exact for the jackknife; with larger folds it gives away at most √(2 / n) more.
 *
 * @throws {RangeError} If lengths differ, a fold has no prediction, or `whole` is missing where it is needed.
 * @see Barber et al. 2021, https://arxiv.org/abs/1905.02928
 *
 * @example
 * ```ts
 * import { crossIntervals } from "credible/conformal";
 * const values = [1, 2, 3, 4], mean = (kept: number[]) => kept.reduce((a, b) => a + b) / kept.length;
 * const means = values.map((_, i) => mean(values.filter((_, j) => j !== i)));
 * const { low, high } = crossIntervals(
 *   { values, outOfFold: means, folds: [0, 1, 2, 3], predictions: means.map((m) => [m]) },
 *   { confidence: 0.6 },
 * );
 * if (!(low[0]! < 2.5 && high[0]! > 2.5)) throw new Error("the mean lies inside");
 * ```
 */
export function crossIntervals(rows: CrossValues, options: CrossOptions = {}): PredictedIntervals {
  const { confidence = 0.9, method = "plus" } = options, action = "make cross-conformal intervals";
  ensureConfidence(action, confidence);
  const { values, outOfFold, folds, predictions } = rows, n = values.length;
  ensureLength(action, "outOfFold", outOfFold, n);
  ensureFolds(action, folds, n, predictions.length);
  const errors = Float64Array.from(values, (value, i) => Math.abs(value - outOfFold[i]!));
  const rank = quantileRank(n, confidence), reach = conformalThreshold(errors, confidence);
  const m = predictions[0]?.length ?? 0;
  const ends = Array.from({ length: m }, (_, j): readonly [number, number] => {
    const centres = Float64Array.from(folds, (fold) => predictions[fold]![j]!);
    if (method === "plus") {
      // floor((1 − confidence)(n + 1)) = n + 1 − rank, without a slip
      const lows = centres.map((c, i) => c - errors[i]!).sort(),
        highs = centres.map((c, i) => c + errors[i]!).sort();
      return rank > n ? [-Infinity, Infinity] : [lows[n - rank]!, highs[rank - 1]!];
    }
    if (method === "minmax") return [Math.min(...centres) - reach, Math.max(...centres) + reach];
    ensure(
      rows.whole !== undefined && rows.whole.length === m,
      action,
      "whole",
      `${m} long`,
      rows.whole?.length,
    );
    return [rows.whole[j]! - reach, rows.whole[j]! + reach];
  });
  return predictedIntervals({
    low: Float64Array.from(ends, ([low]) => low),
    high: Float64Array.from(ends, ([, high]) => high),
    confidence,
    checks: cellChecks(makeCell("all rows", errors), confidence),
  });
}

/** Out-of-fold probabilities of labels, and what each fold's model says of the rows to predict. */
export interface CrossClasses {
  /** n labels, integers from 0. */
  readonly labels: ArrayLike<number>;
  /** Probabilities of each row by the model that was fitted without its fold. */
  readonly outOfFold: Probabilities;
  /** The fold of each row, an index of `predictions`. Folds within businesses, or businesses, will do. */
  readonly folds: ArrayLike<number>;
  /** For each fold, what the model fitted without it says of the rows to predict. */
  readonly predictions: readonly Probabilities[];
}

/** Options of {@linkcode crossSets}. */
export interface CrossSetsOptions {
  /** In (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** How labels are scored; deterministic. @default {lac()} */
  readonly score?: ClassScore;
  /** Names of the labels. @default {"0", "1", …} */
  readonly classes?: readonly string[];
}

/**
 * Prediction sets that spend no row on calibration (CV+): a label stays unless it fits worse than the rows' own labels
 * did, in too many comparisons under one and the same model. Covers at least 2 · confidence − 1, less at most √(2 / n)
 * with folds of more than a row, and near `confidence` in practice.
 *
 * @throws {RangeError} If lengths differ, a fold has no prediction, or the score is randomised.
 * @see Romano, Sesia & Candès 2020, https://arxiv.org/abs/2006.02544, section 3.
 *
 * @example
 * ```ts
 * import { crossSets } from "credible/conformal";
 * const predicted = crossSets({
 *   labels: [0, 1, 0, 1],
 *   outOfFold: [0.2, 0.7, 0.4, 0.9],
 *   folds: [0, 0, 1, 1],
 *   predictions: [[0.95], [0.9]],
 * }, { confidence: 0.6 });
 * predicted.sets[0]; // [1]
 * ```
 */
export function crossSets(rows: CrossClasses, options: CrossSetsOptions = {}): PredictedSets {
  const { confidence = 0.9, score = lac() } = options, action = "make cross-conformal sets";
  ensureConfidence(action, confidence);
  ensure(!score.randomised, action, "score", "deterministic", score.spec.name);
  const own = toMatrix(action, rows.outOfFold), n = own.rows, K = own.columns;
  ensureLabels(action, rows.labels, n, K);
  ensureFolds(action, rows.folds, n, rows.predictions.length);
  const perFold = rows.predictions.map((p) => toMatrix(action, p));
  const scores = Float64Array.from({ length: n }, (_, i) => score.scores(row(own, i), 0)[rows.labels[i]!]!);
  const rank = quantileRank(n, confidence), m = perFold[0]?.rows ?? 0;
  const byFold = perFold.map((_, k) => scores.filter((_, i) => rows.folds[i] === k).sort());
  const classes = options.classes ?? Array.from({ length: K }, (_, k) => String(k));
  return predictedSets({
    sets: Array.from({ length: m }, (_, j) => keptLabels(score, perFold, byFold, j, K, rank)),
    classes,
    confidence,
    shares: classes.map((_, k) => Array.from(rows.labels).filter((label) => label === k).length / n),
    checks: cellChecks(makeCell("all rows", scores), confidence),
  });
}

/** The labels that beat fewer than `rank` rows: #{i : s_i < s} < (1 − α)(n + 1). */
function keptLabels(
  score: ClassScore,
  perFold: readonly Matrix[],
  byFold: readonly Float64Array[],
  j: number,
  K: number,
  rank: number,
): number[] {
  const worse = new Float64Array(K);
  perFold.forEach((p, fold) => {
    score.scores(row(p, j), 0).forEach((s, k) => {
      worse[k]! += byFold[fold]!.filter((other) => other < s - TIE).length;
    });
  });
  return Array.from(worse.keys()).filter((k) => worse[k]! < rank);
}

function ensureFolds(action: string, folds: ArrayLike<number>, n: number, count: number): void {
  ensureLength(action, "folds", folds, n);
  for (let i = 0; i < n; i++) {
    const known = Number.isInteger(folds[i]) && folds[i]! >= 0 && folds[i]! < count;
    ensure(known, action, `folds[${i}]`, `an index of the ${count} folds that predict`, folds[i]);
  }
}
