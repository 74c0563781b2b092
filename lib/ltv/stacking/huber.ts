import { ensure, type Matrix, mean } from "../../core/mod.ts";
import { groupedFolds } from "../../evaluate/mod.ts";
import { fitElasticNet, type LinearState } from "../../linear/mod.ts";
import { takeRows, takeValues } from "../select.ts";

/** A fitted line. */
export interface Line {
  /** What was fitted, as plain data. */
  readonly state: LinearState;
  /** The line's value at each row. */
  predict(x: Matrix): Float64Array;
}

/** Options of {@linkcode fitHuber}. */
export interface HuberOptions {
  /** Errors above it count in proportion instead of squared, in the unit of y; Infinity is least squares. */
  readonly delta: number;
  /** Strength of the ridge penalty on standardised columns: parts say much the same. @default {1e-3} */
  readonly lambda?: number;
}

/** Steps after which weights of rows stand still for all that a forecast shows. */
const STEPS = 50;

/**
 * Huber's regression with a little ridge, by least squares that are weighted anew until they stand still.
 *
 * @param x n × p, finite.
 * @param y n values.
 * @throws {RangeError} If delta is not above 0, values are not finite, or lengths differ.
 * @see Huber 1964, https://doi.org/10.1214/aoms/1177703732
 *
 * @example
 * ```ts
 * import { matrix } from "credible/core";
 * import { fitHuber } from "credible/ltv";
 * const x = matrix(5, 1, Float64Array.of(1, 2, 3, 4, 5));
 * fitHuber(x, [1, 2, 3, 4, 50], { delta: 0.5 }).state.coefficients; // near 1, where least squares say 10
 * ```
 */
export function fitHuber(
  x: Matrix,
  y: ArrayLike<number>,
  { delta, lambda = 1e-3 }: HuberOptions,
): Line {
  ensure(delta > 0, "fit Huber's regression", "delta", "above 0", delta);
  let model: Line = fitElasticNet(x, y, { lambda });
  let fitted = model.predict(x);
  for (let step = 0; delta < Infinity && step < STEPS; step++) {
    const weights = fitted.map((m, i) => Math.min(1, delta / Math.abs(y[i]! - m)));
    model = fitElasticNet(x, y, { lambda, weights });
    const next = model.predict(x);
    const moved = next.reduce((most, m, i) => Math.max(most, Math.abs(m - fitted[i]!)), 0);
    fitted = next;
    if (moved < 1e-6) break;
  }
  return model;
}

/** Options of {@linkcode chooseHuber}. */
export interface ChooseHuberOptions {
  /** Deltas to try. @default {[0.5, 1, 2, 4, Infinity]} */
  readonly deltas?: readonly number[];
  /** Equal values stay on one side of a fold. */
  readonly groups: ArrayLike<number | string>;
  /** Of the folds. */
  readonly seed: number;
}

/** Huber's regression with the delta that did best out of fold. */
export interface HuberChoice {
  /** The chosen one. */
  readonly delta: number;
  /** Root mean squared error out of fold, by delta tried. */
  readonly errors: readonly { readonly delta: number; readonly error: number }[];
  /** The fit to all rows. */
  readonly model: Line;
}

/**
 * Chooses delta by the squared error out of fold. A small one forgets buyers: among many zeros they **are** the large errors, and what is
 * robust to them forecasts 0. Infinity, least squares, is among those tried, so robustness has to earn its place.
 *
 * @throws {RangeError} If there are fewer than 3 groups, or as {@linkcode fitHuber}.
 */
export function chooseHuber(x: Matrix, y: ArrayLike<number>, options: ChooseHuberOptions): HuberChoice {
  const { deltas = [0.5, 1, 2, 4, Infinity], groups, seed } = options;
  ensure(deltas.length > 0, "choose delta", "deltas", "one or more", 0);
  const values = Float64Array.from(y), splits = groupedFolds(groups, { folds: 3, seed });
  const errors = deltas.map((delta) => {
    const squares = splits.map(({ train, test }) => {
      const model = fitHuber(takeRows(x, train), takeValues(values, train), { delta });
      return mean(model.predict(takeRows(x, test)).map((m, k) => (y[test[k]!]! - m) ** 2));
    });
    return { delta, error: Math.sqrt(mean(squares)) };
  });
  const { delta } = errors.reduce((best, one) => one.error < best.error ? one : best);
  return { delta, errors, model: fitHuber(x, y, { delta }) };
}
