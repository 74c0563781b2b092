/**
 * The few operations on dense matrices that models here need. Larger work (eigenvalues, singular values) is for a library.
 *
 * @module
 */
import { ensure } from "./ensure.ts";
import { type Matrix, matrix } from "./matrix.ts";

/** The matrix with rows and columns swapped, as a copy. */
export function transpose(m: Matrix): Matrix {
  const t = matrix(m.columns, m.rows);
  for (let i = 0; i < m.rows; i++) {
    for (let j = 0; j < m.columns; j++) t.values[j * m.rows + i] = m.values[i * m.columns + j]!;
  }
  return t;
}

/**
 * The product of two matrices.
 *
 * @throws {RangeError} Unless `b` has as many rows as `a` has columns.
 */
export function multiply(a: Matrix, b: Matrix): Matrix {
  ensure(b.rows === a.columns, "multiply matrices", "the second", `of ${a.columns} rows`, b.rows);
  const product = matrix(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    const out = product.values.subarray(i * b.columns, (i + 1) * b.columns);
    for (let k = 0; k < a.columns; k++) { // row by row of b: memory is read in the order in which it lies
      const factor = a.values[i * a.columns + k]!, start = k * b.columns;
      for (let j = 0; j < b.columns; j++) out[j]! += factor * b.values[start + j]!;
    }
  }
  return product;
}

/**
 * The product of a matrix and a vector.
 *
 * @throws {RangeError} Unless the vector is as long as the matrix has columns.
 */
export function multiplyVector(a: Matrix, x: ArrayLike<number>): Float64Array {
  ensure(x.length === a.columns, "multiply a vector", "the vector", `${a.columns} long`, x.length);
  const product = new Float64Array(a.rows);
  for (let i = 0; i < a.rows; i++) {
    let total = 0;
    for (let j = 0; j < a.columns; j++) total += a.values[i * a.columns + j]! * x[j]!;
    product[i] = total;
  }
  return product;
}

/**
 * The lower triangle L with L Lᵀ = m. Only the lower triangle of `m` is read.
 *
 * @returns Undefined where `m` is not positive definite (to rounding), NaN included: a result to act upon, not a mistake.
 * @throws {RangeError} Unless `m` is square.
 *
 * @example
 * ```ts
 * import { cholesky, matrix, solveCholesky } from "credible/core";
 * const lower = cholesky(matrix(2, 2, Float64Array.of(4, 2, 2, 3)));
 * const x = lower && solveCholesky(lower, [8, 7]); // 1.25, 1.5
 * ```
 */
export function cholesky(m: Matrix): Matrix | undefined {
  const n = m.rows;
  ensure(m.columns === n, "factor a matrix", "the matrix", "square", `${n} × ${m.columns}`);
  const lower = matrix(n, n), l = lower.values;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = m.values[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= l[i * n + k]! * l[j * n + k]!;
      if (i > j) l[i * n + j] = rest / l[j * n + j]!;
      else if (!(rest > 0)) return undefined;
      else l[i * n + i] = Math.sqrt(rest);
    }
  }
  return lower;
}

/**
 * Solves L Lᵀ x = b for a lower triangle L.
 *
 * @throws {RangeError} Unless `b` is as long as L has rows.
 */
export function solveCholesky(lower: Matrix, b: ArrayLike<number>): Float64Array {
  const n = lower.rows, l = lower.values;
  ensure(b.length === n, "solve a system", "the right side", `${n} long`, b.length);
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}

/** The log of the determinant of L Lᵀ. */
export function logDeterminant(lower: Matrix): number {
  let total = 0;
  for (let i = 0; i < lower.rows; i++) total += 2 * Math.log(lower.values[i * lower.rows + i]!);
  return total;
}

/** The inverse of L Lᵀ, such as a covariance from a precision. */
export function invertCholesky(lower: Matrix): Matrix {
  const n = lower.rows, inverse = matrix(n, n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    solveCholesky(lower, unit).forEach((value, i) => inverse.values[i * n + j] = value);
  }
  return inverse;
}

/**
 * The coefficients that minimise |X b − y|, by Householder's reflections: no digits are lost to XᵀX.
 *
 * @param x n × p, n at least p.
 * @param y n values.
 * @returns Undefined where a column follows from the others (to rounding).
 * @throws {RangeError} If X has fewer rows than columns, or y another length.
 * @see Golub and Van Loan 2013, section 5.3.
 */
export function leastSquares(x: Matrix, y: ArrayLike<number>): Float64Array | undefined {
  const { rows: n, columns: p } = x;
  ensure(n >= p, "fit by least squares", "x", "at least as many rows as columns", `${n} × ${p}`);
  ensure(y.length === n, "fit by least squares", "y", `${n} long`, y.length);
  const r = x.values.slice(), z = Float64Array.from(y);
  for (let k = 0; k < p; k++) {
    if (!reflect(r, z, n, p, k)) return undefined;
  }
  const b = new Float64Array(p);
  for (let i = p - 1; i >= 0; i--) {
    let rest = z[i]!;
    for (let j = i + 1; j < p; j++) rest -= r[i * p + j]! * b[j]!;
    b[i] = rest / r[i * p + i]!;
  }
  return b;
}

/** Turns column k below its diagonal to zero, in `r` and `z` alike; false where nothing is left of the column. */
function reflect(r: Float64Array, z: Float64Array, n: number, p: number, k: number): boolean {
  let below = 0, whole = 0;
  for (let i = 0; i < n; i++) {
    const square = r[i * p + k]! ** 2;
    whole += square; // reflections keep the length of a column
    if (i >= k) below += square;
  }
  if (!(below > whole * (n * Number.EPSILON) ** 2)) return false;
  const head = r[k * p + k]!, turned = head > 0 ? -Math.sqrt(below) : Math.sqrt(below);
  const v = Float64Array.from({ length: n - k }, (_, i) => r[(k + i) * p + k]!);
  v[0]! -= turned;
  const scale = 1 / (turned * v[0]!); // −2 / |v|²
  for (let j = k; j <= p; j++) { // column p stands for z
    let product = 0;
    for (let i = 0; i < v.length; i++) product += v[i]! * (j < p ? r[(k + i) * p + j]! : z[k + i]!);
    const step = scale * product;
    for (let i = 0; i < v.length; i++) {
      if (j < p) r[(k + i) * p + j]! += step * v[i]!;
      else z[k + i]! += step * v[i]!;
    }
  }
  return true;
}
