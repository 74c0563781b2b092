/**
 * Correlation matrices by their Cholesky factor. Partial correlations z = tanh(y), one per pair, fill a lower triangle row
 * by row,
 *
 *     L[i,j] = z[i,j] √(1 − ∑_{k<j} L[i,k]²),    L[i,i] = √(1 − ∑_{k<i} L[i,k]²),
 *
 * so that L Lᵀ has ones on its diagonal. Under LKJ(eta) the partial correlations are independent: those of column j (from 0)
 * of K are Beta(b, b) on (−1, 1) with b = eta + (K − 2 − j) / 2, the Jacobian of the factor included.
 *
 * @see Lewandowski, Kurowicka and Joe 2009, https://doi.org/10.1016/j.jmva.2009.04.008, section 2;
 * https://mc-stan.org/docs/reference-manual/transforms.html#cholesky-factors-of-correlation-matrices
 * @module
 */

/** How many unconstrained numbers a correlation matrix of this size has. */
export function pairsOf(size: number): number {
  return size * (size - 1) / 2;
}

/** Writes the Cholesky factor, `[row][column]`, of the unconstrained numbers that start at `from`. */
export function correlationFactor(q: Float64Array, from: number, size: number, factor: Float64Array): void {
  for (let i = 0, at = from; i < size; i++) {
    let left = 1; // √(1 − ∑ L²), as a product: no cancellation
    for (let j = 0; j < i; j++, at++) {
      factor[i * size + j] = left * Math.tanh(q[at]!);
      left *= 1 / Math.cosh(q[at]!);
    }
    factor[i * size + i] = left;
  }
}

/**
 * The log density of LKJ(eta) at the unconstrained numbers, up to a constant; writes its gradient, to which that of
 * everything else is carried back.
 *
 * @param slopes d everything else / d factor, in the shape of the factor.
 */
export function backCorrelation(
  q: Float64Array,
  from: number,
  size: number,
  eta: number,
  factor: Float64Array,
  slopes: Float64Array,
  gradient: Float64Array,
): number {
  let log = 0;
  for (let i = 0, start = from; i < size; start += i, i++) {
    // ∑ over the entries right of j of slope · L: all of them shrink as |z[i,j]| grows.
    let right = slopes[i * size + i]! * factor[i * size + i]!;
    for (let j = i - 1; j >= 0; j--) {
      const y = q[start + j]!, z = Math.tanh(y), b = eta + (size - 2 - j) / 2;
      const entry = factor[i * size + j]!, slope = slopes[i * size + j]!;
      log += b * logSquaredSech(y);
      gradient[start + j] = slope * leftOf(q, start, j) / Math.cosh(y) ** 2 - z * (right + 2 * b);
      right += slope * entry;
    }
  }
  return log;
}

/** √(1 − ∑_{k<j} L[i,k]²) of the row whose numbers start here. */
function leftOf(q: Float64Array, start: number, j: number): number {
  let left = 1;
  for (let k = 0; k < j; k++) left /= Math.cosh(q[start + k]!);
  return left;
}

/** log(1 − tanh² y), without overflow. */
function logSquaredSech(y: number): number {
  const size = Math.abs(y);
  return 2 * (Math.LN2 - size - Math.log1p(Math.exp(-2 * size)));
}
