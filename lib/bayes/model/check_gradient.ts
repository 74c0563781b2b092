import type { Model } from "./model.ts";

/** How a gradient compares with central differences. */
export interface GradientCheck {
  /** Largest relative difference of an entry; below 1e-6 is right. */
  readonly worst: number;
  /** The entry where it is. */
  readonly index: number;
  /** What the model says there. */
  readonly analytic: number;
  /** What differences of the density say there. */
  readonly numeric: number;
}

/**
 * Compares the gradient of a model with central differences of its density at a point, extrapolated once (Richardson).
 *
 * Differences are taken relative to the larger of the entry, a thousandth of the largest entry, and 1: rounding of the
 * density makes anything finer meaningless.
 */
export function checkGradient(model: Model, q: Float64Array): GradientCheck {
  const gradient = new Float64Array(model.dim), unused = new Float64Array(model.dim);
  model.logDensity(q, gradient);
  const largest = gradient.reduce((a, g) => Math.max(a, Math.abs(g)), 1);
  let result: GradientCheck = { worst: 0, index: 0, analytic: gradient[0]!, numeric: NaN };
  for (let index = 0; index < model.dim; index++) {
    const step = 1e-3 * Math.max(1, Math.abs(q[index]!));
    const slope = (h: number): number => {
      const at = (shift: number): number => {
        const moved = q.slice();
        moved[index]! += shift;
        return model.logDensity(moved, unused);
      };
      return (at(h) - at(-h)) / (2 * h);
    };
    const numeric = (4 * slope(step / 2) - slope(step)) / 3;
    const analytic = gradient[index]!;
    const error = Math.abs(analytic - numeric) / Math.max(Math.abs(analytic), 1e-3 * largest, 1);
    if (!(error <= result.worst)) result = { worst: error, index, analytic, numeric };
  }
  return result;
}
