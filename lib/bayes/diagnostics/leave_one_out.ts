import { ensure, logSumExp } from "../../core/mod.ts";
import { paretoSmooth } from "./pareto_smoothing.ts";

/** Expected log score of predictions for rows left out one at a time. */
export interface LeaveOneOut {
  /** Sum over rows of the expected log predictive density. */
  readonly elpd: number;
  /** Standard error of that sum. */
  readonly se: number;
  /** Effective number of parameters. */
  readonly parameters: number;
  /** The contribution of each row. */
  readonly pointwise: Float64Array;
  /** Pareto k of each row: above 0.7 the row is so influential that its figure cannot be trusted; refit without it. */
  readonly k: Float64Array;
}

/**
 * Leave-one-out cross-validation from one fit, by Pareto smoothed importance sampling.
 *
 * @param logLikelihood One array per row of data: the log likelihood of that row under each draw, chains pooled.
 * @param efficiency Relative efficiency of the draws (mean ESS over number of draws).
 * @throws {RangeError} If there are no rows or they differ in the number of draws.
 * @see Vehtari, Gelman and Gabry 2017, https://arxiv.org/abs/1507.04544
 *
 * @example
 * ```ts
 * import { leaveOneOut } from "credible/bayes";
 * import { createRng } from "credible/core";
 * const means = createRng(7, "posterior of a mean").normals(1000).map((z) => 0.2 * z);
 * const rows = [-1, 0, 0.4, 1.1].map((y) => means.map((mu) => -0.5 * (y - mu) ** 2 - 0.919));
 * leaveOneOut(rows).k.every((k) => k < 0.7);
 * ```
 */
export function leaveOneOut(logLikelihood: readonly Float64Array[], efficiency = 1): LeaveOneOut {
  ensure(logLikelihood.length > 0, "leave one out", "the number of rows", "1 or more", logLikelihood.length);
  const rows = logLikelihood.length, draws = logLikelihood[0]!.length;
  const pointwise = new Float64Array(rows), k = new Float64Array(rows);
  let full = 0;
  logLikelihood.forEach((row, i) => {
    ensure(
      row.length === draws,
      "leave one out",
      `the log likelihoods of row ${i}`,
      `${draws} long`,
      row.length,
    );
    const smoothed = paretoSmooth(row.map((v) => -v), efficiency);
    pointwise[i] = logSumExp(row.map((v, s) => v + smoothed.logWeights[s]!));
    k[i] = smoothed.k;
    full += logSumExp(row) - Math.log(draws);
  });
  const elpd = pointwise.reduce((a, b) => a + b, 0), mean = elpd / rows;
  const se = Math.sqrt(pointwise.reduce((sum, v) => sum + (v - mean) ** 2, 0));
  return { elpd, se, parameters: full - elpd, pointwise, k };
}
