import type { Matrix } from "../core/mod.ts";
import type { Values } from "../evaluate/mod.ts";
import type { ErrorKind } from "./covariance.ts";
import { type Design, type DesignOptions, readDesign } from "./design.ts";
import { fitProblem } from "./fit.ts";
import type { LinearModel } from "./linear_model.ts";
import { SQUARED } from "./loss.ts";
import { type Penalty, readPenalty } from "./penalty.ts";
import type { SolverOptions } from "./solution.ts";

/** Options of {@linkcode fitElasticNet}. */
export interface ElasticNetOptions extends DesignOptions, SolverOptions, Penalty {
  /** How standard errors of a fit with `lambda` 0 are made. @default {"information"} */
  readonly errors?: ErrorKind;
}

/**
 * Linear regression with an elastic net penalty, by coordinate descent; `l1Ratio` 0 is ridge, and `lambda` 0 least squares with
 * standard errors, both by Newton's method.
 *
 * @param x n × p, finite.
 * @param y n values.
 * @param options See {@linkcode Penalty} for the scaling of `lambda`.
 * @throws {RangeError} For values not finite, lengths that differ, a penalty below 0.
 *
 * @example
 * ```ts
 * import { matrix } from "credible/core";
 * import { fitElasticNet } from "credible/linear";
 * const x = matrix(4, 1, Float64Array.of(1, 2, 3, 4));
 * fitElasticNet(x, [3, 5, 7, 9], { lambda: 0 }).coefficients; // [2], with intercept 1
 * fitElasticNet(x, [3, 5, 7, 9], { lambda: 99, l1Ratio: 1 }).coefficients; // [0]
 * ```
 */
export function fitElasticNet(x: Matrix, y: Values, options: ElasticNetOptions): LinearModel {
  const penalty = readPenalty("fit an elastic net", options);
  const design = squaredDesign(x, y, options, penalty.lambda > 0);
  const usesOffsets = options.offsets !== undefined;
  return fitProblem({ design, loss: SQUARED, penalty }, { ...options, usesOffsets }).model;
}

/** Reads rows; what is not penalised is standardised anyway. */
export function squaredDesign(x: Matrix, y: Values, options: DesignOptions, penalised: boolean): Design {
  return readDesign("fit an elastic net", x, y, penalised ? options : { ...options, standardise: true });
}
