import { ensure, logSumExp } from "../../core/mod.ts";

/** Smoothed importance weights, and whether they can be trusted. */
export interface ParetoSmoothed {
  /** Log weights that sum to one. */
  readonly logWeights: Float64Array;
  /** Shape of the tail: below 0.7 the weights can be used; Infinity when the tail is too small to say. */
  readonly k: number;
}

/** Smallest positive normal double, as a logarithm: ratios below it are no tail. */
const LOG_TINY = Math.log(2 ** -1022);

/**
 * Pareto smoothed importance sampling: the largest weights are replaced by the expected order statistics of a generalised
 * Pareto distribution fitted to them.
 *
 * @param logRatios Log importance ratios, up to a constant.
 * @param efficiency Relative efficiency of the draws, effective over actual size; autocorrelated draws get a longer tail.
 * @throws {RangeError} If there is no ratio, or efficiency is not positive.
 * @see Vehtari et al. 2024, https://www.jmlr.org/papers/v25/19-556.html
 */
export function paretoSmooth(logRatios: ArrayLike<number>, efficiency = 1): ParetoSmoothed {
  ensure(logRatios.length > 0, "smooth weights", "the number of ratios", "1 or more", logRatios.length);
  ensure(efficiency > 0, "smooth weights", "efficiency", "positive", efficiency);
  const x = Float64Array.from(logRatios), n = x.length;
  const largest = x.reduce((a, b) => Math.max(a, b), -Infinity);
  for (let i = 0; i < n; i++) x[i]! -= largest;
  const wanted = Math.ceil(Math.min(n / 5, 3 * Math.sqrt(n / efficiency)));
  const sorted = x.slice().sort();
  const cutoff = Math.max(sorted[n - wanted - 1]!, LOG_TINY);
  const tail = Array.from(x.keys()).filter((i) => x[i]! > cutoff).sort((a, b) => x[a]! - x[b]!);
  const k = tail.length > 4 ? smoothTail(x, tail, Math.exp(cutoff)) : Infinity;
  const total = logSumExp(x);
  return { logWeights: x.map((v) => v - total), k };
}

/** Replaces the tail of log ratios, whose largest is 0; returns the fitted shape. */
function smoothTail(x: Float64Array, tail: readonly number[], cutoff: number): number {
  const { k, sigma } = fitGeneralisedPareto(Float64Array.from(tail, (i) => Math.exp(x[i]!) - cutoff));
  if (!Number.isFinite(k)) return k;
  tail.forEach((i, rank) => {
    const p = (rank + 0.5) / tail.length;
    const quantile = sigma *
      (Math.abs(k) < Number.EPSILON ? -Math.log1p(-p) : Math.expm1(-k * Math.log1p(-p)) / k);
    x[i] = Math.min(0, Math.log(quantile + cutoff));
  });
  return k;
}

/**
 * Fits a generalised Pareto distribution to ascending positive exceedances by an empirical Bayes average over its profile
 * likelihood, with a weak prior that pulls k towards 0.5.
 *
 * @see Zhang and Stephens 2009, https://doi.org/10.1198/tech.2009.08017
 */
export function fitGeneralisedPareto(exceedances: Float64Array): { k: number; sigma: number } {
  const n = exceedances.length;
  const candidates = 30 + Math.floor(Math.sqrt(n));
  const quartile = exceedances[Math.floor(n / 4 + 0.5) - 1]!, largest = exceedances[n - 1]!;
  const meanLog = (b: number): number => exceedances.reduce((sum, x) => sum + Math.log1p(-b * x), 0) / n;
  const b = Float64Array.from(
    { length: candidates },
    (_, i) => (1 - Math.sqrt(candidates / (i + 0.5))) / (3 * quartile) + 1 / largest,
  );
  const profile = b.map((value) => {
    const k = meanLog(value);
    return n * (Math.log(-value / k) - k - 1);
  });
  const weights = profile.map((own) => 1 / profile.reduce((sum, other) => sum + Math.exp(other - own), 0));
  let total = 0, mean = 0;
  for (let i = 0; i < candidates; i++) {
    if (!(weights[i]! >= 10 * Number.EPSILON)) continue;
    total += weights[i]!;
    mean += weights[i]! * b[i]!;
  }
  mean /= total;
  const k = meanLog(mean);
  return { k: (n * k + 10 * 0.5) / (n + 10), sigma: -k / mean };
}
