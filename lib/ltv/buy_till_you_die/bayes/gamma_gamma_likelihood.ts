import { digamma, gammaln } from "../../../core/distributions/mod.ts";

/** The slopes of a log likelihood of Gamma-Gamma by its parameters. */
export interface GammaGammaSlopes {
  p: number;
  q: number;
  v: number;
}

/** Customers with purchases, by how many they made. */
export interface SpendRows {
  /** Every number of purchases that occurs, above 0. */
  readonly frequencies: readonly number[];
  /** What each customer of that many purchases spent in all. */
  readonly spent: readonly Float64Array[];
}

/** Groups customers by how many purchases they made; those without are left out. */
export function spendRows(frequency: ArrayLike<number>, meanSpend: ArrayLike<number>): SpendRows {
  const found = new Map<number, number[]>();
  for (let i = 0; i < frequency.length; i++) {
    const x = frequency[i]!;
    if (x === 0) continue;
    const own = found.get(x);
    if (own) own.push(x * meanSpend[i]!);
    else found.set(x, [x * meanSpend[i]!]);
  }
  const frequencies = [...found.keys()].sort((a, b) => a - b);
  return { frequencies, spent: frequencies.map((x) => Float64Array.from(found.get(x)!)) };
}

/**
 * The log likelihood of Gamma-Gamma with its slopes, which are written into `slopes`; up to a sum over log mean spends, which no
 * parameter changes.
 *
 * @see Fader and Hardie 2013, http://brucehardie.com/notes/025, equation 1a.
 */
export function gammaGammaLikelihood(
  p: number,
  q: number,
  v: number,
  { frequencies, spent }: SpendRows,
  slopes: GammaGammaSlopes,
): number {
  let log = 0, byP = 0, byQ = 0, byV = 0;
  const logV = Math.log(v), base = q * logV - gammaln(q), baseSlope = logV - digamma(q);
  frequencies.forEach((x, group) => {
    const own = spent[group]!, shape = p * x, both = digamma(shape + q);
    let logs = 0, shares = 0, inverse = 0;
    for (const total of own) {
      const whole = Math.log(total + v);
      logs += whole;
      shares += Math.log(total) - whole;
      inverse += 1 / (total + v);
    }
    log += own.length * (base + gammaln(shape + q) - gammaln(shape)) + shape * shares - q * logs;
    byP += x * (own.length * (both - digamma(shape)) + shares);
    byQ += own.length * (baseSlope + both) - logs;
    byV += own.length * q / v - (shape + q) * inverse;
  });
  slopes.p = byP;
  slopes.q = byQ;
  slopes.v = byV;
  return log;
}
