import { expit, type Rng } from "../../../core/mod.ts";
import {
  APPS_BY_CATEGORY,
  CARRIERS_BY_COUNTRY,
  CATEGORIES,
  COUNTRIES,
  cumulative,
  DEVICES,
  pick,
  REGIONS_BY_COUNTRY,
  zipf,
} from "./catalogue.ts";

/** Most apps of a user's list that an event shows. */
export const MOST_INSTALLS = 40;
/** Most apps with sessions that an event shows. */
export const MOST_SESSIONS = 20;
/** Categories that a user likes, the dearest first. */
export const FAVOURITES = 3;
/** Apps in which a user ever buys: two in each favourite category. */
export const SHOPS = 2 * FAVOURITES;

const COUNTRY = zipf(COUNTRIES.length, 1.2);
const REGION = zipf(REGIONS_BY_COUNTRY);
const CARRIER = cumulative([5, 3, 2]);
const CATEGORY = zipf(CATEGORIES.length, 0.7);
const APP = zipf(APPS_BY_CATEGORY, 1.1);
const DEVICE = cumulative(DEVICES.map(({ weight }) => weight));
const SHOP = cumulative([8, 5, 3, 2, 1, 1]);

/** One purchase in an app that the network saw, before any event. */
export interface Purchase {
  /** Days since the world's start; negative before it. */
  readonly day: number;
  /** Position in {@linkcode User.shops}. */
  readonly shop: number;
  /** Whole US cents. */
  readonly cents: number;
}

/** Who a user is: fixed for life, the same in all of the user's events. */
export interface User {
  /** First seen, in days since the world's start. */
  readonly arrived: number;
  /** Hidden: how readily the user buys; standard normal. */
  readonly propensity: number;
  /** Hidden: how much the user spends at a time; standard normal. */
  readonly spending: number;
  /** Hidden: how much the user plays; standard normal. */
  readonly activity: number;
  /** Hidden: one in sixty, several times the spending. */
  readonly whale: boolean;
  readonly country: number;
  readonly region: number;
  readonly carrier: number;
  readonly device: number;
  /** Price of the very device with its memory, USD. */
  readonly price: number;
  /** How late the user updates the system: 0 at once, to 1. */
  readonly lag: number;
  /** Category codes, distinct, the dearest first. */
  readonly favourites: readonly number[];
  /** Bundle codes of the apps in which the user buys. */
  readonly shops: readonly number[];
  /** Bundle codes in the order of installing. */
  readonly installs: Int32Array;
  /** How many installs the user had on arrival, and days between later ones. */
  readonly installsAtFirst: number;
  readonly daysBetweenInstalls: number;
  /** 32-bit names of the apps that the user has sessions in. */
  readonly sessionHashes: Float64Array;
  /** On the log-odds scale: the user's share of Wi-Fi, and of weekends. */
  readonly wifi: number;
  readonly weekend: number;
  /** Country of journeys, or the user's own; and the share of time at home. */
  readonly abroad: number;
  readonly home: number;
}

/** The user who first came on this day, drawn from a stream of the user's own. */
export function drawUser(cohort: number, rng: Rng): User {
  const arrived = cohort + rng.uniform();
  const country = pick(COUNTRY, rng.uniform());
  const wealth = rng.normal();
  const spending = 0.5 * wealth + Math.sqrt(0.75) * rng.normal();
  const propensity = 0.3 * spending + Math.sqrt(0.91) * rng.normal();
  const activity = 0.3 * propensity + Math.sqrt(0.91) * rng.normal();
  const whale = rng.uniform() < expit(-4.6 + 0.8 * propensity + 0.6 * wealth);
  // A logistic draw moved by wealth and income: the better-off stand further down the list of devices.
  const rank = expit(1.3 * wealth + 1.2 * COUNTRIES[country]![1] + 0.5 + 1.2 * rng.normal());
  const device = pick(DEVICE, rank);
  const price = Math.round(DEVICES[device]!.price * [1, 1.12, 1.3][rng.integer(3)]!);
  const favourites = drawFavourites(rng);
  const shops = favourites.flatMap((category) => drawTwo(category, rng));
  const installs = new Int32Array(MOST_INSTALLS);
  for (let k = 0; k < MOST_INSTALLS; k++) {
    const category = rng.uniform() < 0.6
      ? favourites[rng.integer(FAVOURITES)]!
      : pick(CATEGORY, rng.uniform());
    installs[k] = bundleOf(category, pick(APP, rng.uniform()));
  }
  const sessionHashes = new Float64Array(MOST_SESSIONS);
  for (let k = 0; k < MOST_SESSIONS; k++) sessionHashes[k] = rng.bits();
  const abroad = rng.uniform() < 0.2 ? pick(COUNTRY, rng.uniform()) : country;
  return {
    arrived,
    propensity,
    spending,
    activity,
    whale,
    country,
    region: country * REGIONS_BY_COUNTRY + pick(REGION, rng.uniform()),
    carrier: country * CARRIERS_BY_COUNTRY + pick(CARRIER, rng.uniform()),
    device,
    price,
    lag: rng.uniform(),
    favourites,
    shops,
    installs,
    installsAtFirst: 4 + rng.integer(20),
    daysBetweenInstalls: 8 * Math.exp(-0.4 * activity + 0.5 * rng.normal()),
    sessionHashes,
    wifi: 0.8 + rng.normal(),
    weekend: -0.9 + 0.4 * rng.normal(),
    abroad,
    home: abroad === country ? 1 : 0.6 + 0.35 * rng.uniform(),
  };
}

/**
 * The purchases of a user before a moment, in order: a Poisson process that starts with the user's arrival.
 *
 * @param rng The user's stream as {@linkcode drawUser} left it, so that a later moment shows the same purchases and more.
 */
export function purchasesBefore(user: User, day: number, rng: Rng): Purchase[] {
  const rate = Math.exp(-5.4 + 0.9 * user.propensity + 0.8 * Number(user.whale));
  const purchases: Purchase[] = [];
  for (let at = user.arrived + rng.exponential() / rate; at < day; at += rng.exponential() / rate) {
    const shop = pick(SHOP, rng.uniform());
    const { price } = CATEGORIES[categoryOf(user.shops[shop]!)]!;
    const log = price + 0.8 * user.spending + 1.6 * Number(user.whale) + 0.7 * rng.normal();
    purchases.push({ day: at, shop, cents: Math.max(1, Math.round(100 * Math.exp(log))) });
  }
  return purchases;
}

/** The app at a place of its category's ranking. */
export function bundleOf(category: number, rank: number): number {
  return rank * CATEGORIES.length + category;
}

/** The category of an app. */
export function categoryOf(bundle: number): number {
  return bundle % CATEGORIES.length;
}

function drawFavourites(rng: Rng): number[] {
  const chosen: number[] = [];
  while (chosen.length < FAVOURITES) {
    const category = pick(CATEGORY, rng.uniform());
    if (!chosen.includes(category)) chosen.push(category);
  }
  return chosen;
}

function drawTwo(category: number, rng: Rng): [number, number] {
  const first = pick(APP, rng.uniform());
  const second = (first + 1 + rng.integer(APPS_BY_CATEGORY - 1)) % APPS_BY_CATEGORY;
  return [bundleOf(category, first), bundleOf(category, second)];
}
