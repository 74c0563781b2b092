import { variance } from "../../core/mod.ts";
import { type Chains, ensureChains, isJudgeable } from "./chains.ts";
import { type CentredPieces, SplitDraws } from "./split_draws.ts";

/**
 * R̂: how much wider all chains together are than each alone. The larger of the rank-normalised split R̂ (do chains agree
 * about location?) and the folded one (about scale?). Below 1.01 is the usual wish.
 *
 * @param chains Draws of one quantity, chain by chain.
 * @returns NaN for one chain, fewer than 4 draws a chain, a draw that is not finite, or draws that are all the same;
 * Infinity when every chain is stuck at a place of its own.
 * @throws {RangeError} If chains differ in length.
 * @see Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221, section 4.
 *
 * @example
 * ```ts
 * import { rHat } from "credible/bayes";
 * const together = [[1, 3, 2, 4, 2, 3], [2, 4, 1, 3, 3, 2]];
 * const apart = [[1, 3, 2, 4, 2, 3], [12, 14, 11, 13, 13, 12]];
 * if (!(rHat(apart) > 1.5 && rHat(together) < rHat(apart))) throw new Error("chains that differ must show");
 * ```
 */
export function rHat(chains: Chains): number {
  ensureChains(chains, "compute R̂");
  if (!isJudgeable(chains, 2)) return NaN;
  const split = new SplitDraws(chains);
  return Math.max(scaleReduction(split.scores()), scaleReduction(split.foldedScores()));
}

/** The ratio of pooled to within-piece standard deviation (Gelman and Rubin 1992), without ranks or splitting. */
export function scaleReduction({ length, means, autocovariance }: CentredPieces): number {
  const within = autocovariance(0) * length / (length - 1);
  return Math.sqrt((variance(means) * length / within + length - 1) / length);
}
