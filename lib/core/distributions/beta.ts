import { continuous, type Distribution } from "./distribution.ts";
import { ensureScale } from "./parameters.ts";
import { positiveQuantile, type Tails } from "./quantile_search.ts";
import { betainc, betaincUpper, betaln } from "./special.ts";

/** The beta with mean `a / (a + b)`. */
export function beta(a: number, b: number): Distribution {
  ensureScale("a beta", "a", a);
  ensureScale("a beta", "b", b);
  const constant = betaln(a, b);
  const logpdf = (x: number): number => power(a - 1, Math.log(x)) + power(b - 1, Math.log1p(-x)) - constant;
  const tails: Tails = {
    cdf: (x) => betainc(Math.min(x, 1), a, b),
    sf: (x) => betaincUpper(Math.min(x, 1), a, b),
    pdf: (x) => Math.exp(logpdf(x)),
  };
  const mirrored: Tails = {
    cdf: (y) => betainc(Math.min(y, 1), b, a),
    sf: (y) => betaincUpper(Math.min(y, 1), b, a),
    pdf: (y) => Math.exp(power(b - 1, Math.log(y)) + power(a - 1, Math.log1p(-y)) - constant),
  };
  const half = tails.cdf(0.5);
  return continuous({
    support: [0, 1],
    logpdf,
    cdf: tails.cdf,
    sf: tails.sf,
    // Searched from the nearer end, where doubles are dense.
    quantile: (p, upper) =>
      (upper ? p >= 1 - half : p <= half)
        ? positiveQuantile(tails, p, upper)
        : 1 - positiveQuantile(mirrored, p, !upper),
  });
}

/** n · log x, which is 0 for n = 0 at x = 0 too. */
function power(n: number, logX: number): number {
  return n === 0 ? 0 : n * logX;
}

/** Fisher's F with `d1` and `d2` degrees of freedom. */
export function fisherF(d1: number, d2: number): Distribution {
  ensureScale("an F", "d1", d1);
  ensureScale("an F", "d2", d2);
  const a = d1 / 2, b = d2 / 2, constant = betaln(a, b);
  const logpdf = (x: number): number => {
    const odds = d1 / d2 * x;
    return power(a - 1, Math.log(odds)) - (a + b) * Math.log1p(odds) - constant + Math.log(d1 / d2);
  };
  // I at odds / (1 + odds), from whichever of it and its complement is smaller.
  const lower = (odds: number): number =>
    odds < 1 ? betainc(odds / (1 + odds), a, b) : betaincUpper(1 / (1 + odds), b, a);
  const upper = (odds: number): number =>
    odds < 1 ? betaincUpper(odds / (1 + odds), a, b) : betainc(1 / (1 + odds), b, a);
  const tails: Tails = {
    cdf: (x) => lower(d1 / d2 * x),
    sf: (x) => upper(d1 / d2 * x),
    pdf: (x) => Math.exp(logpdf(x)),
  };
  return continuous({
    support: [0, Infinity],
    logpdf,
    cdf: tails.cdf,
    sf: tails.sf,
    quantile: (p, up) => positiveQuantile(tails, p, up),
  });
}
