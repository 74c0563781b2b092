import { ensure, mean, quantileSorted, variance } from "../../core/mod.ts";
import { type Chains, ensureChains, isJudgeable, pooled } from "./chains.ts";
import { type CentredPieces, SplitDraws } from "./split_draws.ts";

/** What an effective sample size is about: the bulk, the tails, or one statistic. */
export type SizeOf = "bulk" | "tail" | "mean" | "sd" | { readonly quantile: number };

/**
 * Effective sample size: how many independent draws would give the same Monte Carlo error.
 *
 * @param chains Draws of one quantity, chain by chain.
 * @param of `bulk` (rank-normalised, the one for R̂'s company), `tail` (the smaller of the 5 % and 95 % quantiles'),
 * `mean`, `sd`, or a quantile.
 * @returns NaN for fewer than 4 draws a chain, a draw that is not finite, or draws that are all the same.
 * @throws {RangeError} If chains differ in length.
 * @see Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221, section 3; Geyer 1992 for where the sum stops.
 *
 * @example
 * ```ts
 * import { effectiveSize } from "credible/bayes";
 * import { createRng } from "credible/core";
 * const chains = [0, 1, 2, 3].map((c) => createRng(7, "independent draws", c).normals(500));
 * const size = effectiveSize(chains); // about 2,000
 * if (!(size > 1500 && size < 2600)) throw new Error(`${size}`);
 * ```
 */
export function effectiveSize(chains: Chains, of: SizeOf = "bulk"): number {
  ensureChains(chains, "compute an effective sample size");
  if (!isJudgeable(chains)) return NaN;
  const split = new SplitDraws(chains);
  if (of === "bulk") return sizeOfPieces(split.scores());
  if (of === "mean") return sizeOfPieces(split.centred());
  const all = pooled(chains);
  if (of === "sd") {
    const centre = mean(all);
    return sizeOfPieces(split.centred((v) => (v - centre) ** 2));
  }
  const sorted = all.sort();
  if (of === "tail") return tailSize(split, sorted);
  const { quantile } = of;
  ensure(
    quantile > 0 && quantile < 1,
    "compute an effective sample size",
    "quantile",
    "in (0, 1)",
    quantile,
  );
  return sizeOfPieces(split.atMost(quantileSorted(sorted, quantile)));
}

/** The smaller effective size of the 5 % and the 95 % quantile: of the indicators "at most this". */
export function tailSize(split: SplitDraws, sorted: Float64Array): number {
  return Math.min(
    sizeOfPieces(split.atMost(quantileSorted(sorted, 0.05))),
    sizeOfPieces(split.atMost(quantileSorted(sorted, 0.95))),
  );
}

/**
 * The effective size of the mean of pieces, without looking at ranks or splitting further. Autocorrelations are summed
 * in pairs while a pair is positive (Geyer's initial sequence), and made to fall; a constant counts as independent.
 */
export function sizeOfPieces(pieces: CentredPieces): number {
  const { count, length } = pieces, total = count * length;
  const atZero = pieces.autocovariance(0), within = atZero * length / (length - 1);
  const pooledVariance = atZero + (count > 1 ? variance(pieces.means) : 0);
  if (!(pooledVariance > 0)) return total;
  const correlation = (lag: number): number => 1 - (within - pieces.autocovariance(lag)) / pooledVariance;

  const rho = [1, correlation(1)];
  let even = 1, odd = rho[1]!, t = 1;
  while (t < length - 3 && even + odd > 0) {
    even = correlation(t + 1);
    odd = correlation(t + 2);
    const keep = even + odd >= 0;
    rho[t + 1] = keep ? even : 0;
    rho[t + 2] = keep ? odd : 0;
    t += 2;
  }
  const last = t - 2;
  if (even > 0) rho[last + 1] = even; // one more term lowers the variance of the estimate for antithetic chains
  for (let i = 1; i <= last - 2; i += 2) {
    if (rho[i + 1]! + rho[i + 2]! > rho[i - 1]! + rho[i]!) {
      rho[i + 1] = rho[i + 2] = (rho[i - 1]! + rho[i]!) / 2;
    }
  }
  let sum = 0;
  for (let i = 0; i <= last; i++) sum += rho[i]!;
  const autocorrelationTime = -1 + 2 * sum + (rho[last + 1] ?? 0);
  return total / Math.max(autocorrelationTime, 1 / Math.log10(total));
}
