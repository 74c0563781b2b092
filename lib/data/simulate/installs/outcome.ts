import { expit, type Rng } from "../../../core/mod.ts";

/** What a user does after an install, up to chance. Horizons are 1, 7 and 14 days. */
export interface Prospect {
  /** Cumulative hazard of a first purchase up to each horizon, rising. */
  readonly hazard: readonly [number, number, number];
  /** Mean revenue of the period of the first purchase, USD. */
  readonly scale: number;
  /** Standard deviation of the log of a period's revenue around the log of its scale. */
  readonly sigma: number;
  /** Probability that a buyer buys again in a later period. */
  readonly again: number;
  /** Mean revenue of such a period, as a share of {@linkcode Prospect.scale}. */
  readonly share: number;
}

/** Days after the install at which revenue is counted. */
export const HORIZONS = [1, 7, 14] as const;

/** A number for each of {@linkcode HORIZONS}. */
export type ByHorizon = [number, number, number];

/** Probability of any purchase up to each horizon: 1 − exp(−hazard). */
export function buyProbability({ hazard }: Prospect): ByHorizon {
  return [-Math.expm1(-hazard[0]), -Math.expm1(-hazard[1]), -Math.expm1(-hazard[2])];
}

/**
 * Mean and variance of revenue up to each horizon. The first purchase falls into period f with probability p_f; that
 * period brings `scale`, every later one `again · share · scale` on average, all independent given f.
 */
export function revenueMoments(prospect: Prospect): { mean: ByHorizon; variance: ByHorizon } {
  const { scale, sigma, again, share } = prospect;
  const bought = buyProbability(prospect);
  const spread = Math.expm1(sigma ** 2); // variance of a log-normal with mean 1
  const laterMean = again * share, laterVariance = again * share ** 2 * (spread + 1) - laterMean ** 2;
  const mean: ByHorizon = [0, 0, 0], variance: ByHorizon = [0, 0, 0];
  for (let h = 0; h < 3; h++) {
    let first = 0, second = 0;
    for (let f = 0; f <= h; f++) {
      const p = bought[f]! - (bought[f - 1] ?? 0), periods = h - f;
      const given = 1 + periods * laterMean;
      first += p * given;
      second += p * (given ** 2 + spread + periods * laterVariance);
    }
    mean[h] = scale * first;
    variance[h] = scale ** 2 * (second - first ** 2);
  }
  return { mean, variance };
}

/** Revenue up to each horizon as it happened, in whole cents; 0 before the first purchase. */
export function drawRevenue(prospect: Prospect, rng: Rng): ByHorizon {
  const { hazard, scale, sigma, again, share } = prospect;
  const reached = rng.exponential(); // the first purchase comes when the hazard reaches it
  const revenue: ByHorizon = [0, 0, 0];
  let cents = 0;
  for (let h = 0; h < 3; h++) {
    if (reached <= hazard[h]!) {
      const first = cents === 0, buys = first || rng.uniform() < again;
      const mean = first ? scale : share * scale;
      if (buys) {
        cents += Math.max(1, Math.round(100 * mean * Math.exp(sigma * rng.normal() - sigma ** 2 / 2)));
      }
    }
    revenue[h] = cents / 100;
  }
  return revenue;
}

/** What {@linkcode prospect} follows from. All but the first five are seen, directly or through the features. */
export interface Situation {
  readonly propensity: number;
  readonly spending: number;
  readonly activity: number;
  readonly whale: boolean;
  /** Place of the advertised category among the user's favourites, −1 if it is none. */
  readonly favourite: number;
  readonly appeal: number;
  readonly price: number;
  readonly later: number;
  /** Days since the last purchase anywhere; Infinity without one. */
  readonly sincePurchase: number;
  readonly ios: boolean;
  /** Log of the country's income. */
  readonly income: number;
  readonly devicePrice: number;
  /** Hour of the day, 0 to 24. */
  readonly hour: number;
  /** Added to the log hazard and to the log of the price by the week: see `InstallDrift`. */
  readonly buyerDrift: number;
  readonly priceDrift: number;
}

/** Brings about one install in 25 to a purchase within 14 days. */
const BASE = -5.15;

const LIKING = [1, 0.7, 0.4];

/** The model behind the labels. */
export function prospect(s: Situation): Prospect {
  const whale = Number(s.whale);
  const log = BASE + s.appeal + 0.8 * s.propensity + 0.3 * Math.tanh(s.activity) + 0.7 * whale +
    (LIKING[s.favourite] ?? 0) + 0.6 * Math.exp(-s.sincePurchase / 14) + 0.3 * Number(s.ios) +
    0.15 * Math.cos(2 * Math.PI * (s.hour - 20) / 24) + s.buyerDrift;
  const first = Math.exp(log), later = s.later * Math.exp(0.3 * s.activity);
  const scale = s.price + 0.8 * s.spending + 1.8 * whale + 0.3 * s.income +
    0.25 * Math.log(s.devicePrice / 400) + s.priceDrift;
  return {
    hazard: [first, first * (1 + 0.9 * later), first * (1 + 1.5 * later)],
    scale: Math.exp(scale),
    sigma: 1,
    again: expit(-0.4 + 0.5 * s.activity),
    share: 0.6,
  };
}
