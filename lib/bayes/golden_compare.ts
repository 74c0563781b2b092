/** Compares a posterior with reference summaries, for tests: means, sds and quantiles within their Monte Carlo errors. */
import assert from "node:assert/strict";
import { almostEqual, quantileSorted } from "../core/mod.ts";
import { monteCarloError } from "./diagnostics/mod.ts";
import type { Posterior } from "./sampler/mod.ts";

/** One quantity as the golden files have it. */
export interface ReferenceSummary {
  readonly mean: number;
  readonly sd: number;
  readonly q: Readonly<Record<string, number>>;
  readonly mcse_mean: number;
  readonly mcse_sd: number;
  readonly mcse_q?: Readonly<Record<string, number>>;
  readonly ess_tail: number;
}

/**
 * Asserts that one quantity agrees: |ours − theirs| ≤ 5 √(mcse² + mcse²) for mean, sd and quantiles, R̂ < 1.01, and
 * effective sizes of bulk and tail of at least 1,000.
 */
export function assertAgrees(posterior: Posterior, quantity: string, reference: ReferenceSummary): void {
  const chains = posterior.chainsOf(quantity), ours = posterior.summary(quantity);
  assert.ok(ours.rHat < 1.01, `${quantity}: R̂ ${ours.rHat}`);
  assert.ok(
    ours.essBulk >= 1000 && ours.essTail >= 1000,
    `${quantity}: effective sizes ${ours.essBulk}, ${ours.essTail}`,
  );
  const why = (statistic: string): string => `${quantity} ${statistic}: five Monte Carlo errors of both`;
  almostEqual(ours.mean, reference.mean, 5 * Math.hypot(ours.mcseMean, reference.mcse_mean), why("mean"));
  almostEqual(ours.sd, reference.sd, 5 * Math.hypot(ours.mcseSd, reference.mcse_sd), why("sd"));
  const sorted = Float64Array.from(chains.flatMap((c) => [...c])).sort();
  for (const [level, expected] of Object.entries(reference.q)) {
    const probability = Number(level), error = monteCarloError(chains, { quantile: probability });
    // Where the golden file has no error of its quantiles, its runs were at least as long as ours.
    const theirs = reference.mcse_q?.[level] ?? error;
    almostEqual(
      quantileSorted(sorted, probability),
      expected,
      5 * Math.hypot(error, theirs),
      why(`quantile ${level}`),
    );
  }
}
