import { cholesky, ensure, invertCholesky, type Matrix } from "../core/mod.ts";
import type { Values } from "../evaluate/mod.ts";
import { type ErrorKind, inUnits } from "./covariance.ts";
import { type Design, type DesignOptions, readDesign, withoutAliases } from "./design.ts";
import { solveFirth } from "./firth.ts";
import { checksOf, fitProblem, toModel } from "./fit.ts";
import type { LinearModel } from "./linear_model.ts";
import { LOGISTIC } from "./loss.ts";
import { curvatures, information } from "./newton.ts";
import { type Penalty, readPenalty } from "./penalty.ts";
import type { SolverOptions } from "./solution.ts";

/** Options of {@linkcode fitLogistic}. */
export interface LogisticOptions extends DesignOptions, SolverOptions, Partial<Penalty> {
  /** How standard errors of an unpenalised fit are made. @default {"information"} */
  readonly errors?: ErrorKind;
}

/**
 * Logistic regression: by Newton's method with or without a ridge penalty, by coordinate descent with an absolute one.
 *
 * Separated labels (a direction in which the likelihood rises for ever) are found, with the direction as proof, and returned
 * as the failed check `separation`; the coefficients are then only where the solver stopped. Columns that follow from those
 * before them get coefficient 0 and a check, where no penalty chooses among them.
 *
 * @param x n × p, finite; fewer rows than columns want a penalty.
 * @param y n labels, 0 or 1, some of each.
 * @param options `lambda` 0 (the default) is maximum likelihood; see {@linkcode Penalty} for the scaling.
 * @throws {RangeError} For labels of one class or not 0 and 1, values not finite, lengths that differ.
 *
 * @example
 * ```ts
 * import { matrix } from "credible/core";
 * import { fitLogistic } from "credible/linear";
 * const visits = matrix(6, 1, Float64Array.of(1, 2, 3, 4, 5, 6));
 * const model = fitLogistic(visits, [0, 0, 1, 0, 1, 1], { names: ["visits"] });
 * model.predict(matrix(1, 1, Float64Array.of(3.5))); // 0.5: half way
 * ```
 */
export function fitLogistic(x: Matrix, y: Values, options: LogisticOptions = {}): LinearModel {
  const penalty = readPenalty("fit a logistic regression", { lambda: 0, ...options });
  const design = logisticDesign("fit a logistic regression", x, y, options, penalty.lambda > 0);
  const usesOffsets = options.offsets !== undefined;
  return fitProblem({ design, loss: LOGISTIC, penalty }, { ...options, usesOffsets }).model;
}

/**
 * Logistic regression with Firth's correction: less biased on small data, finite under separation. Standard errors come from
 * the information at the estimate.
 *
 * @param x n × p, finite, with more rows than columns.
 * @param y n labels, 0 or 1, some of each.
 * @throws {RangeError} As {@linkcode fitLogistic}.
 * @see Firth 1993, doi:10.1093/biomet/80.1.27.
 *
 * @example
 * ```ts
 * import { matrix } from "credible/core";
 * import { fitFirth } from "credible/linear";
 * const model = fitFirth(matrix(4, 1, Float64Array.of(0, 0, 1, 1)), [0, 0, 1, 1]);
 * model.coefficients[0]; // 2 log 5: (2 + ½) : ½ on either side, and finite
 * ```
 */
export function fitFirth(x: Matrix, y: Values, options: DesignOptions & SolverOptions = {}): LinearModel {
  const asked = logisticDesign("fit a Firth regression", x, y, options, false);
  const design = withoutAliases(asked);
  const solution = solveFirth(design, options);
  const lower = cholesky(
    information(design, curvatures(design, LOGISTIC, solution.eta).map((h) => h * asked.totalWeight)),
  );
  const covariance = lower && solution.converged ? inUnits(design, invertCholesky(lower)) : undefined;
  return toModel(design, LOGISTIC, solution, {
    penalty: { lambda: 0, l1Ratio: 0 },
    usesOffsets: options.offsets !== undefined,
    method: "Firth",
    covariance: covariance ? [...covariance.values] : null,
    checks: checksOf(design, asked, solution),
  });
}

/** Reads rows and labels; what is not penalised is standardised anyway: its answer does not change, its digits do. */
export function logisticDesign(
  action: string,
  x: Matrix,
  y: Values,
  options: DesignOptions,
  penalised: boolean,
): Design {
  const design = readDesign(action, x, y, penalised ? options : { ...options, standardise: true });
  const at = design.y.findIndex((v) => v !== 0 && v !== 1);
  ensure(at < 0, action, `y[${at}]`, "0 or 1", design.y[at]);
  const share = design.y.reduce((sum, v, i) => sum + v * design.weights[i]!, 0);
  const both = design.y.some((v, i) => v === 0 && design.weights[i]! > 0) && share > 0;
  ensure(both, action, "y", "0 for some rows and 1 for others", share > 0 ? "1 for all" : "0 for all");
  return design;
}
