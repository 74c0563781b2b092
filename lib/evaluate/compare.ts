import { ensure, mean, variance } from "../core/mod.ts";
import { studentT } from "../core/distributions/mod.ts";
import { ensureConfidence, ensureSameLength, type Values } from "./binary.ts";
import { bootstrapInterval, type BootstrapOptions, take } from "./bootstrap.ts";
import { type Interval, interval } from "./interval.ts";

/** A number from labels and predictions, such as {@linkcode auc}. */
export type Metric = (labels: Values, predictions: Values) => number;

/** Options of {@linkcode resampledInterval}. */
export interface ResampledOptions {
  /** Rows judged over rows fitted on, n₂ / n₁: 1 / (k − 1) for k folds. Positive. */
  readonly testToTrain: number;
  /** In (0, 1). @default {0.95} */
  readonly confidence?: number;
}

/**
 * The mean of scores (or of differences of two models' scores) over the splits of a cross-validation, by the corrected
 * resampled t: splits share rows, and the plain t takes them for independent and is far too sure.
 *
 * @param scores One a split, two or more. NaN gives NaN.
 * @throws {RangeError} If there are fewer than two, or an option is outside its range.
 * @see Nadeau and Bengio 2003, https://doi.org/10.1023/A:1024068626366
 */
export function resampledInterval(scores: Values, options: ResampledOptions): Interval {
  const { testToTrain, confidence = 0.95 } = options;
  const action = "compute the interval of a cross-validation";
  ensure(scores.length >= 2, action, "scores", "two or more", scores.length);
  ensure(
    testToTrain > 0 && testToTrain < Infinity,
    action,
    "testToTrain",
    "positive and finite",
    testToTrain,
  );
  ensureConfidence(action, confidence);
  const estimate = mean(scores);
  const standardError = Math.sqrt((1 / scores.length + testToTrain) * variance(scores));
  const reach = studentT(scores.length - 1).isf((1 - confidence) / 2) * standardError;
  return interval({
    estimate,
    low: estimate - reach,
    high: estimate + reach,
    confidence,
    standardError,
    method: "corrected resampled t, Nadeau and Bengio 2003",
  });
}

/**
 * How much better one model's predictions are than another's on the same rows, by drawing rows for both at once. The models
 * are taken as they are: what another training sample would have changed is not in it; {@linkcode compareModels} has that.
 *
 * @param metric Computed on the drawn rows, for each of the two.
 * @returns The first's metric minus the second's.
 * @throws {RangeError} If lengths differ, or as {@linkcode bootstrapInterval}.
 *
 * @example
 * ```ts
 * import { brierScore, comparePredictions } from "credible/evaluate";
 * const labels = [0, 1, 0, 1, 1, 0], old = [0.4, 0.6, 0.5, 0.5, 0.7, 0.3], fresh = [0.2, 0.8, 0.4, 0.7, 0.9, 0.1];
 * const { estimate } = comparePredictions(labels, fresh, old, brierScore, { seed: 7 }); // below 0: the fresh one is nearer
 * ```
 */
export function comparePredictions(
  labels: Values,
  first: Values,
  second: Values,
  metric: Metric,
  options: BootstrapOptions,
): Interval {
  ensureSameLength("compare predictions", "first", first, labels);
  ensureSameLength("compare predictions", "second", second, labels);
  return bootstrapInterval(labels.length, (rows) => {
    const truth = take(labels, rows);
    return metric(truth, take(first, rows)) - metric(truth, take(second, rows));
  }, options);
}
