import { beta } from "../../core/distributions/mod.ts";
import { ensure, variance } from "../../core/mod.ts";
import { type Chains, ensureChains, isJudgeable, pooled } from "./chains.ts";
import { effectiveSize } from "./effective_size.ts";
import { errorOfSd } from "./sd_error.ts";

/** The statistic whose Monte Carlo error is wanted. */
export type ErrorOf = "mean" | "sd" | { readonly quantile: number };

/**
 * Monte Carlo standard error: how far a posterior mean, sd or quantile would move in another run.
 *
 * @param chains Draws of one quantity, chain by chain.
 * @returns In the unit of the draws; NaN where {@linkcode effectiveSize} is NaN.
 * @throws {RangeError} If chains differ in length or a quantile is outside (0, 1).
 * @see Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221, section 4.3
 */
export function monteCarloError(chains: Chains, of: ErrorOf = "mean"): number {
  ensureChains(chains, "compute a Monte Carlo error");
  if (!isJudgeable(chains)) return NaN;
  if (of === "mean") return Math.sqrt(variance(pooled(chains)) / effectiveSize(chains, "mean"));
  if (of === "sd") return errorOfSd(chains);
  return errorOfQuantile(chains, of.quantile);
}

/** Half the distance between the order statistics that stand one standard error below and above the quantile. */
function errorOfQuantile(chains: Chains, quantile: number): number {
  ensure(quantile > 0 && quantile < 1, "compute a Monte Carlo error", "quantile", "in (0, 1)", quantile);
  const size = effectiveSize(chains, { quantile });
  const sorted = pooled(chains).sort(), n = sorted.length;
  const place = beta(size * quantile + 1, size * (1 - quantile) + 1);
  const standing = (p: number): number => place.ppf(p) * n - 1;
  const low = Math.floor(Math.max(standing(ONE_SIGMA_BELOW), 0));
  const high = Math.ceil(Math.min(standing(1 - ONE_SIGMA_BELOW), n - 1));
  return (sorted[high]! - sorted[low]!) / 2;
}

/** The normal probability below minus one standard deviation, to the digits of the published formula. */
const ONE_SIGMA_BELOW = 0.1586553;
