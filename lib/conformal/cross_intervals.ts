import { ensure } from "../core/mod.ts";
import { cellChecks, makeCell } from "./cell.ts";
import { ensureLength } from "./cells.ts";
import { ensureFolds } from "./folds.ts";
import { type PredictedIntervals, predictedIntervals } from "./predicted_intervals.ts";
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
