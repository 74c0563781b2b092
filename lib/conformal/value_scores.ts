import { ensure } from "../core/mod.ts";

/** How far a value lies from a prediction, and which values lie no farther than a threshold. */
export interface ValueScore<Prediction> {
  /** What was chosen. */
  readonly name: "absolute" | "normalised" | "quantile" | "quantileSides" | "distributional";
  /** One threshold, or one for each side at half the miss rate. */
  readonly sides: 1 | 2;
  /** How far off; with two sides below and above, which may be negative. */
  scores(value: number, prediction: Prediction): readonly number[];
  /** The values whose scores stay at or below the thresholds. */
  interval(prediction: Prediction, thresholds: readonly number[]): readonly [number, number];
}

/** A prediction with its own scale, such as a standard error. */
export interface ScaledPrediction {
  /** The prediction. */
  readonly mean: number;
  /** In the unit of the value, positive. */
  readonly scale: number;
}

/** A lower and an upper quantile. */
export interface QuantilePrediction {
  /** The lower quantile. */
  readonly low: number;
  /** The upper quantile. */
  readonly high: number;
}

/** A distribution of the value, such as a posterior predictive one. */
export interface DistributionPrediction {
  /** The probability of a value of at most `x`. */
  cdf(x: number): number;
  /** The quantile of a level in [0, 1]. */
  ppf(p: number): number;
}

/** |value − prediction|: the same width for every row. */
export function absolute(): ValueScore<number> {
  return {
    name: "absolute",
    sides: 1,
    scores: (value, mean) => [Math.abs(value - mean)],
    interval: (mean, [reach]) => [mean - reach!, mean + reach!],
  };
}

/** |value − prediction| / scale: widths follow the scale. @throws {RangeError} Where a scale is not positive. */
export function normalised(): ValueScore<ScaledPrediction> {
  const positive = (scale: number): number => {
    ensure(scale > 0 && scale < Infinity, "score a value", "scale", "positive and finite", scale);
    return scale;
  };
  return {
    name: "normalised",
    sides: 1,
    scores: (value, { mean, scale }) => [Math.abs(value - mean) / positive(scale)],
    interval: (
      { mean, scale },
      [reach],
    ) => [mean - reach! * positive(scale), mean + reach! * positive(scale)],
  };
}

/**
 * Conformalised quantile regression, one correction for both ends.
 *
 * @see Romano, Patterson & Candès 2019, https://arxiv.org/abs/1905.03222
 */
export function quantileScore(): ValueScore<QuantilePrediction> {
  return {
    name: "quantile",
    sides: 1,
    scores: (value, { low, high }) => [Math.max(low - value, value - high)],
    interval: ({ low, high }, [reach]) => ordered(low - reach!, high + reach!),
  };
}

/** Conformalised quantile regression with a correction for each end: half the misses on each side, wider intervals. */
export function quantileSides(): ValueScore<QuantilePrediction> {
  return {
    name: "quantileSides",
    sides: 2,
    scores: (value, { low, high }) => [low - value, value - high],
    interval: ({ low, high }, [below, above]) => ordered(low - below!, high + above!),
  };
}

/**
 * |F(value) − ½|: the interval between two quantiles of each row's own distribution.
 *
 * @see Chernozhukov, Wüthrich & Zhu 2021, https://doi.org/10.1073/pnas.2107794118
 */
export function distributional(): ValueScore<DistributionPrediction> {
  return {
    name: "distributional",
    sides: 1,
    scores: (value, { cdf }) => [Math.abs(cdf(value) - 0.5)],
    interval: ({ ppf }, [reach]) =>
      reach! < 0.5 ? [ppf(0.5 - reach!), ppf(0.5 + reach!)] : [-Infinity, Infinity],
  };
}

/** Ends that cross hold no value: the interval shrinks to their middle. */
function ordered(low: number, high: number): readonly [number, number] {
  return low <= high ? [low, high] : [(low + high) / 2, (low + high) / 2];
}
