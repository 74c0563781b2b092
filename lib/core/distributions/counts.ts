import { ensure } from "../ensure.ts";
import { discrete, type DiscreteDistribution } from "./distribution.ts";
import { ensureScale } from "./parameters.ts";
import { binomialLog, poissonLog } from "./saddle_point.ts";
import { betainc, betaincUpper, betaln, gammaincLower, gammaincUpper } from "./special.ts";

/** Successes in `n` trials of probability `p`. */
export function binomial(n: number, p: number): DiscreteDistribution {
  ensureTrials("a binomial", n);
  ensure(p >= 0 && p <= 1, "make a binomial", "p", "in [0, 1]", p);
  return discrete({
    most: n,
    mean: n * p,
    logpmf: (k) => binomialLog(k, n, p, 1 - p),
    cdf: (k) => betaincUpper(p, k + 1, n - k),
    sf: (k) => betainc(p, k + 1, n - k),
  });
}

/** Counts with this mean and variance: the Poisson. */
export function poisson(mean: number): DiscreteDistribution {
  ensureScale("a Poisson", "mean", mean);
  return discrete({
    most: Infinity,
    mean,
    logpmf: (k) => poissonLog(k, mean),
    cdf: (k) => gammaincUpper(k + 1, mean),
    sf: (k) => gammaincLower(k + 1, mean),
  });
}

/**
 * Counts with this mean and variance mean + mean² / phi: a Poisson whose mean is gamma with shape `phi`. SciPy's
 * `nbinom(n, p)` is `negativeBinomial(n * (1 - p) / p, n)`.
 */
export function negativeBinomial(mean: number, phi: number): DiscreteDistribution {
  ensureScale("a negative binomial", "mean", mean);
  ensureScale("a negative binomial", "phi", phi);
  const p = phi / (phi + mean), q = mean / (phi + mean);
  return discrete({
    most: Infinity,
    mean,
    logpmf: (k) => Math.log(phi / (phi + k)) + binomialLog(phi, phi + k, p, q),
    cdf: (k) => q < 0.5 ? betaincUpper(q, k + 1, phi) : betainc(p, phi, k + 1),
    sf: (k) => q < 0.5 ? betainc(q, k + 1, phi) : betaincUpper(p, phi, k + 1),
  });
}

/** Successes in `n` trials whose probability is beta with `a` and `b`. */
export function betaBinomial(n: number, a: number, b: number): DiscreteDistribution {
  ensureTrials("a beta-binomial", n);
  ensureScale("a beta-binomial", "a", a);
  ensureScale("a beta-binomial", "b", b);
  const constant = betaln(a, b);
  const logpmf = (k: number): number =>
    -Math.log(n + 1) - betaln(k + 1, n - k + 1) + betaln(k + a, n - k + b) - constant;
  const between = (from: number, to: number): number => {
    let total = 0;
    for (let k = from; k <= to; k++) total += Math.exp(logpmf(k));
    return Math.min(1, total);
  };
  return discrete({
    most: n,
    mean: n * a / (a + b),
    logpmf,
    cdf: (k) => between(0, k),
    sf: (k) => between(k + 1, n),
  });
}

function ensureTrials(distribution: string, n: number): void {
  ensure(Number.isSafeInteger(n) && n >= 0, `make ${distribution}`, "n", "an integer, 0 or more", n);
}
