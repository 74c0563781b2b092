import { continuous, type Distribution } from "./distribution.ts";
import { ensureScale } from "./parameters.ts";
import { positiveQuantile } from "./quantile_search.ts";
import { poissonLog } from "./saddle_point.ts";
import { gammaincLower, gammaincUpper } from "./special.ts";

/** The gamma with mean `shape / rate`. */
export function gamma(shape: number, rate = 1): Distribution {
  ensureScale("a gamma", "shape", shape);
  ensureScale("a gamma", "rate", rate);
  const logpdf = (x: number): number =>
    x > 0 ? poissonLog(shape, rate * x) + Math.log(shape / x) : atZero(shape, rate);
  const tails = {
    cdf: (x: number) => gammaincLower(shape, rate * x),
    sf: (x: number) => gammaincUpper(shape, rate * x),
    pdf: (x: number) => Math.exp(logpdf(x)),
  };
  return continuous({
    support: [0, Infinity],
    logpdf,
    ...tails,
    quantile: (p, upper) => positiveQuantile(tails, p, upper),
  });
}

/** The log density at 0 of what falls as x^(shape − 1) there. */
function atZero(shape: number, height: number): number {
  return shape < 1 ? Infinity : shape === 1 ? Math.log(height) : -Infinity;
}

/** The distribution of 1 / X for a gamma X with this shape and rate `scale`. */
export function inverseGamma(shape: number, scale = 1): Distribution {
  ensureScale("an inverse gamma", "shape", shape);
  ensureScale("an inverse gamma", "scale", scale);
  const logpdf = (x: number): number =>
    x > 0 ? poissonLog(shape, scale / x) + Math.log(shape) - Math.log(x) : -Infinity;
  const tails = {
    cdf: (x: number) => gammaincUpper(shape, scale / x),
    sf: (x: number) => gammaincLower(shape, scale / x),
    pdf: (x: number) => Math.exp(logpdf(x)),
  };
  return continuous({
    support: [0, Infinity],
    logpdf,
    ...tails,
    quantile: (p, upper) => positiveQuantile(tails, p, upper),
  });
}

/** The chi-square with `k` degrees of freedom. */
export function chiSquared(k: number): Distribution {
  ensureScale("a chi-square", "k", k);
  return gamma(k / 2, 0.5);
}

/** The Weibull with survival exp(−(x / scale)^shape). */
export function weibull(shape: number, scale = 1): Distribution {
  ensureScale("a Weibull", "shape", shape);
  ensureScale("a Weibull", "scale", scale);
  const hazard = (x: number): number => (x / scale) ** shape;
  return continuous({
    support: [0, Infinity],
    logpdf: (x) =>
      x > 0
        ? Math.log(shape / scale) + (shape - 1) * Math.log(x / scale) - hazard(x)
        : atZero(shape, 1 / scale),
    cdf: (x) => -Math.expm1(-hazard(x)),
    sf: (x) => Math.exp(-hazard(x)),
    logsf: (x) => -hazard(x),
    quantile: (p, upper) => scale * (upper ? -Math.log(p) : -Math.log1p(-p)) ** (1 / shape),
  });
}

/** The exponential with mean 1 / `rate`. */
export function exponential(rate = 1): Distribution {
  ensureScale("an exponential", "rate", rate);
  return weibull(1, 1 / rate);
}
