import { cholesky, logDeterminant, type Matrix, solveCholesky } from "../core/mod.ts";
import { type Design, designColumns, dot, linearPredictor } from "./design.ts";
import { LOGISTIC } from "./loss.ts";
import { curvatures, information, moved } from "./newton.ts";
import { objective } from "./penalty.ts";
import { nullSolution, type Solution, type SolverOptions } from "./solution.ts";

const FREE = { lambda: 0, l1Ratio: 0 } as const;

/**
 * Maximises log likelihood + ½ log |information|: Jeffreys' prior, which removes the bias of order 1/n and keeps estimates
 * finite under separation. Newton's steps on the modified score Σ (wᵢ (yᵢ − pᵢ) + hᵢ (½ − pᵢ)) xᵢ, h being the leverages.
 *
 * @see Firth 1993, doi:10.1093/biomet/80.1.27; Heinze and Schemper 2002, doi:10.1002/sim.1047.
 */
export function solveFirth(design: Design, options: SolverOptions = {}): Solution {
  const { tolerance = 1e-12, maxIterations = 200 } = options;
  const columns = designColumns(design), count = design.totalWeight;
  let { intercept, beta, eta } = nullSolution(design, LOGISTIC);
  let lower = cholesky(informationAt(design, eta));
  let value = lower ? penalised(design, eta, beta, lower) : NaN;
  let converged = false, iterations = 0, decrement = Infinity;
  while (lower && !converged && iterations < maxIterations) {
    iterations++;
    const score = modifiedScore(design, columns, eta, lower);
    const step = solveCholesky(lower, score);
    decrement = dot(score, step) / 2;
    converged = decrement <= tolerance ** 2; // the information is not quite the Hessian: steps shrink by a factor only
    const longest = Math.max(1, ...step.map(Math.abs)) / 5; // logistf's cap: a step of 5 standard deviations at most
    let found = false;
    for (let share = 1 / Math.max(1, longest); share > 1e-8 && !found; share /= 2) {
      const [b0, b] = moved(design, intercept, beta, step, share);
      const next = linearPredictor(design, b0, b), factor = cholesky(informationAt(design, next));
      const after = factor ? penalised(design, next, b, factor) : Infinity;
      if (!factor || !(after <= value + 1e-13 * Math.abs(value))) continue;
      [intercept, beta, eta, lower, value, found] = [b0, b, next, factor, after, true];
    }
    if (!found) break;
  }
  return { intercept, beta, eta, iterations, converged, gap: decrement / count };
}

function informationAt(design: Design, eta: Float64Array): Matrix {
  return information(design, curvatures(design, LOGISTIC, eta).map((h) => h * design.totalWeight));
}

function penalised(design: Design, eta: Float64Array, beta: Float64Array, lower: Matrix): number {
  return design.totalWeight * objective(design, LOGISTIC, FREE, eta, beta) - logDeterminant(lower) / 2;
}

function modifiedScore(
  design: Design,
  columns: readonly Float64Array[],
  eta: Float64Array,
  lower: Matrix,
): Float64Array {
  const z = new Float64Array(columns.length);
  const pulls = eta.map((e, i) => {
    columns.forEach((column, k) => z[k] = column[i]!);
    const p = LOGISTIC.mean(e), w = design.weights[i]! * design.totalWeight;
    const leverage = w * LOGISTIC.curvature(p) * dot(z, solveCholesky(lower, z));
    return w * (design.y[i]! - p) + leverage * (0.5 - p);
  });
  return Float64Array.from(columns, (column) => dot(column, pulls));
}
