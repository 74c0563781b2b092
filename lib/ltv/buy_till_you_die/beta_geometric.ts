import { betaln, gammaln } from "../../core/distributions/mod.ts";
import { log1pExp } from "../../core/mod.ts";
import type { BgNbdParameters } from "./bg_nbd.ts";
import type { Distinct } from "./buyers.ts";

/** What a customer may leave after: 1 with the first purchase among it (MBG/NBD), 0 only repeat purchases (BG/NBD). */
export type LeavesAfterFirst = 0 | 1;

/** The log likelihood: equation 6 of Fader, Hardie and Lee 2005, one factor taken out, so that the rest is 1 + the odds of having left. */
export function betaGeometricLogLikelihood(
  parameters: BgNbdParameters,
  { frequency, recency, age, count }: Distinct,
  first: LeavesAfterFirst,
): number {
  const { r, alpha, a, b } = parameters, base = r * Math.log(alpha) - gammaln(r) - betaln(a, b);
  let total = 0;
  for (let i = 0; i < count.length; i++) {
    const x = frequency[i]!;
    const stay = gammaln(r + x) + betaln(a, b + x + first) - (r + x) * Math.log(alpha + age[i]!);
    const left = x + first > 0 ? log1pExp(goneLogOdds(parameters, x, recency[i]!, age[i]!, first)) : 0;
    total += count[i]! * (base + stay + left);
  }
  return total;
}

/** The log odds of having left after the last purchase, after which there must be a chance to leave: x + first above 0. */
export function goneLogOdds(
  { r, alpha, a, b }: BgNbdParameters,
  x: number,
  last: number,
  age: number,
  first: LeavesAfterFirst,
): number {
  return Math.log(a / (b + x - (1 - first))) + (r + x) * Math.log((alpha + age) / (alpha + last));
}
