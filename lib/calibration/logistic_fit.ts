import {
  cholesky,
  ensure,
  expit,
  log1pExp,
  type Matrix,
  matrix,
  multiplyVector,
  solveCholesky,
} from "../core/mod.ts";

/** A small logistic regression, with what it takes to give its coefficients intervals. */
export interface LogisticFit {
  /** One a column. */
  readonly coefficients: Float64Array;
  /** Second derivatives of the negative log posterior at the optimum: their inverse is the covariance. */
  readonly information: Matrix;
}

/** What {@linkcode fitLogistic} fits. */
export interface LogisticRows {
  /** n × p, with a column of ones where an intercept is wanted. */
  readonly x: Matrix;
  /** n targets in [0, 1]. */
  readonly targets: ArrayLike<number>;
  /** n weights of 0 or more. @default {all 1} */
  readonly weights?: ArrayLike<number>;
  /** Added to the linear predictor. @default {all 0} */
  readonly offset?: ArrayLike<number>;
  /** For each coefficient, the mean and the precision of a normal prior; precision 0 for none. */
  readonly priors?: readonly { readonly mean: number; readonly precision: number }[];
}

/**
 * Maximum likelihood, or the posterior mode, by Newton's steps, halved where they overshoot.
 *
 * @returns Undefined where there is no optimum: classes that a column separates, or columns that follow from others.
 */
export function fitLogistic(rows: LogisticRows): LogisticFit | undefined {
  const { x } = rows, p = x.columns;
  ensure(
    rows.targets.length === x.rows,
    "fit a logistic curve",
    "targets",
    `${x.rows} long`,
    rows.targets.length,
  );
  let coefficients = Float64Array.from({ length: p }, (_, j) => rows.priors?.[j]?.mean ?? 0);
  let loss = lossOf(rows, coefficients);
  for (let round = 0; round < 100; round++) {
    const { gradient, information } = derivatives(rows, coefficients), lower = cholesky(information);
    if (!lower) return undefined;
    const step = solveCholesky(lower, gradient);
    const gain = step.reduce((total, s, j) => total + s * gradient[j]!, 0) / 2; // what a full step should win
    if (gain <= 1e-10 * (1 + Math.abs(loss))) { // so near that a last full step doubles the digits
      if (largestMove(rows.x, step) > 0.01) return undefined; // nothing to win, far to go: classes are separated
      coefficients = coefficients.map((c, j) => c - step[j]!);
      return { coefficients, information: derivatives(rows, coefficients).information };
    }
    let share = 1, next = coefficients, nextLoss = Infinity;
    while (nextLoss > loss && share > 1e-6) {
      next = coefficients.map((c, j) => c - share * step[j]!);
      nextLoss = lossOf(rows, next);
      share /= 2;
    }
    if (!(nextLoss <= loss)) return undefined;
    [coefficients, loss] = [next, nextLoss];
    if (coefficients.some((c) => Math.abs(c) > 1e4)) return undefined;
  }
  return undefined;
}

/** How far a step moves the linear predictor of a row, at most. */
function largestMove(x: Matrix, step: Float64Array): number {
  return multiplyVector(x, step).reduce((far, move) => Math.max(far, Math.abs(move)), 0);
}

function linear({ x, offset }: LogisticRows, coefficients: Float64Array, i: number): number {
  let total = offset ? offset[i]! : 0;
  for (let j = 0; j < x.columns; j++) total += x.values[i * x.columns + j]! * coefficients[j]!;
  return total;
}

function lossOf(rows: LogisticRows, coefficients: Float64Array): number {
  const { x, targets, weights, priors } = rows;
  let loss = 0;
  for (let i = 0; i < x.rows; i++) {
    const eta = linear(rows, coefficients, i);
    loss += (weights ? weights[i]! : 1) * (log1pExp(eta) - targets[i]! * eta);
  }
  priors?.forEach(({ mean, precision }, j) => loss += precision * (coefficients[j]! - mean) ** 2 / 2);
  return loss;
}

function derivatives(
  rows: LogisticRows,
  coefficients: Float64Array,
): { gradient: Float64Array; information: Matrix } {
  const { x, targets, weights, priors } = rows, p = x.columns;
  const gradient = new Float64Array(p), information = matrix(p, p);
  for (let i = 0; i < x.rows; i++) {
    const mean = expit(linear(rows, coefficients, i)), weight = weights ? weights[i]! : 1;
    const slack = weight * (mean - targets[i]!), curve = weight * mean * (1 - mean);
    for (let j = 0; j < p; j++) {
      const own = x.values[i * p + j]!;
      gradient[j]! += slack * own;
      for (let k = 0; k <= j; k++) information.values[j * p + k]! += curve * own * x.values[i * p + k]!;
    }
  }
  priors?.forEach(({ mean, precision }, j) => {
    gradient[j]! += precision * (coefficients[j]! - mean);
    information.values[j * p + j]! += precision;
  });
  for (let j = 0; j < p; j++) {
    for (let k = 0; k < j; k++) information.values[k * p + j] = information.values[j * p + k]!;
  }
  return { gradient, information };
}

/** Columns side by side, as the rows of a fit. */
export function besides(...columns: readonly ArrayLike<number>[]): Matrix {
  const n = columns[0]!.length, m = matrix(n, columns.length);
  columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) m.values[i * columns.length + j] = column[i]!;
  });
  return m;
}
