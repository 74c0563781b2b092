import { mean, quantileSorted, standardDeviation } from "../../core/mod.ts";
import { type Chains, ensureChains, isJudgeable, pooled } from "./chains.ts";
import { effectiveSize, sizeOfPieces, tailSize } from "./effective_size.ts";
import { scaleReduction } from "./r_hat.ts";
import { errorOfSd } from "./sd_error.ts";
import { SplitDraws } from "./split_draws.ts";

/** Whether the chains of one quantity can be trusted. */
export interface Convergence {
  /** See {@linkcode rHat}. */
  readonly rHat: number;
  /** Effective size of the bulk. */
  readonly essBulk: number;
  /** Effective size of the tails. */
  readonly essTail: number;
}

/**
 * R̂, bulk and tail effective size together, sorting the draws once.
 * The same numbers as {@linkcode rHat} and {@linkcode effectiveSize} give one by one.
 *
 * @throws {RangeError} If chains differ in length.
 */
export function convergence(chains: Chains): Convergence {
  ensureChains(chains, "judge chains");
  if (!isJudgeable(chains)) return { rHat: NaN, essBulk: NaN, essTail: NaN };
  const split = new SplitDraws(chains);
  const even = chains[0]!.length % 2 === 0; // otherwise the halves lack the middle draws
  const scores = split.scores(), location = scaleReduction(scores), essBulk = sizeOfPieces(scores);
  return {
    rHat: chains.length < 2 ? NaN : Math.max(location, scaleReduction(split.foldedScores())),
    essBulk,
    essTail: tailSize(split, even ? split.sorted : pooled(chains).sort()),
  };
}

/** One quantity of a posterior: where it lies, how sure that is, and whether the chains agree. */
export interface QuantitySummary extends Convergence {
  /** Posterior mean. */
  readonly mean: number;
  /** Posterior standard deviation. */
  readonly sd: number;
  /** The 5 % quantile. */
  readonly q5: number;
  /** The 50 % quantile. */
  readonly median: number;
  /** The 95 % quantile. */
  readonly q95: number;
  /** Monte Carlo standard error of the mean. */
  readonly mcseMean: number;
  /** Monte Carlo standard error of the sd. */
  readonly mcseSd: number;
}

/** Summarises the draws of one quantity. @throws {RangeError} If chains differ in length. */
export function summarise(chains: Chains): QuantitySummary {
  const agreement = convergence(chains);
  const all = pooled(chains).sort();
  const sd = standardDeviation(all);
  return {
    mean: mean(all),
    sd,
    q5: quantileSorted(all, 0.05),
    median: quantileSorted(all, 0.5),
    q95: quantileSorted(all, 0.95),
    mcseMean: sd / Math.sqrt(effectiveSize(chains, "mean")),
    mcseSd: isJudgeable(chains) ? errorOfSd(chains) : NaN,
    ...agreement,
  };
}
