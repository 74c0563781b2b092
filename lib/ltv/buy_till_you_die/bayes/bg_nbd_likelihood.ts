import type { LeavesAfterFirst } from "../beta_geometric.ts";
import type { Distinct } from "../buyers.ts";

/** The slopes of a log likelihood of BG/NBD by its parameters. */
export interface BgNbdSlopes {
  r: number;
  alpha: number;
  a: number;
  b: number;
}

/** Customers as {@linkcode bgNbdLikelihood} wants them: counted once, what every evaluation needs. */
export interface BgNbdRows {
  /** How many customers there are. */
  readonly customers: number;
  /** How many customers bought more than k times after the first, by k. */
  readonly buyMore: Float64Array;
  /** How many could have left more than k times, by k. */
  readonly stayMore: Float64Array;
  /** The ages that occur; by age, how many customers have it and how often these bought after the first. */
  readonly ages: Float64Array;
  readonly ofAge: Float64Array;
  readonly boughtByAge: Float64Array;
  /** The times of last purchases that occur. */
  readonly lasts: Float64Array;
  /** Those who may have left, each distinct one once: which of the ages and of the lasts, purchases, occasions to leave, count. */
  readonly age: Uint32Array;
  readonly last: Uint32Array;
  readonly frequency: Float64Array;
  readonly stays: Uint32Array;
  readonly count: Float64Array;
}

/** @param first 1 where customers may also leave after their first purchase (MBG/NBD), else 0. */
export function bgNbdRows({ frequency, recency, age, count }: Distinct, first: LeavesAfterFirst): BgNbdRows {
  const most = frequency.reduce((a, b) => Math.max(a, b), 0);
  const ages = [...new Set(age)], position = new Map(ages.map((own, k) => [own, k]));
  const lasts = [...new Set(recency)], lastPosition = new Map(lasts.map((own, k) => [own, k]));
  const buyMore = new Float64Array(most), stayMore = new Float64Array(most + first);
  const ofAge = new Float64Array(ages.length), boughtByAge = new Float64Array(ages.length);
  let customers = 0;
  count.forEach((n, i) => {
    const x = frequency[i]!, own = position.get(age[i]!)!;
    for (let k = 0; k < x; k++) buyMore[k]! += n;
    for (let k = 0; k < x + first; k++) stayMore[k]! += n;
    ofAge[own]! += n;
    boughtByAge[own]! += n * x;
    customers += n;
  });
  const may = [...count.keys()].filter((i) => frequency[i]! + first > 0);
  return {
    customers,
    buyMore,
    stayMore,
    ages: Float64Array.from(ages),
    ofAge,
    boughtByAge,
    age: Uint32Array.from(may, (i) => position.get(age[i]!)!),
    lasts: Float64Array.from(lasts),
    last: Uint32Array.from(may, (i) => lastPosition.get(recency[i]!)!),
    frequency: Float64Array.from(may, (i) => frequency[i]!),
    stays: Uint32Array.from(may, (i) => frequency[i]! + first),
    count: Float64Array.from(may, (i) => count[i]!),
  };
}

/**
 * The log likelihood of BG/NBD or MBG/NBD with its slopes, which are written into `slopes`. Ratios of gamma functions are
 * products over counts here, Γ(r + x)/Γ(r) = Π (r + k) for k < x, and customers share them.
 *
 * @see Fader, Hardie and Lee 2005, doi:10.1287/mksc.1040.0098, equation 6.
 */
export function bgNbdLikelihood(
  r: number,
  alpha: number,
  a: number,
  b: number,
  rows: BgNbdRows,
  slopes: BgNbdSlopes,
): number {
  const {
    customers,
    buyMore,
    stayMore,
    ages,
    ofAge,
    boughtByAge,
    lasts,
    age,
    last,
    frequency,
    stays,
    count,
  } = rows;
  const logAlpha = Math.log(alpha), logB = new Float64Array(stayMore.length);
  let log = customers * r * logAlpha,
    byR = customers * logAlpha,
    byAlpha = customers * r / alpha,
    byA = 0,
    byB = 0;
  for (let k = 0; k < buyMore.length; k++) {
    log += buyMore[k]! * Math.log(r + k);
    byR += buyMore[k]! / (r + k);
  }
  for (let k = 0; k < stayMore.length; k++) {
    const n = stayMore[k]!;
    logB[k] = Math.log(b + k);
    log += n * (logB[k]! - Math.log(a + b + k));
    byA -= n / (a + b + k);
    byB += n / (b + k) - n / (a + b + k);
  }
  const logAges = ages.map((T) => Math.log(alpha + T)), logLasts = lasts.map((t) => Math.log(alpha + t));
  for (let k = 0; k < ages.length; k++) {
    const power = r * ofAge[k]! + boughtByAge[k]!;
    log -= power * logAges[k]!;
    byR -= ofAge[k]! * logAges[k]!;
    byAlpha -= power / (alpha + ages[k]!);
  }
  const logA = Math.log(a);
  for (let i = 0; i < count.length; i++) {
    const n = count[i]!, power = r + frequency[i]!, own = age[i]!, then = last[i]!, k = stays[i]! - 1;
    const silence = logAges[own]! - logLasts[then]!;
    const gone = logA - logB[k]! + power * silence, small = Math.exp(-Math.abs(gone));
    const weight = gone > 0 ? n / (1 + small) : n * small / (1 + small); // n times the probability of having left
    log += n * (Math.max(0, gone) + Math.log1p(small));
    byR += weight * silence;
    byAlpha += weight * power * (1 / (alpha + ages[own]!) - 1 / (alpha + lasts[then]!));
    byA += weight / a;
    byB -= weight / (b + k);
  }
  slopes.r = byR;
  slopes.alpha = byAlpha;
  slopes.a = byA;
  slopes.b = byB;
  return log;
}
