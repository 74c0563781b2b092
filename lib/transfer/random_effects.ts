import { ensure, logSumExp } from "../core/mod.ts";

/** Estimates of several families pooled, each family with a truth of its own. */
export interface RandomEffects {
  /** Posterior mean of the middle of all families. */
  readonly mean: number;
  /** Posterior standard deviation of that middle. */
  readonly standardError: number;
  /** Posterior mean of the standard deviation between families. */
  readonly tau: number;
  /** Standard deviation of the truth of a family not seen: that of the middle and that between families, together. */
  readonly predictiveSd: number;
}

/** Steps of the grid over τ, which are closer where τ is small. */
const STEPS = 300;

/**
 * Bayesian random effects: bⱼ ~ N(θⱼ, seⱼ²), θⱼ ~ N(μ, τ²), μ flat, τ ~ half-Normal(tauScale). Given τ everything is normal; τ is
 * integrated on a grid, so the answer is the same to the last bit each time.
 *
 * @param estimates One a family, two or more.
 * @param standardErrors Positive.
 * @throws {RangeError} If there are fewer than two, they differ in number, or an error is not positive.
 * @see Röver 2020, Bayesian random-effects meta-analysis using the bayesmeta R package, https://doi.org/10.18637/jss.v093.i06
 */
export function poolRandomEffects(
  estimates: readonly number[],
  standardErrors: readonly number[],
  options: { readonly tauScale?: number } = {},
): RandomEffects {
  const { tauScale = 0.5 } = options;
  const action = "pool estimates";
  ensure(estimates.length >= 2, action, "estimates", "two or more", estimates.length);
  ensure(
    standardErrors.length === estimates.length,
    action,
    "standardErrors",
    "one an estimate",
    standardErrors.length,
  );
  ensure(
    standardErrors.every((se) => se > 0 && se < Infinity),
    action,
    "standardErrors",
    "positive",
    standardErrors,
  );
  ensure(tauScale > 0 && tauScale < Infinity, action, "tauScale", "positive and finite", tauScale);
  const taus = Array.from({ length: STEPS }, (_, k) => 6 * tauScale * ((k + 0.5) / STEPS) ** 2);
  const given = taus.map((tau) => pooledAt(tau, estimates, standardErrors));
  const logs = given.map(({ log }, k) => log - 0.5 * (taus[k]! / tauScale) ** 2 + Math.log(k + 0.5)); // a step grows with √τ
  const total = logSumExp(logs);
  const weights = logs.map((log) => Math.exp(log - total));
  const expect = (value: (k: number) => number): number =>
    weights.reduce((sum, w, k) => sum + w * value(k), 0);
  const mean = expect((k) => given[k]!.mean);
  const variance = expect((k) => given[k]!.variance + (given[k]!.mean - mean) ** 2);
  return {
    mean,
    standardError: Math.sqrt(variance),
    tau: expect((k) => taus[k]!),
    predictiveSd: Math.sqrt(variance + expect((k) => taus[k]! ** 2)),
  };
}

/** Mean and variance of μ given τ, and the log of the likelihood of τ with μ integrated out. */
function pooledAt(
  tau: number,
  estimates: readonly number[],
  standardErrors: readonly number[],
): { mean: number; variance: number; log: number } {
  const precisions = standardErrors.map((se) => 1 / (se * se + tau * tau));
  const precision = precisions.reduce((a, b) => a + b, 0);
  const mean = precisions.reduce((sum, w, j) => sum + w * estimates[j]!, 0) / precision;
  const log =
    precisions.reduce((sum, w, j) => sum + 0.5 * (Math.log(w) - w * (estimates[j]! - mean) ** 2), 0) -
    0.5 * Math.log(precision);
  return { mean, variance: 1 / precision, log };
}
