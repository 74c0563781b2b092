import { ensure } from "../../core/mod.ts";

/**
 * Duan's smearing factor: what exp(mean of a log) has to be multiplied by to become a mean. It is the mean of exp(residual), so that no
 * shape of the residuals is assumed.
 *
 * @param residuals n residuals on the log scale, of rows that the mean of the log was not fitted on.
 * @param weights n weights, 0 or more. @default all 1
 * @throws {RangeError} If there is no residual, one is not finite, or weights are negative or all 0.
 * @see Duan 1983, https://doi.org/10.1080/01621459.1983.10478017
 *
 * @example
 * ```ts
 * import { smearingFactor } from "credible/ltv";
 * const factor = smearingFactor([Math.log(0.5), Math.log(1.5)]); // 1: half of them half as much, half of them 1.5 times
 * ```
 */
export function smearingFactor(residuals: ArrayLike<number>, weights?: ArrayLike<number>): number {
  const action = "smear a mean", n = residuals.length;
  ensure(n > 0, action, "residuals", "one or more", 0);
  ensure(weights === undefined || weights.length === n, action, "weights", `${n} long`, weights?.length);
  let total = 0, weight = 0;
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1;
    ensure(Number.isFinite(residuals[i]), action, `residuals[${i}]`, "finite", residuals[i]);
    ensure(w >= 0 && w < Infinity, action, `weights[${i}]`, "finite, 0 or more", w);
    total += w * Math.exp(residuals[i]!);
    weight += w;
  }
  ensure(weight > 0, action, "weights", "above 0 somewhere", "all 0");
  return total / weight;
}

/**
 * The mean of an amount from the mean of its log(1 + amount): exp(meanLog) · factor − 1, and 0 where that falls below.
 *
 * @param meanLog Means of log1p of the amount.
 * @param factor From {@linkcode smearingFactor}.
 */
export function smearedMean(meanLog: ArrayLike<number>, factor: number): Float64Array {
  ensure(factor > 0 && factor < Infinity, "smear a mean", "factor", "positive and finite", factor);
  return Float64Array.from(meanLog, (m) => Math.max(0, Math.exp(m) * factor - 1));
}
