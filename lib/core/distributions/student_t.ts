import { continuous, type Distribution } from "./distribution.ts";
import { ensureLocation, ensureScale } from "./parameters.ts";
import { positiveQuantile } from "./quantile_search.ts";
import { betainc, betaincUpper, betaln } from "./special.ts";

/** Student's t with `nu` degrees of freedom, location `mu` and scale `sigma`. */
export function studentT(nu: number, mu = 0, sigma = 1): Distribution {
  ensureScale("a Student t", "nu", nu);
  ensureLocation("a Student t", "mu", mu);
  ensureScale("a Student t", "sigma", sigma);
  const constant = -betaln(nu / 2, 0.5) - Math.log(nu) / 2;
  const logDensity = (z: number): number => constant - (nu + 1) / 2 * log1pSquare(z / Math.sqrt(nu));
  // The positive half as a distribution on (0, ∞), each side of it half of the whole.
  const half = {
    cdf: (z: number) => 1 - 2 * tail(nu, z),
    sf: (z: number) => 2 * tail(nu, z),
    pdf: (z: number) => 2 * Math.exp(logDensity(z)),
  };
  const quantile = (p: number, upper: boolean): number => {
    if (p === 0.5) return mu;
    const right = p < 0.5 ? upper : !upper;
    const z = positiveQuantile(half, 2 * Math.min(p, 1 - p), true);
    return mu + (right ? 1 : -1) * sigma * z;
  };
  const above = (z: number): number => z > 0 ? tail(nu, z) : 1 - tail(nu, -z);
  return continuous({
    support: [-Infinity, Infinity],
    logpdf: (x) => logDensity((x - mu) / sigma) - Math.log(sigma),
    cdf: (x) => above(-(x - mu) / sigma),
    sf: (x) => above((x - mu) / sigma),
    quantile,
  });
}

/** P(T > z) for z ≥ 0. */
function tail(nu: number, z: number): number {
  const ratio = z / Math.sqrt(nu), square = ratio * ratio;
  if (square < 1) return betaincUpper(square / (1 + square), 0.5, nu / 2) / 2;
  if (square < 1e30) return betainc(1 / (1 + square), nu / 2, 0.5) / 2;
  return Math.exp(-nu * Math.log(ratio) - betaln(nu / 2, 0.5)) / nu; // the first term of the series: the next is below 1e-30
}

/** The Cauchy: a Student t with one degree of freedom, in closed form. */
export function cauchy(location = 0, scale = 1): Distribution {
  ensureLocation("a Cauchy", "location", location);
  ensureScale("a Cauchy", "scale", scale);
  const above = (z: number): number => Math.atan2(1, z) / Math.PI;
  return continuous({
    support: [-Infinity, Infinity],
    logpdf: (x) => -Math.log(Math.PI * scale) - log1pSquare((x - location) / scale),
    cdf: (x) => above(-(x - location) / scale),
    sf: (x) => above((x - location) / scale),
    quantile: (p, upper) => location + (upper ? -1 : 1) * scale * cauchyQuantile(p),
  });
}

/** The distribution of |X| for a Cauchy X around 0. */
export function halfCauchy(scale = 1): Distribution {
  ensureScale("a half-Cauchy", "scale", scale);
  return continuous({
    support: [0, Infinity],
    logpdf: (x) => Math.log(2 / (Math.PI * scale)) - log1pSquare(x / scale),
    cdf: (x) => 2 / Math.PI * Math.atan(x / scale),
    sf: (x) => 2 / Math.PI * Math.atan2(scale, x),
    quantile: (p, upper) => {
      const below = upper === p > 0.5; // the side whose probability is at most one half
      const angle = Math.tan(Math.PI / 2 * Math.min(p, 1 - p));
      return scale * (below ? angle : 1 / angle);
    },
  });
}

/** −cot(πp), from the side where p has its digits. */
function cauchyQuantile(p: number): number {
  if (p > 0.25 && p < 0.75) return Math.tan(Math.PI * (p - 0.5));
  return p < 0.5 ? -1 / Math.tan(Math.PI * p) : 1 / Math.tan(Math.PI * (1 - p));
}

/** log(1 + z²), for z whose square overflows too. */
function log1pSquare(z: number): number {
  const size = Math.abs(z);
  return size > 1e100 ? 2 * Math.log(size) : Math.log1p(z * z);
}
