import { Table } from "../../table.ts";
import { MOST_INSTALLS, MOST_SESSIONS, SHOPS } from "./user.ts";

/** Places of the histograms of a row. */
export const BINS = 3;

const SCALARS = [
  "row_id",
  "user_id",
  "event_ts",
  "country",
  "region",
  "carrier",
  "device",
  "osv",
  "release_msrp",
  "advertiser",
  "wifi_ratio",
  "weekend_ratio",
  "avg_daily_sessions",
  "avg_duration",
  "installs",
  "sessions",
  "shops",
  "categories",
  "countries",
  "regions",
  "versions",
  "first_request_ts",
  "last_buy_ts",
  "last_install_ts",
  "buyer_d1",
  "buyer_d7",
  "buyer_d14",
  "iap_revenue_d1",
  "iap_revenue_d7",
  "iap_revenue_d14",
  "probability_d1",
  "probability_d7",
  "probability_d14",
  "expected_d1",
  "expected_d7",
  "expected_d14",
  "variance_d1",
  "variance_d7",
  "variance_d14",
  "whale",
] as const;

const SLOTS = {
  install: MOST_INSTALLS,
  session_hash: MOST_SESSIONS,
  session_count: MOST_SESSIONS,
  shop: SHOPS,
  shop_cents: SHOPS,
  shop_buys: SHOPS,
  category: SHOPS,
  category_cents: SHOPS,
  category_buys: SHOPS,
  country_bin: BINS,
  country_share: BINS,
  region_bin: BINS,
  region_share: BINS,
  version_bin: BINS,
  version_share: BINS,
} as const;

type Scalar = typeof SCALARS[number];

/** A nested column, spread over one number column for each place. */
export type Slot = keyof typeof SLOTS;

/**
 * Rows as plain numbers, NaN where there is nothing: codes for names, days for moments, and for each nested column as many
 * columns as it has places at most, with its length beside. Whole columns cross into DuckDB in bulk; lists could not.
 */
export interface EventColumns {
  readonly rows: number;
  readonly scalars: Readonly<Record<Scalar, Float64Array<ArrayBuffer>>>;
  readonly slots: Readonly<Record<Slot, readonly Float64Array<ArrayBuffer>[]>>;
}

/** Columns for this many rows, all missing. */
export function createColumns(rows: number): EventColumns {
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(rows).fill(NaN);
  const slots = Object.entries(SLOTS).map(([name, places]) => [name, Array.from({ length: places }, column)]);
  return {
    rows,
    scalars: Object.fromEntries(SCALARS.map((name) => [name, column()])) as EventColumns["scalars"],
    slots: Object.fromEntries(slots) as EventColumns["slots"],
  };
}

/** The same as a table: the place `k` of a nested column is called `name_k`. */
export function columnsTable({ scalars, slots }: EventColumns): Table {
  const named = [
    ...Object.entries(scalars),
    ...Object.entries(slots).flatMap(([slot, places]) =>
      places.map((values, k) => [slotName(slot as Slot, k), values] as const)
    ),
  ];
  return new Table("installs", named.map(([name, values]) => ({ kind: "number", name, values })));
}

/** Name of one place of a nested column. */
export function slotName(slot: Slot, place: number): string {
  return `${slot}_${place}`;
}

/** Names of all places of a nested column, in order. */
export function slotNames(slot: Slot): string[] {
  return Array.from({ length: SLOTS[slot] }, (_, place) => slotName(slot, place));
}

/** The values of all columns, in the order of {@linkcode columnsTable}. */
export function valuesOf({ scalars, slots }: EventColumns): Float64Array<ArrayBuffer>[] {
  return [...Object.values(scalars), ...Object.values(slots).flat()];
}
