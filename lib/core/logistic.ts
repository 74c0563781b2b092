/**
 * The logistic function and its relatives, right in both tails.
 *
 * @module
 */

/** 1 / (1 + e^-x): the probability at a logit. Never overflows; the lower tail keeps its relative precision. */
export function expit(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(p / (1 − p)): the logit of a probability; ±Infinity at 0 and 1, NaN outside. */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}

/** log(1 + e^x), the softplus: without overflow above and without loss below. */
export function log1pExp(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** log(e^a + e^b + …) without overflow; −Infinity for no values. */
export function logSumExp(values: ArrayLike<number>): number {
  let top = -Infinity;
  for (let i = 0; i < values.length; i++) top = Math.max(top, values[i]!);
  if (!Number.isFinite(top)) return top;
  let total = 0;
  for (let i = 0; i < values.length; i++) total += Math.exp(values[i]! - top);
  return top + Math.log(total);
}
