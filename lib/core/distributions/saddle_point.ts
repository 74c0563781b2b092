/**
 * Loader's saddle-point forms: the mass of a count or the density of a gamma as exp(−deviance), without the cancellation of
 * x log λ − λ − log Γ.
 *
 * @see Loader 2000, Fast and accurate computation of binomial probabilities (R's dbinom and dpois).
 * @module
 */
import gammaln from "@stdlib/math-base-special-gammaln";

const HALF_LOG_2PI = Math.log(2 * Math.PI) / 2;

/** log(λ^x e^-λ / Γ(x + 1)), for real x ≥ 0 and λ > 0. */
export function poissonLog(x: number, lambda: number): number {
  if (x === 0) return -lambda;
  if (x < 1e-290 * lambda) return -lambda + x * Math.log(lambda) - gammaln(x + 1);
  return -stirlingError(x) - deviance(x, lambda) - Math.log(2 * Math.PI * x) / 2;
}

/** log of (n over x) p^x q^(n−x), for x and n real, 0 ≤ x ≤ n; `q` is 1 − p, given apart for its digits. */
export function binomialLog(x: number, n: number, p: number, q: number): number {
  if (p === 0) return x === 0 ? 0 : -Infinity;
  if (q === 0) return x === n ? 0 : -Infinity;
  if (n === 0) return 0;
  if (x === 0) return n * logComplement(q, p);
  if (x === n) return n * logComplement(p, q);
  const y = n - x;
  return stirlingError(n) - stirlingError(x) - stirlingError(y) - deviance(x, n * p) - deviance(y, n * q) +
    Math.log(n / (2 * Math.PI * x * y)) / 2;
}

/** log a where a = 1 − b, from whichever holds more digits. */
function logComplement(a: number, b: number): number {
  return b < 0.5 ? Math.log1p(-b) : Math.log(a);
}

/** log Γ(x + 1) − (x + ½) log x + x − ½ log 2π, which falls as 1 / 12x. */
export function stirlingError(x: number): number {
  if (x < 16) return gammaln(x + 1) - (x + 0.5) * Math.log(x) + x - HALF_LOG_2PI;
  const y = 1 / (x * x);
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - y / 1188) * y) * y) * y) / x;
}

/** x log(x / m) + m − x, without cancellation where x is near m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v, term = 2 * x * v;
  for (let j = 3;; j += 2) {
    term *= v * v;
    const next = sum + term / j;
    if (next === sum) return sum;
    sum = next;
  }
}
