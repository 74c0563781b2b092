import { cholesky, type Matrix, matrix, solveCholesky } from "../core/mod.ts";
import { type Design, designColumns, dot, linearPredictor } from "./design.ts";
import type { Loss } from "./loss.ts";
import { dualityGap, objective, residuals } from "./penalty.ts";
import { separationAlong } from "./separation.ts";
import { correlationsOf, nullSolution, type Problem, type Solution, type SolverOptions } from "./solution.ts";

/**
 * Newton's method (iteratively reweighted least squares) with step halving, for penalties without an absolute part.
 *
 * @see Green 1984, doi:10.1111/j.2517-6161.1984.tb01288.x.
 */
export function solveNewton(
  problem: Problem,
  options: SolverOptions = {},
  start: Solution = nullSolution(problem.design, problem.loss),
): Solution {
  const { design, loss, penalty } = problem;
  const { tolerance = 1e-12, maxIterations = 100 } = options;
  const base = nullSolution(design, loss);
  const allowed = tolerance * objective(design, loss, penalty, base.eta, base.beta);
  let { intercept, beta, eta } = start;
  let value = objective(design, loss, penalty, eta, beta);
  let converged = false, decrement = Infinity, iterations = 0;
  let separation: Float64Array | undefined;
  while (!converged && iterations < maxIterations) {
    iterations++;
    const gradient = descentGradient(problem, eta, beta);
    const lower = cholesky(information(design, curvatures(design, loss, eta), ridge(problem)));
    if (!lower) break;
    const step = solveCholesky(lower, gradient);
    decrement = dot(gradient, step) / 2;
    converged = decrement <= allowed; // the step is still taken: it squares what is left
    if (penalty.lambda === 0 && loss.family === "logistic" && extreme(design, eta)) {
      separation = separationAlong(design, step);
      if (separation) break;
    }
    for (let share = 1;; share /= 2) {
      const [b0, b] = moved(design, intercept, beta, step, share);
      const next = linearPredictor(design, b0, b), after = objective(design, loss, penalty, next, b);
      const enough = after <= value - 1e-4 * share * 2 * decrement;
      if (enough || converged || share < 1e-8) {
        [intercept, beta, eta, value] = [b0, b, next, after];
        break;
      }
    }
  }
  const gap = penalty.lambda > 0
    ? dualityGap(design, loss, penalty, eta, beta, correlationsOf(design, loss, eta))
    : Math.max(0, decrement);
  return {
    ...{ intercept, beta, eta, iterations, gap, converged: converged && !separation },
    ...(separation ? { separation } : {}),
  };
}

/** The second derivatives of the loss by η, weights included. */
export function curvatures(design: Design, loss: Loss, eta: Float64Array): Float64Array {
  return eta.map((e, i) => design.weights[i]! * loss.curvature(loss.mean(e)));
}

/** Zᵀ H Z over the intercept (where there is one) and the free columns; `ridge` is added for columns only. */
export function information(design: Design, curvature: Float64Array, ridge = 0): Matrix {
  const columns = designColumns(design), k = columns.length, total = matrix(k, k);
  const first = design.intercept ? 1 : 0;
  for (let a = 0; a < k; a++) {
    const bent = columns[a]!.map((v, i) => v * curvature[i]!);
    for (let b = 0; b <= a; b++) {
      total.values[a * k + b] = total.values[b * k + a] = dot(bent, columns[b]!);
    }
    if (a >= first) total.values[a * k + a]! += ridge;
  }
  return total;
}

/** Coefficients moved by a share of a step over intercept and free columns. */
export function moved(
  design: Design,
  intercept: number,
  beta: Float64Array,
  step: Float64Array,
  share: number,
): [number, Float64Array] {
  const first = design.intercept ? 1 : 0, next = beta.slice();
  design.free.forEach((j, k) => next[j]! += share * step[first + k]!);
  return [design.intercept ? intercept + share * step[0]! : intercept, next];
}

function descentGradient(problem: Problem, eta: Float64Array, beta: Float64Array): Float64Array {
  const { design, loss } = problem;
  const theta = residuals(design, loss, eta), l2 = ridge(problem);
  const byColumn = design.free.map((j) => dot(design.columns[j]!, theta) - l2 * beta[j]!);
  return Float64Array.from(design.intercept ? [theta.reduce((a, b) => a + b, 0), ...byColumn] : byColumn);
}

function ridge({ penalty }: Problem): number {
  return penalty.lambda * (1 - penalty.l1Ratio);
}

function extreme(design: Design, eta: Float64Array): boolean {
  return eta.some((e, i) => Math.abs(e - design.offsets[i]!) > 10);
}
