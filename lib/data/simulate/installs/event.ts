import { expit, type Rng } from "../../../core/mod.ts";
import {
  ADVERTISED_BY_CATEGORY,
  CATEGORIES,
  COUNTRIES,
  DEVICES,
  pick,
  REGIONS_BY_COUNTRY,
  zipf,
} from "./catalogue.ts";
import { createColumns, type EventColumns } from "./columns.ts";
import { buyProbability, drawRevenue, HORIZONS, prospect, revenueMoments } from "./outcome.ts";
import {
  bundleOf,
  categoryOf,
  drawUser,
  FAVOURITES,
  MOST_INSTALLS,
  MOST_SESSIONS,
  type Purchase,
  purchasesBefore,
  type User,
} from "./user.ts";
import type { InstallDay, InstallPart, World } from "./world.ts";

/** How long ago a user of today may have arrived. */
const LONGEST_AGE = 365;
const MEAN_AGE = 45;
const NEW_USERS = 0.25;

const ADVERTISED_CATEGORY = zipf(CATEGORIES.length, 0.9);
const ADVERTISED_APP = zipf(ADVERTISED_BY_CATEGORY, 1.2);

/** The rows of some parts, one after the other; within a part in the order of time. */
export function drawEvents(world: World, parts: readonly InstallPart[]): EventColumns {
  const columns = createColumns(parts.reduce((sum, { rows }) => sum + rows, 0));
  let i = 0;
  for (const { day, first, rows } of parts) {
    for (let place = first; place < first + rows; place++) drawEvent(world, day, place, columns, i++);
  }
  return columns;
}

/** One event. Its draws depend on the world's parameters, its number and its user alone. */
function drawEvent(world: World, day: InstallDay, place: number, columns: EventColumns, i: number): void {
  const { scalars } = columns;
  const id = day.first + place;
  const rng = world.rng.split("event", id);
  const now = day.number + timeOfDay((place + rng.uniform()) / day.rows);
  const { user, userId, purchases } = findUser(world, now, rng);
  const last = purchases.at(-1)?.day ?? -Infinity;
  const advertiser = drawAdvertiser(user, rng);

  scalars.row_id[i] = id;
  scalars.user_id[i] = userId;
  scalars.event_ts[i] = now;
  scalars.country[i] = user.country;
  scalars.region[i] = user.region;
  scalars.carrier[i] = user.carrier;
  scalars.device[i] = user.device;
  scalars.advertiser[i] = advertiser;
  scalars.first_request_ts[i] = user.arrived;
  if (purchases.length > 0) scalars.last_buy_ts[i] = last;

  writeUse(columns, i, user, now, rng);
  writeInstalls(columns, i, user, now);
  writePurchases(columns, i, user, purchases);
  writeHistograms(columns, i, user, now);
  writeMissing(columns, i, user, rng);
  writeOutcome(world, columns, i, user, advertiser, now, last, rng);
}

/** Share of a day at which a share of its installs has happened: most of them in the evening. */
function timeOfDay(share: number): number {
  const phase = Math.PI * (1 - 2 * 0.83), depth = 0.6;
  return share + depth * (Math.sin(2 * Math.PI * share + phase) - Math.sin(phase)) / (2 * Math.PI);
}

/**
 * A quarter are new today; of those who came on one day, some have more installs than others. Who comes only later today is
 * replaced by who came the day before.
 */
function findUser(
  world: World,
  now: number,
  rng: Rng,
): { user: User; userId: number; purchases: Purchase[] } {
  const age = rng.uniform() < NEW_USERS ? 0 : Math.min(LONGEST_AGE, MEAN_AGE * rng.exponential());
  const place = Math.floor(world.usersByDay * rng.uniform() ** 1.5);
  for (let cohort = Math.floor(now - age);; cohort--) {
    const userId = (cohort + LONGEST_AGE + 2) * world.usersByDay + place;
    const own = world.rng.split("user", userId);
    const user = drawUser(cohort, own);
    if (user.arrived < now) return { user, userId, purchases: purchasesBefore(user, now, own) };
  }
}

/** Targeting finds a favourite category for one install in three. */
function drawAdvertiser(user: User, rng: Rng): number {
  const targeted = rng.uniform() < 0.35;
  const category = targeted
    ? user.favourites[rng.integer(FAVOURITES)]!
    : pick(ADVERTISED_CATEGORY, rng.uniform());
  return bundleOf(category, pick(ADVERTISED_APP, rng.uniform()));
}

function writeUse({ scalars, slots }: EventColumns, i: number, user: User, now: number, rng: Rng): void {
  scalars.avg_daily_sessions[i] = Math.exp(0.8 + 0.6 * user.activity + 0.3 * rng.normal());
  scalars.avg_duration[i] = Math.exp(1.5 + 0.3 * user.activity + 0.2 * user.propensity + 0.5 * rng.normal());
  scalars.weekend_ratio[i] = expit(user.weekend + 0.3 * rng.normal());
  const age = now - user.arrived;
  const apps = Math.min(MOST_SESSIONS, 1 + Math.floor(5 * Math.exp(0.3 * user.activity) * Math.log1p(age)));
  scalars.sessions[i] = apps;
  for (let k = 0; k < apps; k++) {
    slots.session_hash[k]![i] = user.sessionHashes[k]!;
    const mean = 6 * Math.exp(0.7 * user.activity) / (1 + k);
    slots.session_count[k]![i] = 1 + Math.floor(mean * rng.exponential());
  }
}

function writeInstalls({ scalars, slots }: EventColumns, i: number, user: User, now: number): void {
  const since = Math.floor((now - user.arrived) / user.daysBetweenInstalls);
  const installs = Math.min(MOST_INSTALLS, user.installsAtFirst + since);
  scalars.installs[i] = installs;
  for (let k = 0; k < installs; k++) slots.install[k]![i] = user.installs[k]!;
  if (since > 0) scalars.last_install_ts[i] = user.arrived + since * user.daysBetweenInstalls;
}

/** Revenue and count by app and by category, in the order of the first purchase. */
function writePurchases(
  { scalars, slots }: EventColumns,
  i: number,
  user: User,
  purchases: readonly Purchase[],
): void {
  const apps: number[] = [], categories: number[] = [];
  for (const { shop, cents } of purchases) {
    const bundle = user.shops[shop]!;
    const a = placeOf(apps, bundle), c = placeOf(categories, categoryOf(bundle));
    slots.shop[a]![i] = bundle;
    slots.category[c]![i] = categoryOf(bundle);
    add(slots.shop_cents[a]!, i, cents);
    add(slots.shop_buys[a]!, i, 1);
    add(slots.category_cents[c]!, i, cents);
    add(slots.category_buys[c]!, i, 1);
  }
  scalars.shops[i] = apps.length;
  scalars.categories[i] = categories.length;
}

/** The place of a key in a list of distinct keys; a new one goes to the end. */
function placeOf(keys: number[], key: number): number {
  const place = keys.indexOf(key);
  return place >= 0 ? place : keys.push(key) - 1;
}

function add(values: Float64Array, i: number, amount: number): void {
  values[i] = (values[i]! > 0 ? values[i]! : 0) + amount;
}

/** Where the user has been seen, and with which versions: a version is taken up within three months of its release. */
function writeHistograms({ scalars, slots }: EventColumns, i: number, user: User, now: number): void {
  const travels = user.abroad !== user.country;
  scalars.countries[i] = travels ? 2 : 1;
  scalars.regions[i] = travels ? 3 : 2;
  const away = 1 - user.home,
    second = user.country * REGIONS_BY_COUNTRY + (user.region + 1) % REGIONS_BY_COUNTRY;
  slots.country_bin[0]![i] = user.country;
  slots.country_share[0]![i] = user.home;
  slots.region_bin[0]![i] = user.region;
  slots.region_share[0]![i] = 0.8 * user.home;
  slots.region_bin[1]![i] = second;
  slots.region_share[1]![i] = 0.2 * user.home;
  if (travels) {
    slots.country_bin[1]![i] = user.abroad;
    slots.country_share[1]![i] = away;
    slots.region_bin[2]![i] = user.abroad * REGIONS_BY_COUNTRY;
    slots.region_share[2]![i] = away;
  }
  const system = DEVICES[user.device]!.os === "ios" ? 4 : 0;
  // Versions come out every 90 days, the third one 20 days after the start; a user follows up to 200 days late.
  const versions = 2 + (now + 70 - 200 * user.lag) / 90;
  const current = Math.min(3, Math.max(0, Math.floor(versions)));
  scalars.osv[i] = system + current;
  const fresh = versions - Math.floor(versions), changed = current > 0 && fresh < 0.5;
  scalars.versions[i] = changed ? 2 : 1;
  slots.version_bin[0]![i] = system + current;
  slots.version_share[0]![i] = changed ? 0.5 + fresh : 1;
  if (changed) {
    slots.version_bin[1]![i] = system + current - 1;
    slots.version_share[1]![i] = 0.5 - fresh;
  }
}

/** Wi-Fi is missing by the system, which is seen; the price is missing the more the lower it is, which is not. */
function writeMissing({ scalars }: EventColumns, i: number, user: User, rng: Rng): void {
  const wifi = expit(user.wifi + 0.5 * rng.normal());
  const ios = DEVICES[user.device]!.os === "ios";
  if (rng.uniform() >= WIFI_MISSING[ios ? "ios" : "android"]) scalars.wifi_ratio[i] = wifi;
  if (rng.uniform() >= priceMissing(user.price)) scalars.release_msrp[i] = user.price;
}

/** Probability that `wifi_ratio` is missing, by system: missing at random, given `dev_os`. */
export const WIFI_MISSING = { ios: 0.25, android: 0.08 } as const;

/** Probability that `release_msrp` is missing: not at random, the cheaper the device the more. */
export function priceMissing(price: number): number {
  return expit(-1.8 - 1.2 * Math.log(price / 300));
}

function writeOutcome(
  world: World,
  { scalars }: EventColumns,
  i: number,
  user: User,
  advertiser: number,
  now: number,
  lastPurchase: number,
  rng: Rng,
): void {
  const category = categoryOf(advertiser);
  const future = prospect({
    ...CATEGORIES[category]!,
    propensity: user.propensity,
    spending: user.spending,
    activity: user.activity,
    whale: user.whale,
    favourite: user.favourites.indexOf(category),
    sincePurchase: now - lastPurchase,
    ios: DEVICES[user.device]!.os === "ios",
    income: COUNTRIES[user.country]![1],
    devicePrice: user.price,
    hour: 24 * (now - Math.floor(now)),
    buyerDrift: world.drift.buyers * now / 7,
    priceDrift: world.drift.price * now / 7,
  });
  const probability = buyProbability(future), { mean, variance } = revenueMoments(future);
  const revenue = drawRevenue(future, rng);
  for (const [h, days] of HORIZONS.entries()) {
    scalars[`probability_d${days}`][i] = probability[h]!;
    scalars[`expected_d${days}`][i] = mean[h]!;
    scalars[`variance_d${days}`][i] = variance[h]!;
    if (now + days > world.days) continue; // not known yet when the world ends
    scalars[`buyer_d${days}`][i] = Number(revenue[h]! > 0);
    scalars[`iap_revenue_d${days}`][i] = revenue[h]!;
  }
  scalars.whale[i] = Number(user.whale);
}
