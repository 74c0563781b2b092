/**
 * Coordinate descent for penalties with an absolute part.
 *
 * @module
 */
import { cholesky, solveCholesky } from "../core/mod.ts";
import { dot } from "./design.ts";
import { dualityGap, objective, penaltyValue, residuals } from "./penalty.ts";
import { curvatures, information } from "./newton.ts";
import {
  correlationsOf,
  nullSolution,
  type Problem,
  settleIntercept,
  type Solution,
  type SolverOptions,
} from "./solution.ts";

/**
 * Proximal Newton: the loss is replaced by its parabola at the current point, the penalised parabola is minimised one
 * coefficient after another (all together where they creep, as columns do that go together), and the way there is walked as far as the objective falls. Ends by the duality gap.
 *
 * @see Friedman, Hastie and Tibshirani 2010, doi:10.18637/jss.v033.i01; Lee, Sun and Saunders 2014, doi:10.1137/130921428.
 */
export function solveDescent(
  problem: Problem,
  options: SolverOptions = {},
  start: Solution = nullSolution(problem.design, problem.loss),
): Solution {
  const { design, loss, penalty } = problem;
  const { tolerance = 1e-12, maxIterations = 100 } = options;
  const base = nullSolution(design, loss);
  const allowed = tolerance * objective(design, loss, penalty, base.eta, base.beta);
  const eta = start.eta.slice();
  let { intercept, beta } = start;
  let gap = Infinity, iterations = 0;
  for (;;) {
    intercept += settleIntercept(design, loss, eta);
    const correlations = correlationsOf(design, loss, eta);
    gap = dualityGap(design, loss, penalty, eta, beta, correlations);
    if (gap <= allowed || iterations === maxIterations) break;
    iterations++;
    const step = parabolaStep(problem, eta, beta, gap, iterations > 8);
    const share = walk(problem, eta, beta, step);
    beta = beta.map((b, j) => b + share * step.beta[j]!);
    intercept += share * step.intercept;
    for (let i = 0; i < eta.length; i++) eta[i]! += share * step.eta[i]!;
  }
  return { intercept, beta, eta, iterations, converged: gap <= allowed, gap };
}

/** A step in coefficients, and what it does to η. */
interface Step {
  readonly intercept: number;
  readonly beta: Float64Array;
  readonly eta: Float64Array;
}

/** Minimises the penalised parabola at η, to a small share of the present gap; with jumps where that creeps. */
function parabolaStep(
  { design, loss, penalty }: Problem,
  eta: Float64Array,
  beta: Float64Array,
  gap: number,
  creeps: boolean,
): Step {
  const l1 = penalty.lambda * penalty.l1Ratio, l2 = penalty.lambda * (1 - penalty.l1Ratio);
  const h = curvatures(design, loss, eta).map((c, i) => Math.max(c, 1e-5 * design.weights[i]!)); // keeps far tails curved
  const rho = residuals(design, loss, eta); // minus the parabola's slope by η
  const next = beta.slice(), along = new Float64Array(design.n);
  const bends = design.columns.map((x) => bend(x, h)), whole = h.reduce((a, b) => a + b, 0);
  let intercept = 0;

  const shift = (by: number): void => {
    intercept += by;
    for (let i = 0; i < rho.length; i++) rho[i]! -= h[i]! * by, along[i]! += by;
  };
  const move = (j: number, to: number): void => {
    const x = design.columns[j]!, by = to - next[j]!;
    next[j] = to;
    if (by === 0) return;
    for (let i = 0; i < rho.length; i++) rho[i]! -= h[i]! * by * x[i]!, along[i]! += by * x[i]!;
  };
  /** One coefficient to its best; returns by how much the parabola fell, about. */
  const improve = (j: number): number => {
    const old = next[j]!, pull = bends[j]! * old + dot(design.columns[j]!, rho);
    move(j, softened(pull, l1) / (bends[j]! + l2));
    return (bends[j]! + l2) * (next[j]! - old) ** 2;
  };
  const sweep = (columns: readonly number[]): number => {
    let most = 0;
    for (const j of columns) most = Math.max(most, improve(j));
    if (design.intercept) shift(rho.reduce((a, b) => a + b, 0) / whole);
    return most;
  };
  /** Solves for the nonzero coefficients at once, and goes there until the first of them would change its sign. */
  const jump = (): void => {
    const active = nonzero(next), first = design.intercept ? 1 : 0;
    const bent = information({ ...design, free: active }, h, l2 + 1e-12 * whole);
    const slopes = active.map((j) => dot(design.columns[j]!, rho) - l2 * next[j]! - l1 * Math.sign(next[j]!));
    const lower = cholesky(bent);
    if (!lower) return;
    const step = solveCholesky(lower, first ? [rho.reduce((a, b) => a + b, 0), ...slopes] : slopes);
    const reach = active.map((j, k) =>
      step[first + k]! * next[j]! < 0 ? -next[j]! / step[first + k]! : Infinity
    );
    const share = Math.min(1, ...reach);
    if (first) shift(share * step[0]!);
    active.forEach((j, k) => move(j, reach[k] === share ? 0 : next[j]! + share * step[first + k]!));
  };
  const enough = 1e-3 * gap / Math.max(1, design.free.length);
  for (let round = 0, change = Infinity; round < 50 && change > enough; round++) {
    change = sweep(design.free);
    for (let inner = 0; inner < 20 && change > enough && sweep(nonzero(next)) > enough; inner++);
    if (creeps) jump();
  }
  return { intercept, beta: next.map((b, j) => b - beta[j]!), eta: along };
}

/** The share of a step by which the objective falls enough, by halving. */
function walk({ design, loss, penalty }: Problem, eta: Float64Array, beta: Float64Array, step: Step): number {
  if (loss.family === "squared") return 1; // the parabola is the loss itself
  const before = objective(design, loss, penalty, eta, beta);
  const whole = beta.map((b, j) => b + step.beta[j]!);
  const promised = penaltyValue(penalty, whole) - penaltyValue(penalty, beta) -
    dot(residuals(design, loss, eta), step.eta);
  if (-promised < 1e-13 * before) return 1; // below what the objective can resolve
  for (let share = 1; share > 1e-8; share /= 2) {
    const after = objective(
      design,
      loss,
      penalty,
      eta.map((e, i) => e + share * step.eta[i]!),
      beta.map((b, j) => b + share * step.beta[j]!),
    );
    if (after <= before + 1e-4 * share * promised) return share;
  }
  return 0;
}

function bend(x: Float64Array, h: Float64Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += h[i]! * x[i]! ** 2;
  return total;
}

function nonzero(beta: Float64Array): number[] {
  return [...beta.keys()].filter((j) => beta[j] !== 0);
}

function softened(value: number, by: number): number {
  return value > by ? value - by : value < -by ? value + by : 0;
}

/** The smallest λ at which every coefficient is 0: where a path begins. */
export function largestLambda({ design, loss }: Pick<Problem, "design" | "loss">, l1Ratio: number): number {
  const correlations = correlationsOf(design, loss, nullSolution(design, loss).eta);
  const steepest = correlations.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return steepest / Math.max(l1Ratio, 1e-3); // ridge alone never reaches 0: glmnet's convention
}
