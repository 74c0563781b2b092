import type { Distinct } from "../buyers.ts";

/** The slopes of a log likelihood of BG/NBD by its parameters. */
export interface BgNbdSlopes {
  r: number;
  alpha: number;
  a: number;
  b: number;
}

/** Customers in the order in which {@linkcode bgNbdLikelihood} wants them. */
export interface BgNbdRows extends Distinct {
  /** How many customers bought more than k times after the first, by k. */
  readonly buyMore: Float64Array;
  /** How many could have left more than k times, by k. */
  readonly stayMore: Float64Array;
  /** 1 where customers may also leave after their first purchase (MBG/NBD), else 0. */
  readonly first: 0 | 1;
}

/** Counts once what every evaluation needs. */
export function bgNbdRows(rows: Distinct, first: 0 | 1): BgNbdRows {
  const most = Math.max(0, ...rows.frequency);
  const buyMore = new Float64Array(most), stayMore = new Float64Array(most + first);
  rows.frequency.forEach((x, i) => {
    for (let k = 0; k < x; k++) buyMore[k]! += rows.count[i]!;
    for (let k = 0; k < x + first; k++) stayMore[k]! += rows.count[i]!;
  });
  return { ...rows, buyMore, stayMore, first };
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
  { frequency, recency, age, count, buyMore, stayMore, first }: BgNbdRows,
  slopes: BgNbdSlopes,
): number {
  let log = 0, byR = 0, byAlpha = 0, byA = 0, byB = 0;
  for (let k = 0; k < buyMore.length; k++) {
    log += buyMore[k]! * Math.log(r + k);
    byR += buyMore[k]! / (r + k);
  }
  for (let k = 0; k < stayMore.length; k++) {
    const n = stayMore[k]!;
    log += n * Math.log((b + k) / (a + b + k));
    byA -= n / (a + b + k);
    byB += n / (b + k) - n / (a + b + k);
  }
  const logAlpha = Math.log(alpha);
  for (let i = 0; i < count.length; i++) {
    const n = count[i]!, x = frequency[i]!, T = alpha + age[i]!, stays = x + first, logT = Math.log(T);
    log += n * (r * logAlpha - (r + x) * logT);
    byR += n * (logAlpha - logT);
    byAlpha += n * (r / alpha - (r + x) / T);
    if (stays === 0) continue;
    const last = alpha + recency[i]!, silence = logT - Math.log(last);
    const gone = Math.log(a / (b + stays - 1)) + (r + x) * silence, small = Math.exp(-Math.abs(gone));
    const weight = gone > 0 ? n / (1 + small) : n * small / (1 + small); // n times the probability of having left
    log += n * (Math.max(0, gone) + Math.log1p(small));
    byR += weight * silence;
    byAlpha += weight * (r + x) * (1 / T - 1 / last);
    byA += weight / a;
    byB -= weight / (b + stays - 1);
  }
  slopes.r = byR;
  slopes.alpha = byAlpha;
  slopes.a = byA;
  slopes.b = byB;
  return log;
}
