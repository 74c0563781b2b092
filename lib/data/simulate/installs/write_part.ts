import { partialName } from "../../../core/mod.ts";
import { withTable } from "../../duckdb.ts";
import { sqlText } from "../../engine.ts";
import { BUNDLES, CARRIERS, CATEGORIES, COUNTRIES, DEVICES, OS_VERSIONS, REGIONS } from "./catalogue.ts";
import { columnsTable, type EventColumns, type Slot, slotNames } from "./columns.ts";

/** Writes rows as parquet: to one file what was known and what followed, to another the truth behind it. */
export async function writePart(
  columns: EventColumns,
  startMs: number,
  files: { readonly events: string; readonly truth: string },
): Promise<void> {
  await withTable(columnsTable(columns), async (engine, name) => {
    const copy = async (selected: readonly string[], file: string): Promise<void> => {
      const partial = partialName(file);
      await engine.execute(
        `COPY (SELECT ${selected.join(", ")} FROM ${name}) TO ${
          sqlText(partial)
        } (FORMAT parquet, COMPRESSION zstd)`,
      );
      await Deno.rename(partial, file);
    };
    await copy(TRUTH, files.truth);
    await copy(eventColumns(startMs), files.events);
  });
}

const HORIZON_NAMES = ["d1", "d7", "d14"];

const TRUTH = [
  "row_id::BIGINT AS row_id",
  ...HORIZON_NAMES.map((h) => `probability_${h}`),
  ...HORIZON_NAMES.map((h) => `expected_${h}`),
  "(whale = 1) AS whale",
];

function eventColumns(startMs: number): string[] {
  const moment = (column: string): string =>
    `make_timestamp((${startMs} * 1000::BIGINT) + round(${column} * 86400e6)::BIGINT)`;
  const event = moment("event_ts");
  const ofDevice = (field: "make" | "model" | "os"): string[] => DEVICES.map((device) => device[field]);
  const categories = CATEGORIES.map(({ name }) => name),
    taxonomies = CATEGORIES.map(({ taxonomy }) => taxonomy);
  const countries = COUNTRIES.map(([code]) => code);
  return [
    "row_id::BIGINT AS row_id",
    "user_id::BIGINT AS user_id",
    `${event} AS event_ts`,
    `${named("country", countries)} AS country`,
    `${named("region", REGIONS)} AS region`,
    `${named("carrier", CARRIERS)} AS carrier`,
    `${named("device", ofDevice("make"))} AS dev_make`,
    `${named("device", ofDevice("model"))} AS dev_model`,
    `${named("device", ofDevice("os"))} AS dev_os`,
    `${named("osv", OS_VERSIONS)} AS dev_osv`,
    "release_msrp",
    `${named("advertiser", BUNDLES)} AS advertiser_bundle`,
    `${named(`advertiser % ${CATEGORIES.length}`, categories)} AS advertiser_category`,
    `hour(${event})::INTEGER AS hour`,
    `(isodow(${event}) - 1)::INTEGER AS weekday`,
    "wifi_ratio",
    "weekend_ratio",
    "avg_daily_sessions",
    "avg_duration",
    `${map(names("shop", "shops", BUNDLES), "shop_revenue", "shops", "DOUBLE")} AS iap_revenue_usd_bundle`,
    `${map(names("shop", "shops", BUNDLES), "shop_buys", "shops", "INTEGER")} AS num_buys_bundle`,
    `${
      map(names("category", "categories", categories), "category_revenue", "categories", "DOUBLE")
    } AS iap_revenue_usd_category`,
    `${
      map(names("category", "categories", categories), "category_buys", "categories", "INTEGER")
    } AS num_buys_category`,
    `${names("install", "installs", BUNDLES)} AS bundles_ins`,
    `${
      names("install", "installs", taxonomies, (c) => `${c} % ${CATEGORIES.length}`)
    } AS bcat_bottom_taxonomy`,
    `${first(sessions(), "sessions")} AS user_sessions`,
    `${
      map(names("country_bin", "countries", countries), "country_share", "countries", "DOUBLE")
    } AS country_hist`,
    `${map(names("region_bin", "regions", REGIONS), "region_share", "regions", "DOUBLE")} AS region_hist`,
    `${
      map(names("version_bin", "versions", OS_VERSIONS), "version_share", "versions", "DOUBLE")
    } AS dev_osv_hist`,
    ...["first_request_ts", "last_buy_ts", "last_install_ts"].map((c) => `${moment(c)} AS ${c}`),
    ...HORIZON_NAMES.map((h) => `buyer_${h}::INTEGER AS buyer_${h}`),
    ...HORIZON_NAMES.map((h) => `iap_revenue_${h}`),
  ];
}

/** The name that a code stands for; NULL for NULL. */
function named(code: string, names: readonly string[]): string {
  return `list_extract([${names.map(sqlText).join(", ")}], (${code})::INTEGER + 1)`;
}

/** The first `length` of the items. */
function first(items: readonly string[], length: string): string {
  return `list_slice(list_value(${items.join(", ")}), 1, ${length}::BIGINT)`;
}

/** The names of the first `length` codes. */
function names(
  slot: Slot,
  length: string,
  of: readonly string[],
  code: (bundle: string) => string = (c) => c,
): string {
  return `list_transform(${first(slotNames(slot), length)}, lambda c: ${named(code("c"), of)})`;
}

function map(keys: string, value: Slot, length: string, type: string): string {
  return `map(${keys}, ${first(slotNames(value).map((column) => `${column}::${type}`), length)})`;
}

function sessions(): string[] {
  const counts = slotNames("session_count");
  return slotNames("session_hash").map((hash, k) =>
    `{'hash': format('{:08x}', ${hash}::BIGINT), 'count': ${counts[k]}::INTEGER}`
  );
}
