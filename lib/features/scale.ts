import { interpolate } from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";

/** Name and version of the harmonised scale: saved with every fit, and compared when priors meet data. */
export const SCALE = "mid-rank Gaussian, version 1";

/** How one feature was brought to the common scale, fitted on training rows. Plain data: JSON holds it bit for bit. */
export type Scaler =
  | {
    /** More than two values: the mid-rank Gaussian score. */
    readonly kind: "score";
    /** The training values, ascending, each once. */
    readonly values: readonly number[];
    /** Φ⁻¹ of the mid-rank of each. */
    readonly scores: readonly number[];
  }
  | {
    /** Two values: 0 and 1, centred at the training mean, never divided. */
    readonly kind: "centred";
    readonly low: number;
    readonly high: number;
    /** Share of `high` in the training rows. */
    readonly mean: number;
  }
  | {
    /** One value, or none: says nothing, 0 throughout. */
    readonly kind: "constant";
  };

/**
 * Fits the scale on training values; NaN is missing and left out.
 *
 * A value v with b values below it and t equal to it among n gets Φ⁻¹((b + t/2) / n): standard normal whatever the unit, and
 * equal values stay equal. Two values become 0 and 1 minus the share of the larger: a rank score would stretch their one
 * step by the base rate.
 *
 * @example
 * ```ts
 * import { applyScaler, fitScaler } from "credible/features";
 * const scaler = fitScaler(Float64Array.of(1, 2, 3, 40));
 * applyScaler(scaler, 2.5); // 0: half way between the middle two
 * ```
 */
export function fitScaler(values: Float64Array): Scaler {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort();
  const distinct = [...new Set(sorted)];
  if (distinct.length < 2) return { kind: "constant" };
  if (distinct.length === 2) {
    const [low, high] = distinct as [number, number];
    return { kind: "centred", low, high, mean: sorted.filter((v) => v === high).length / sorted.length };
  }
  const standard = normal();
  const scores: number[] = [];
  let below = 0;
  for (const value of distinct) {
    let upTo = below;
    while (sorted[upTo] === value) upTo++;
    scores.push(standard.ppf((below + upTo) / 2 / sorted.length));
    below = upTo;
  }
  return { kind: "score", values: distinct, scores };
}

/**
 * One value on the fitted scale. Between training values it is interpolated; beyond them it is the outermost score: a new
 * customer cannot be further out than the furthest known. NaN stays NaN.
 */
export function applyScaler(scaler: Scaler, value: number): number {
  if (Number.isNaN(value)) return NaN;
  if (scaler.kind === "constant") return 0;
  if (scaler.kind === "score") return interpolate(scaler.values, scaler.scores, value);
  const { low, high, mean } = scaler;
  return Math.min(1, Math.max(0, (value - low) / (high - low))) - mean;
}

/** The value that has a score: for axes and sentences in the feature's own unit. NaN where nothing was fitted. */
export function invertScaler(scaler: Scaler, score: number): number {
  if (scaler.kind === "constant" || Number.isNaN(score)) return NaN;
  if (scaler.kind === "score") return interpolate(scaler.scores, scaler.values, score);
  return scaler.low + (score + scaler.mean) * (scaler.high - scaler.low);
}
