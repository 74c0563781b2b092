/** A continuous distribution with its parameters set. */
export interface Distribution {
  /** The log density at x; −Infinity outside the support. */
  logpdf(x: number): number;
  /** The density at x. */
  pdf(x: number): number;
  /** P(X ≤ x), with its relative precision kept in the lower tail. */
  cdf(x: number): number;
  /** P(X > x), with its relative precision kept in the upper tail. */
  sf(x: number): number;
  /** log P(X ≤ x). */
  logcdf(x: number): number;
  /** log P(X > x). */
  logsf(x: number): number;
  /** The x with P(X ≤ x) = p; the ends of the support at 0 and 1, NaN outside [0, 1]. */
  ppf(p: number): number;
  /** The x with P(X > x) = p: what `ppf(1 - p)` would be if 1 − p kept its digits. */
  isf(p: number): number;
}

/** A distribution of counts with its parameters set. */
export interface DiscreteDistribution {
  /** The log probability of k; −Infinity for what is not a count in the support. */
  logpmf(k: number): number;
  /** The probability of k. */
  pmf(k: number): number;
  /** P(X ≤ k). */
  cdf(k: number): number;
  /** P(X > k). */
  sf(k: number): number;
  /** The least k with P(X ≤ k) ≥ p; NaN outside [0, 1]. */
  ppf(p: number): number;
}

/** What a continuous distribution is made from. `quantile(p, upper)` is asked for 0 < p < 1 only. */
export interface Parts {
  readonly support: readonly [number, number];
  readonly logpdf: (x: number) => number;
  readonly cdf: (x: number) => number;
  readonly sf: (x: number) => number;
  readonly quantile: (p: number, upper: boolean) => number;
  readonly logcdf?: (x: number) => number;
  readonly logsf?: (x: number) => number;
}

/** Adds to the parts what follows from them: the ends of the support, and logs taken from the smaller side. */
export function continuous(parts: Parts): Distribution {
  const { support: [low, high], quantile } = parts;
  const logpdf = (x: number): number => x < low || x > high ? -Infinity : parts.logpdf(x);
  const cdf = (x: number): number => x <= low ? 0 : x >= high ? 1 : parts.cdf(x);
  const sf = (x: number): number => x <= low ? 1 : x >= high ? 0 : parts.sf(x);
  const logOf = (side: number, other: () => number): number =>
    side > 0.5 ? Math.log1p(-other()) : Math.log(side);
  const quantileFrom = (start: number, end: number, upper: boolean) => (p: number): number =>
    p === 0 ? start : p === 1 ? end : p > 0 && p < 1 ? quantile(p, upper) : NaN;
  return {
    logpdf,
    pdf: (x) => Math.exp(logpdf(x)),
    cdf,
    sf,
    logcdf: (x) => x > low && x < high && parts.logcdf ? parts.logcdf(x) : logOf(cdf(x), () => sf(x)),
    logsf: (x) => x > low && x < high && parts.logsf ? parts.logsf(x) : logOf(sf(x), () => cdf(x)),
    ppf: quantileFrom(low, high, false),
    isf: quantileFrom(high, low, true),
  };
}

/** What a distribution of counts is made from; the functions are asked for counts inside the support only. */
export interface DiscreteParts {
  /** The largest count. */
  readonly most: number;
  readonly mean: number;
  readonly logpmf: (k: number) => number;
  readonly cdf: (k: number) => number;
  readonly sf: (k: number) => number;
}

/** Adds to the parts what follows from them: other arguments, and quantiles by search outwards from the mean. */
export function discrete({ most, mean, logpmf, cdf, sf }: DiscreteParts): DiscreteDistribution {
  const inside = (k: number): boolean => Number.isInteger(k) && k >= 0 && k <= most;
  const log = (k: number): number => inside(k) ? logpmf(k) : Number.isNaN(k) ? NaN : -Infinity;
  const lower = (x: number): number => x < 0 ? 0 : x >= most ? 1 : cdf(Math.floor(x));
  const upper = (x: number): number => x < 0 ? 1 : x >= most ? 0 : sf(Math.floor(x));
  const ppf = (p: number): number => {
    if (!(p >= 0 && p <= 1)) return NaN;
    if (p === 1) return most;
    let low = -1, high = Math.min(most, Math.ceil(mean) + 1); // reached(high), never reached(low)
    // Above one half the complement holds the digits: 1 − p is exact there.
    const reached = (k: number): boolean => p <= 0.5 ? lower(k) >= p : upper(k) <= 1 - p;
    while (!reached(high)) [low, high] = [high, Math.min(most, 2 * high)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (reached(middle)) high = middle;
      else low = middle;
    }
    return high;
  };
  return { logpmf: log, pmf: (k) => Math.exp(log(k)), cdf: lower, sf: upper, ppf };
}
