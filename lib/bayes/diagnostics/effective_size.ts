import { ensure, mean, quantileSorted, variance } from "../../core/mod.ts";
import { Autocovariances } from "./autocovariance.ts";
import {
  type Chains,
  ensureChains,
  isJudgeable,
  mapped,
  type Pieces,
  pooled,
  splitInHalves,
} from "./chains.ts";
import { normalScores } from "./rank_normalise.ts";

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
  if (of === "bulk") return sizeOfPieces(normalScores(splitInHalves(chains)));
  if (of === "mean") return sizeOfPieces(splitInHalves(chains));
  const all = pooled(chains);
  if (of === "sd") {
    const centre = mean(all);
    return sizeOfPieces(mapped(splitInHalves(chains), (v) => (v - centre) ** 2));
  }
  const sorted = all.sort();
  if (of === "tail") {
    const pieces = splitInHalves(chains);
    return Math.min(
      sizeBelow(pieces, quantileSorted(sorted, 0.05)),
      sizeBelow(pieces, quantileSorted(sorted, 0.95)),
    );
  }
  const { quantile } = of;
  ensure(
    quantile > 0 && quantile < 1,
    "compute an effective sample size",
    "quantile",
    "in (0, 1)",
    quantile,
  );
  return sizeBelow(splitInHalves(chains), quantileSorted(sorted, quantile));
}

/** The effective size of the indicator "at most this": that of the quantile which stands there. */
export function sizeBelow(pieces: Pieces, limit: number): number {
  const values = new Float64Array(pieces.values.length);
  for (let i = 0; i < values.length; i++) values[i] = pieces.values[i]! <= limit ? 1 : 0;
  return sizeOfPieces({ ...pieces, values });
}

/**
 * The effective size of the mean of pieces, without looking at ranks or splitting further. Autocorrelations are summed
 * in pairs while a pair is positive (Geyer's initial sequence), and made to fall; a constant counts as independent.
 */
export function sizeOfPieces(pieces: Pieces): number {
  const { count, length } = pieces, total = count * length;
  const covariance = new Autocovariances(pieces);
  const within = covariance.at(0) * length / (length - 1);
  const pooledVariance = covariance.at(0) + (count > 1 ? varianceOfMeans(pieces) : 0);
  if (!(pooledVariance > 0)) return total;
  const correlation = (lag: number): number => 1 - (within - covariance.at(lag)) / pooledVariance;

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

function varianceOfMeans({ count, length, values }: Pieces): number {
  const means = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    let sum = 0;
    for (let i = p * length; i < (p + 1) * length; i++) sum += values[i]!;
    means[p] = sum / length;
  }
  return variance(means);
}
