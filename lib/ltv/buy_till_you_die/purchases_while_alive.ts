/**
 * Expected purchases within t of a customer who is alive now, buys at a rate λ ~ Gamma(r, rate α) and, after each purchase,
 * leaves with probability p ~ Beta(a, b):
 *
 *   (a + b − 1)/(a − 1) · [1 − (α/(α + t))^r ₂F₁(r, b; a + b − 1; t/(α + t))].
 *
 * As printed this overflows for many purchases, and is 0/0 at a = 1 and at a + b = 1. Euler's transformation (DLMF 15.8.1)
 * turns (1 − z)^r ₂F₁(r, b; c; z) into (1 − z)^(a − 1) ₂F₁(c − r, a − 1; c; z), with c = a + b − 1 and z = t/(α + t), whose
 * parameters stay small; taking 1 out of the series and dividing by a − 1 term by term leaves, without any singular point,
 *
 *   c (1 − (1 − z)^(a − 1))/(a − 1) − (1 − z)^(a − 1) Σₙ (c − r)ₙ (a)ₙ₋₁ / ((c + 1)ₙ₋₁ n!) zⁿ,  n = 1, 2, …
 *
 * @see Fader, Hardie and Lee 2005, doi:10.1287/mksc.1040.0098, equations 9 and 10.
 */
export function purchasesWhileAlive(r: number, alpha: number, a: number, b: number, t: number): number {
  const z = t / (alpha + t), c = a + b - 1, logLeft = Math.log(alpha / (alpha + t));
  const spent = a === 1 ? -logLeft : -Math.expm1((a - 1) * logLeft) / (a - 1);
  let term = (c - r) * z, series = term;
  for (let n = 1; n < 1e6 && Math.abs(term) > Number.EPSILON / 8 * (1 - z) * Math.abs(series); n++) {
    term *= (c - r + n) * (a + n - 1) / ((c + n) * (n + 1)) * z;
    series += term;
  }
  return c * spent - Math.exp((a - 1) * logLeft) * series;
}
