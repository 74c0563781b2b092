/**
 * What there is in the world of app installs: countries, devices, app categories and apps. Positions in these lists are the
 * codes that the draws use; names enter only where rows are written. But for devices, lists begin with what is most frequent.
 *
 * @module
 */
import { countUpTo } from "../../../core/mod.ts";

/** A kind of app: how readily people buy in it, at which prices, and how soon. */
export interface Category {
  readonly name: string;
  /** Code of the ad industry's content taxonomy. */
  readonly taxonomy: string;
  /** Added to the log hazard of a first purchase. */
  readonly appeal: number;
  /** Log of the typical purchase in USD. */
  readonly price: number;
  /** How much of the buying comes after the first day: 0 all at once, above 1 mostly later. */
  readonly later: number;
}

/** App categories, the most installed first. */
export const CATEGORIES: readonly Category[] = [
  { name: "casual", taxonomy: "IAB9-30-1", appeal: -0.4, price: 0.9, later: 0.8 },
  { name: "puzzle", taxonomy: "IAB9-30-2", appeal: -0.1, price: 1.1, later: 0.9 },
  { name: "strategy", taxonomy: "IAB9-30-3", appeal: 0.5, price: 2.0, later: 1.5 },
  { name: "casino", taxonomy: "IAB9-30-4", appeal: 0.6, price: 2.3, later: 0.5 },
  { name: "rpg", taxonomy: "IAB9-30-5", appeal: 0.6, price: 1.9, later: 1.2 },
  { name: "simulation", taxonomy: "IAB9-30-6", appeal: 0.0, price: 1.4, later: 1.1 },
  { name: "action", taxonomy: "IAB9-30-7", appeal: 0.2, price: 1.3, later: 0.9 },
  { name: "sports", taxonomy: "IAB17-1", appeal: 0.1, price: 1.5, later: 1.0 },
  { name: "music", taxonomy: "IAB1-6", appeal: -0.2, price: 1.6, later: 0.6 },
  { name: "dating", taxonomy: "IAB14-1", appeal: 0.3, price: 2.4, later: 0.4 },
  { name: "fitness", taxonomy: "IAB7-1", appeal: 0.0, price: 2.2, later: 0.7 },
  { name: "education", taxonomy: "IAB5-1", appeal: -0.3, price: 1.8, later: 0.8 },
];

/** How many apps each category has. App `b` is of category `b % CATEGORIES.length`. */
export const APPS_BY_CATEGORY = 30;

/** Bundle names of all apps. */
export const BUNDLES: readonly string[] = Array.from(
  { length: CATEGORIES.length * APPS_BY_CATEGORY },
  (_, b) => `com.studio${1 + (b * 7) % 41}.${CATEGORIES[b % CATEGORIES.length]!.name}${1 + b}`,
);

/** How many apps of a category are advertised: the first ones. */
export const ADVERTISED_BY_CATEGORY = 6;

/** Countries, the largest first, with the log of their income relative to the first. */
export const COUNTRIES: readonly (readonly [code: string, income: number])[] = [
  ["US", 0],
  ["BR", -0.9],
  ["IN", -1.5],
  ["DE", -0.1],
  ["JP", -0.2],
  ["GB", -0.2],
  ["MX", -0.9],
  ["FR", -0.3],
  ["ID", -1.4],
  ["KR", -0.3],
  ["CA", -0.1],
  ["IT", -0.4],
  ["TR", -1.0],
  ["ES", -0.5],
  ["AU", 0],
  ["PL", -0.7],
  ["NL", -0.1],
  ["SE", -0.1],
  ["ZA", -1.2],
  ["CH", 0.2],
];

/** Regions of a country; region `r` of country `c` has the code `c * REGIONS_BY_COUNTRY + r`. */
export const REGIONS_BY_COUNTRY = 6;

/** Names of all regions. */
export const REGIONS: readonly string[] = COUNTRIES.flatMap(([code]) =>
  Array.from({ length: REGIONS_BY_COUNTRY }, (_, r) => `${code}-${r + 1}`)
);

/** Carriers of a country; coded as regions are. */
export const CARRIERS_BY_COUNTRY = 3;

/** Names of all carriers. */
export const CARRIERS: readonly string[] = COUNTRIES.flatMap(([code]) =>
  ["first", "second", "third"].map((rank) => `${code} ${rank} mobile`)
);

/** A device model; the cheapest first. */
export interface Device {
  readonly make: string;
  readonly model: string;
  readonly os: "android" | "ios";
  /** Price at release in USD, smallest memory. */
  readonly price: number;
  /** Share of all devices, up to a constant. */
  readonly weight: number;
}

/** Device models by price: the better-off draw from further down the list. */
export const DEVICES: readonly Device[] = ([
  ["xiaomi", "redmi a3", "android", 90, 6],
  ["samsung", "galaxy a05", "android", 120, 8],
  ["motorola", "moto g24", "android", 130, 5],
  ["oppo", "a38", "android", 150, 4],
  ["xiaomi", "redmi note 12", "android", 190, 8],
  ["samsung", "galaxy a15", "android", 200, 9],
  ["vivo", "y36", "android", 230, 3],
  ["samsung", "galaxy a34", "android", 350, 5],
  ["apple", "iphone se", "ios", 429, 5],
  ["samsung", "galaxy a54", "android", 450, 5],
  ["google", "pixel 7a", "android", 499, 2],
  ["apple", "iphone 11", "ios", 599, 8],
  ["apple", "iphone 12", "ios", 699, 7],
  ["google", "pixel 8", "android", 699, 2],
  ["apple", "iphone 13", "ios", 799, 9],
  ["samsung", "galaxy s23", "android", 799, 4],
  ["apple", "iphone 14", "ios", 829, 6],
  ["apple", "iphone 15 pro", "ios", 999, 5],
  ["samsung", "galaxy s24 ultra", "android", 1199, 2],
  ["apple", "iphone 15 pro max", "ios", 1299, 3],
] as const).map(([make, model, os, price, weight]) => ({ make, model, os, price, weight }));

/** Versions of the two systems, the oldest first: four of Android, then four of iOS. */
export const OS_VERSIONS: readonly string[] = ["11", "12", "13", "14", "15.8", "16.7", "17.4", "18.1"];

/** The weights 1, 1/2^power, …, 1/n^power, summed up and brought to end at 1: what {@linkcode pick} draws from. */
export function zipf(n: number, power = 1): Float64Array {
  return cumulative(Array.from({ length: n }, (_, k) => (k + 1) ** -power));
}

/** Running sums of weights, brought to end at 1. */
export function cumulative(weights: readonly number[]): Float64Array {
  const total = weights.reduce((a, b) => a + b);
  let sum = 0;
  return Float64Array.from(weights, (weight) => (sum += weight) / total);
}

/** The position whose share of (0, 1) holds `uniform`. */
export function pick(shares: Float64Array, uniform: number): number {
  return Math.min(countUpTo(shares, uniform), shares.length - 1);
}
