/**
 * The few statistics that every folder needs. NaN in the values gives NaN out: drop what is missing first.
 *
 * @module
 */
import { ensure } from "./ensure.ts";

/**
 * The sum, with the rounding error of each addition carried along (Neumaier 1974): right to the last digits whatever the
 * order of magnitude of its terms. 0 for no values.
 */
export function sum(values: ArrayLike<number>): number {
  let total = 0, lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!, next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? (total - next) + value : (value - next) + total;
    total = next;
  }
  return Number.isFinite(total) ? total + lost : total;
}

/** The arithmetic mean; NaN for no values. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/**
 * The variance, in two passes so that a large offset costs no digits.
 *
 * @param ddof What is taken from the count in the denominator: 1 for a sample, 0 for a whole population. @default {1}
 * @returns NaN for `ddof` values or fewer.
 */
export function variance(values: ArrayLike<number>, ddof = 1): number {
  const n = values.length;
  if (n <= ddof) return NaN;
  const centre = mean(values);
  const deviations = Float64Array.from(values, (v) => v - centre);
  const left = sum(deviations); // what rounding of the mean left over
  return (sum(deviations.map((d) => d * d)) - left * left / n) / (n - ddof);
}

/** The standard deviation: the root of {@linkcode variance}. */
export function standardDeviation(values: ArrayLike<number>, ddof = 1): number {
  return Math.sqrt(variance(values, ddof));
}

/**
 * The quantile of type 7 (Hyndman and Fan 1996), the default of R and NumPy: linear between order statistics.
 *
 * @param p A level in [0, 1].
 * @returns NaN for no values, or where one is NaN.
 * @throws {RangeError} If p is outside [0, 1].
 *
 * @example
 * ```ts
 * import { quantile } from "credible/core";
 * quantile([1, 2, 3, 4], 0.5); // 2.5
 * ```
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p);
}

/** {@linkcode quantile} of values that are in ascending order already (NaN last), for many levels of the same values. */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  ensure(p >= 0 && p <= 1, "take a quantile", "p", "in [0, 1]", p);
  const n = sorted.length;
  if (n === 0 || Number.isNaN(sorted[n - 1])) return NaN;
  const at = (n - 1) * p, below = Math.floor(at), low = sorted[below]!;
  const high = sorted[Math.min(below + 1, n - 1)]!;
  return at === below || low === high ? low : low + (at - below) * (high - low);
}

/** The median: the quantile at one half. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
