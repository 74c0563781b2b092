import { expit, log1pExp } from "../logistic.ts";
import { continuous, type Distribution } from "./distribution.ts";
import { ensureLocation, ensureScale } from "./parameters.ts";

/** The logistic, whose distribution function is `expit`. */
export function logistic(location = 0, scale = 1): Distribution {
  ensureLocation("a logistic", "location", location);
  ensureScale("a logistic", "scale", scale);
  const standard = (x: number): number => (x - location) / scale;
  return continuous({
    support: [-Infinity, Infinity],
    logpdf: (x) => {
      const z = Math.abs(standard(x));
      return -z - Math.log(scale) - 2 * Math.log1p(Math.exp(-z));
    },
    cdf: (x) => expit(standard(x)),
    sf: (x) => expit(-standard(x)),
    logcdf: (x) => -log1pExp(-standard(x)),
    logsf: (x) => -log1pExp(standard(x)),
    quantile: (p, upper) => location + (upper ? -1 : 1) * scale * (Math.log(p) - Math.log1p(-p)),
  });
}
