import { BUNDLES, CARRIERS, CATEGORIES, COUNTRIES, DEVICES, OS_VERSIONS, REGIONS } from "./catalogue.ts";
import { sqlText } from "../../engine.ts";
import { type Slot, slotNames } from "./columns.ts";
import { HORIZONS } from "./outcome.ts";

/** What a truth file holds, from the columns of `EventColumns`. */
export function truthSelection(): string {
  return selection({
    row_id: "row_id::BIGINT",
    ...byHorizon("probability"),
    ...byHorizon("expected"),
    ...byHorizon("variance"),
    whale: "(whale = 1)",
  });
}

/**
 * What an event file holds, from the columns of `EventColumns`: names for codes, moments for days, lists and maps for places.
 */
export function eventSelection(startMs: number): string {
  const moment = (days: string): string =>
    `make_timestamp(${startMs}000::BIGINT + round(${days} * 86400e6)::BIGINT)`;
  const event = moment("event_ts");
  const taxonomies = CATEGORIES.map(({ taxonomy }) => taxonomy);
  const shops = names("shop", "shops", BUNDLES);
  const shopCategories = names("category", "categories", CATEGORY_NAMES);
  const histogram = (slot: "country" | "region" | "version", length: string, of: readonly string[]): string =>
    map(names(`${slot}_bin`, length, of), slotNames(`${slot}_share`), length);
  return selection({
    row_id: "row_id::BIGINT",
    user_id: "user_id::BIGINT",
    event_ts: event,
    country: name("country", COUNTRY_CODES),
    region: name("region", REGIONS),
    carrier: name("carrier", CARRIERS),
    dev_make: name("device", DEVICES.map(({ make }) => make)),
    dev_model: name("device", DEVICES.map(({ model }) => model)),
    dev_os: name("device", DEVICES.map(({ os }) => os)),
    dev_osv: name("osv", OS_VERSIONS),
    release_msrp: "release_msrp",
    advertiser_bundle: name("advertiser", BUNDLES),
    advertiser_category: name(category("advertiser"), CATEGORY_NAMES),
    hour: `hour(${event})::INTEGER`,
    weekday: `(isodow(${event}) - 1)::INTEGER`,
    wifi_ratio: "wifi_ratio",
    weekend_ratio: "weekend_ratio",
    avg_daily_sessions: "avg_daily_sessions",
    avg_duration: "avg_duration",
    iap_revenue_usd_bundle: map(shops, dollars("shop_cents"), "shops"),
    num_buys_bundle: map(shops, counts("shop_buys"), "shops"),
    iap_revenue_usd_category: map(shopCategories, dollars("category_cents"), "categories"),
    num_buys_category: map(shopCategories, counts("category_buys"), "categories"),
    bundles_ins: names("install", "installs", BUNDLES),
    bcat_bottom_taxonomy: names("install", "installs", taxonomies, category),
    user_sessions: first(sessions(), "sessions"),
    country_hist: histogram("country", "countries", COUNTRY_CODES),
    region_hist: histogram("region", "regions", REGIONS),
    dev_osv_hist: histogram("version", "versions", OS_VERSIONS),
    first_request_ts: moment("first_request_ts"),
    last_buy_ts: moment("last_buy_ts"),
    last_install_ts: moment("last_install_ts"),
    ...byHorizon("buyer", "INTEGER"),
    ...byHorizon("iap_revenue"),
  });
}

const CATEGORY_NAMES = CATEGORIES.map(({ name }) => name);
const COUNTRY_CODES = COUNTRIES.map(([code]) => code);

function selection(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns).map(([name, expression]) => `${expression} AS ${name}`).join(", ");
}

function byHorizon(prefix: string, type = "DOUBLE"): Record<string, string> {
  return Object.fromEntries(HORIZONS.map((days) => [`${prefix}_d${days}`, `${prefix}_d${days}::${type}`]));
}

/** The name that a code stands for. */
function name(code: string, of: readonly string[]): string {
  return `list_extract(${sqlList(of)}, (${code})::INTEGER + 1)`;
}

/** The names of the first `length` codes. `list_select` finds them ten times as fast as a lambda. */
function names(
  slot: Slot,
  length: string,
  of: readonly string[],
  code = (place: string): string => place,
): string {
  const places = slotNames(slot).map((place) => `(${code(place)})::INTEGER + 1`);
  return `list_select(${sqlList(of)}, ${first(places, length)})`;
}

function sqlList(texts: readonly string[]): string {
  return `[${texts.map(sqlText).join(", ")}]`;
}

/** Code of an app's category, from the app's. */
function category(bundle: string): string {
  return `${bundle} % ${CATEGORIES.length}`;
}

/** The first `length` of the items. */
function first(items: readonly string[], length: string): string {
  return `list_slice([${items.join(", ")}], 1, ${length}::BIGINT)`;
}

function map(keys: string, values: readonly string[], length: string): string {
  return `map(${keys}, ${first(values, length)})`;
}

function dollars(cents: Slot): string[] {
  return slotNames(cents).map((place) => `${place} / 100`);
}

function counts(slot: Slot): string[] {
  return slotNames(slot).map((place) => `${place}::INTEGER`);
}

function sessions(): string[] {
  const count = counts("session_count");
  return slotNames("session_hash").map((hash, k) =>
    `{'hash': format('{:08x}', ${hash}::BIGINT), 'count': ${count[k]}}`
  );
}
