/**
 * How many values lie below a limit: by halving, so in log₂ n steps.
 *
 * @param sorted Ascending, without NaN.
 * @returns From 0 to n; 0 for a limit that is NaN.
 *
 * @example
 * ```ts
 * import { countBelow } from "credible/core";
 * if (countBelow([1, 2, 2, 3], 2) !== 1) throw new Error("only 1 is below 2");
 * ```
 */
export function countBelow(sorted: ArrayLike<number>, limit: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How many values lie at or below a limit.
 *
 * @param sorted Ascending, without NaN.
 * @returns From 0 to n; 0 for a limit that is NaN.
 *
 * @example
 * ```ts
 * import { countUpTo } from "credible/core";
 * if (countUpTo([1, 2, 2, 3], 2) !== 3) throw new Error("1, 2 and 2");
 * ```
 */
export function countUpTo(sorted: ArrayLike<number>, limit: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The straight line from point to point, at x; beyond the ends their values.
 *
 * @param xs One or more, ascending.
 * @param ys One for each of xs.
 * @returns NaN at NaN.
 *
 * @example
 * ```ts
 * import { interpolate } from "credible/core";
 * if (interpolate([0, 2], [10, 20], 1) !== 15 || interpolate([0, 2], [10, 20], 9) !== 20) throw new Error();
 * ```
 */
export function interpolate(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number): number {
  const last = xs.length - 1;
  if (Number.isNaN(x)) return NaN;
  if (x <= xs[0]!) return ys[0]!;
  if (x >= xs[last]!) return ys[last]!;
  const high = countUpTo(xs, x), low = high - 1;
  const share = (x - xs[low]!) / (xs[high]! - xs[low]!);
  return ys[low]! + share * (ys[high]! - ys[low]!);
}
