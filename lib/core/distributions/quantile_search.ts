/** The probabilities below and above x, and the density there. */
export interface Tails {
  readonly cdf: (x: number) => number;
  readonly sf: (x: number) => number;
  readonly pdf: (x: number) => number;
}

/**
 * The x > 0 at which the probability below (or above) is p: bisection over the magnitudes that a double has, then Newton
 * kept inside the bracket. 0 or Infinity where the answer is beyond them.
 *
 * @param p In (0, 1).
 */
export function positiveQuantile(tails: Tails, p: number, upper: boolean): number {
  // Work on the smaller side: there p keeps its digits. 1 − p is exact for p ≥ ½.
  const above = p > 0.5 ? !upper : upper;
  const target = p > 0.5 ? 1 - p : p;
  const side = above ? tails.sf : tails.cdf;
  // On the log scale, where the tails are nearly straight or gently curved; grows with x.
  const excess = (x: number): number => (above ? -1 : 1) * (Math.log(side(x)) - Math.log(target));

  let low = Number.MIN_VALUE, high = Number.MAX_VALUE;
  if (excess(low) >= 0) return 0;
  if (excess(high) < 0) return Infinity;
  while (high > 1.5 * low) {
    const middle = Math.sqrt(low) * Math.sqrt(high);
    if (middle <= low || middle >= high) break; // neighbours among the subnormals
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  let x = low + (high - low) / 2;
  for (let i = 0; i < 100; i++) {
    const off = excess(x);
    if (off === 0) return x;
    if (off < 0) low = x;
    else high = x;
    const newton = x - off * side(x) / tails.pdf(x);
    const next = newton > low && newton < high ? newton : low + (high - low) / 2;
    if (Math.abs(next - x) <= 2 * Number.EPSILON * x) return next;
    x = next;
  }
  return x;
}
