/**
 * Errors of predicted amounts. Each takes n actual and n predicted values, is NaN without rows, and throws a RangeError on
 * NaN, on lengths that differ and on values outside the domain that it names.
 *
 * @module
 */
import { ensure, median } from "../core/mod.ts";
import { ensurePairs, ensureWeights, type Values, weightedMean } from "./binary.ts";

/** Mean absolute error. */
export function meanAbsoluteError(actual: Values, predicted: Values, weights?: Values): number {
  return meanOf("compute the MAE", actual, predicted, (a, p) => Math.abs(a - p), weights);
}

/** Mean squared error. */
export function meanSquaredError(actual: Values, predicted: Values, weights?: Values): number {
  return meanOf("compute the MSE", actual, predicted, (a, p) => (a - p) ** 2, weights);
}

/**
 * Root mean squared error.
 *
 * @example
 * ```ts
 * import { rootMeanSquaredError } from "credible/evaluate";
 * rootMeanSquaredError([1, 2, 3], [1, 2, 6]); // √3
 * ```
 */
export function rootMeanSquaredError(actual: Values, predicted: Values, weights?: Values): number {
  return Math.sqrt(meanSquaredError(actual, predicted, weights));
}

/** Root mean squared error of log(1 + value); both must be above −1. */
export function rootMeanSquaredLogError(actual: Values, predicted: Values, weights?: Values): number {
  const action = "compute the RMSLE";
  ensureAbove(action, "actual", actual, -1);
  ensureAbove(action, "predicted", predicted, -1);
  return Math.sqrt(
    meanOf(action, actual, predicted, (a, p) => (Math.log1p(a) - Math.log1p(p)) ** 2, weights),
  );
}

/** Median absolute error: what half of the predictions do not exceed. */
export function medianAbsoluteError(actual: Values, predicted: Values): number {
  return median(errors("compute the median error", actual, predicted).map(Math.abs));
}

/** The largest absolute error. */
export function maxError(actual: Values, predicted: Values): number {
  const off = errors("compute the largest error", actual, predicted);
  return off.length === 0 ? NaN : off.reduce((most, e) => Math.max(most, Math.abs(e)), 0);
}

/** Share of the variance that the predictions explain, 1 − SSE / SST; NaN for constant actual values, below 0 when worse than their mean. */
export function r2(actual: Values, predicted: Values, weights?: Values): number {
  const left = meanSquaredError(actual, predicted, weights);
  const centre = weightedMean(actual.length, (i) => actual[i]!, weights);
  const spread = weightedMean(actual.length, (i) => (actual[i]! - centre) ** 2, weights);
  return spread === 0 ? NaN : 1 - left / spread;
}

/** As {@linkcode r2}, forgiving a constant offset. */
export function explainedVariance(actual: Values, predicted: Values, weights?: Values): number {
  const off = errors("compute the explained variance", actual, predicted);
  const bias = weightedMean(off.length, (i) => off[i]!, weights);
  return r2(actual, Float64Array.from(predicted, (p) => p + bias), weights);
}

/** Mean absolute error over the actual value; rows with 0 must be left out by the caller, and are refused here. */
export function meanAbsolutePercentageError(actual: Values, predicted: Values, weights?: Values): number {
  const action = "compute the MAPE";
  for (let i = 0; i < actual.length; i++) ensure(actual[i] !== 0, action, `actual[${i}]`, "not 0", actual[i]);
  return meanOf(action, actual, predicted, (a, p) => Math.abs((a - p) / a), weights);
}

/** Symmetric percentage error: 2 |a − p| / (|a| + |p|), 0 where both are 0; in [0, 2]. */
export function symmetricPercentageError(actual: Values, predicted: Values, weights?: Values): number {
  const share = (a: number, p: number): number =>
    a === 0 && p === 0 ? 0 : 2 * Math.abs(a - p) / (Math.abs(a) + Math.abs(p));
  return meanOf("compute the sMAPE", actual, predicted, share, weights);
}

/** Sum of absolute errors over the sum of absolute actual values. */
export function weightedPercentageError(actual: Values, predicted: Values): number {
  const size = weightedMean(actual.length, (i) => Math.abs(actual[i]!));
  return meanAbsoluteError(actual, predicted) / size;
}

/** Mean pinball loss of predicted quantiles at a level in (0, 1): twice it at 0.5 is the mean absolute error. */
export function pinballLoss(actual: Values, predicted: Values, level: number, weights?: Values): number {
  const action = "compute the pinball loss";
  ensure(level > 0 && level < 1, action, "level", "in (0, 1)", level);
  const loss = (a: number, p: number): number => a >= p ? level * (a - p) : (1 - level) * (p - a);
  return meanOf(action, actual, predicted, loss, weights);
}

/**
 * Mean Tweedie deviance: 1 is Poisson, 2 gamma, between them amounts with an atom at 0.
 *
 * @param power In [1, 2]. Predictions must be positive, actual values 0 or more (positive for 2).
 * @see Dunn and Smyth 2005, https://doi.org/10.1007/s11222-005-4070-y
 */
export function tweedieDeviance(actual: Values, predicted: Values, power: number, weights?: Values): number {
  const action = "compute the deviance";
  ensure(power >= 1 && power <= 2, action, "power", "in [1, 2]", power);
  ensureAbove(action, "predicted", predicted, 0);
  for (let i = 0; i < actual.length; i++) {
    const fits = power === 2 ? actual[i]! > 0 : actual[i]! >= 0;
    ensure(fits, action, `actual[${i}]`, power === 2 ? "positive" : "0 or more", actual[i]);
  }
  return meanOf(action, actual, predicted, (a, p) => unitDeviance(a, p, power), weights);
}

/** Share of the Tweedie deviance that the predictions explain: what {@linkcode r2} is for squared errors. */
export function devianceExplained(
  actual: Values,
  predicted: Values,
  power: number,
  weights?: Values,
): number {
  const centre = weightedMean(actual.length, (i) => actual[i]!, weights);
  const constant = new Float64Array(actual.length).fill(centre);
  return 1 -
    tweedieDeviance(actual, predicted, power, weights) / tweedieDeviance(actual, constant, power, weights);
}

function unitDeviance(a: number, p: number, power: number): number {
  if (power === 1) return 2 * ((a === 0 ? 0 : a * Math.log(a / p)) - a + p);
  if (power === 2) return 2 * (Math.log(p / a) + a / p - 1);
  const own = a ** (2 - power) / ((1 - power) * (2 - power));
  return 2 * (own - a * p ** (1 - power) / (1 - power) + p ** (2 - power) / (2 - power));
}

function meanOf(
  action: string,
  actual: Values,
  predicted: Values,
  loss: (a: number, p: number) => number,
  weights?: Values,
): number {
  ensurePairs(action, actual, predicted);
  ensureWeights(action, weights, actual.length);
  return weightedMean(actual.length, (i) => loss(actual[i]!, predicted[i]!), weights);
}

function errors(action: string, actual: Values, predicted: Values): Float64Array {
  ensurePairs(action, actual, predicted);
  return Float64Array.from(actual, (a, i) => a - predicted[i]!);
}

function ensureAbove(action: string, name: string, values: Values, limit: number): void {
  for (let i = 0; i < values.length; i++) {
    ensure(values[i]! > limit, action, `${name}[${i}]`, `above ${limit}`, values[i]);
  }
}
