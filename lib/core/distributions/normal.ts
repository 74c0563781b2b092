import { continuous, type Distribution } from "./distribution.ts";
import { ensureLocation, ensureScale } from "./parameters.ts";
import { erf, erfc, erfcinv, erfinv } from "./special.ts";

const HALF_LOG_2PI = Math.log(2 * Math.PI) / 2;

/**
 * The normal with mean `mu` and standard deviation `sigma`.
 *
 * @throws {RangeError} Unless mu is finite and sigma positive and finite.
 * @example
 * ```ts
 * import { normal } from "credible/distributions";
 * const z = normal().ppf(0.975); // 1.96
 * ```
 */
export function normal(mu = 0, sigma = 1): Distribution {
  ensureLocation("a normal", "mu", mu);
  ensureScale("a normal", "sigma", sigma);
  const standard = (x: number): number => (x - mu) / sigma;
  return continuous({
    support: [-Infinity, Infinity],
    logpdf: (x) => -(standard(x) ** 2) / 2 - Math.log(sigma) - HALF_LOG_2PI,
    cdf: (x) => tail(-standard(x)),
    sf: (x) => tail(standard(x)),
    logcdf: (x) => logTail(-standard(x)),
    logsf: (x) => logTail(standard(x)),
    quantile: (p, upper) => mu + (upper ? 1 : -1) * sigma * tailQuantile(p),
  });
}

/** The distribution of e^X for a normal X with mean `mu` and standard deviation `sigma`. */
export function lognormal(mu = 0, sigma = 1): Distribution {
  const log = normal(mu, sigma);
  return continuous({
    support: [0, Infinity],
    logpdf: (x) => x === 0 ? -Infinity : log.logpdf(Math.log(x)) - Math.log(x),
    cdf: (x) => log.cdf(Math.log(x)),
    sf: (x) => log.sf(Math.log(x)),
    logcdf: (x) => log.logcdf(Math.log(x)),
    logsf: (x) => log.logsf(Math.log(x)),
    quantile: (p, upper) => Math.exp(upper ? log.isf(p) : log.ppf(p)),
  });
}

/** The distribution of |X| for a normal X with mean 0 and standard deviation `sigma`. */
export function halfNormal(sigma = 1): Distribution {
  ensureScale("a half-normal", "sigma", sigma);
  return continuous({
    support: [0, Infinity],
    logpdf: (x) => Math.LN2 - (x / sigma) ** 2 / 2 - Math.log(sigma) - HALF_LOG_2PI,
    cdf: (x) => erf(x / sigma / Math.SQRT2),
    sf: (x) => 2 * tail(x / sigma),
    logsf: (x) => Math.LN2 + logTail(x / sigma),
    quantile: (p, upper) => sigma * (upper ? tailQuantile(p / 2) : Math.SQRT2 * erfinv(p)),
  });
}

/** P(Z > z). */
function tail(z: number): number {
  return erfc(z / Math.SQRT2) / 2;
}

/** log P(Z > z), beyond the range of doubles too: there by Laplace's continued fraction of Mills' ratio. */
function logTail(z: number): number {
  if (z < 0) return Math.log1p(-tail(-z));
  if (z < 25) return Math.log(tail(z));
  let denominator = z;
  for (let k = 20; k > 0; k--) denominator = z + k / denominator;
  return -z * z / 2 - HALF_LOG_2PI - Math.log(denominator);
}

/** The z with P(Z > z) = p. */
function tailQuantile(p: number): number {
  return Math.SQRT2 * erfcinv(2 * p);
}
