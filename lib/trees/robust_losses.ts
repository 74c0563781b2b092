import { ensure } from "../core/mod.ts";
import { meanOver, requireFinite } from "./loss_sums.ts";
import type { Loss } from "./losses.ts";

/**
 * A quantile of the target: errors above it cost `level`, those below 1 − `level` (pinball loss). Leaves take the quantile of their rows.
 *
 * @param level In (0, 1): 0.9 is exceeded by one row in ten.
 * @throws {RangeError} If the level is not in (0, 1).
 */
export function quantileLoss(level: number): Loss {
  ensure(level > 0 && level < 1, "fit the trees", "the quantile's level", "in (0, 1)", level);
  return {
    link: "identity",
    outputs: 1,
    check: requireFinite,
    start: (target, weights) => Float64Array.of(weightedQuantile(target, weights, level)),
    gradients([raw], _output, target, weights, gradient, hessian): void {
      for (let i = 0; i < target.length; i++) {
        gradient[i] = (raw![i]! < target[i]! ? -level : 1 - level) * weights[i]!;
        hessian[i] = weights[i]!;
      }
    },
    mean: ([raw], target) => meanOver(target, (y, i) => (y - raw![i]!) * (y > raw![i]! ? level : level - 1)),
    renew: (residuals, weights) => weightedQuantile(residuals, weights, level),
  };
}

/** The median of the target: absolute errors, which a few extreme amounts do not move. */
export const absolute: Loss = quantileLoss(0.5);

/**
 * The mean of the target, where errors above `delta` count in proportion instead of squared.
 *
 * @param delta Above 0, in the unit of the target.
 * @throws {RangeError} If delta is not above 0.
 * @see Huber 1964, https://doi.org/10.1214/aoms/1177703732
 */
export function huber(delta: number): Loss {
  ensure(delta > 0 && delta < Infinity, "fit the trees", "delta of the Huber loss", "above 0", delta);
  return {
    link: "identity",
    outputs: 1,
    check: requireFinite,
    start: (target, weights) => Float64Array.of(weightedQuantile(target, weights, 0.5)),
    gradients([raw], _output, target, weights, gradient, hessian): void {
      for (let i = 0; i < target.length; i++) {
        gradient[i] = Math.min(delta, Math.max(-delta, raw![i]! - target[i]!)) * weights[i]!;
        hessian[i] = weights[i]!;
      }
    },
    mean: ([raw], target) =>
      meanOver(target, (y, i) => {
        const error = Math.abs(y - raw![i]!);
        return error <= delta ? error * error / 2 : delta * (error - delta / 2);
      }),
  };
}

/** The smallest value with at least `level` of the weight at or below it: where the pinball loss is least. */
function weightedQuantile(values: Float64Array, weights: Float64Array, level: number): number {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b);
  const total = weights.reduce((a, b) => a + b, 0);
  let below = 0;
  for (const at of order) {
    below += weights[at]!;
    if (below >= level * total && weights[at]! > 0) return values[at]!;
  }
  return order.length > 0 ? values[order.at(-1)!]! : 0;
}
