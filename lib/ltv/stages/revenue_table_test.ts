import assert from "node:assert/strict";
import { type NumberColumn, Table } from "../../data/mod.ts";
import { revenueRowsOf } from "./revenue_table.ts";

const numberColumn = (name: string, values: Float64Array): NumberColumn => ({ kind: "number", name, values });
const events = (ids: number[], revenue: number[]): Table =>
  new Table("events", [
    numberColumn("row_id", Float64Array.from(ids)),
    numberColumn("user_id", Float64Array.of(7, 7)),
    numberColumn("event_ts", Float64Array.of(0, 1)),
    numberColumn("sessions", Float64Array.of(3, NaN)),
    numberColumn("iap_revenue_d7", Float64Array.from(revenue)),
  ]);
const options = { features: ["sessions"], horizons: [7] };

Deno.test("revenueRowsOf() keeps what is not known as NaN", () => {
  const { features, revenue, users } = revenueRowsOf(events([1, 2], [NaN, 5]), options);
  assert.deepEqual([features.values, revenue[0], users], [
    Float64Array.of(3, NaN),
    Float64Array.of(NaN, 5),
    Float64Array.of(7, 7),
  ]);
});

Deno.test("revenueRowsOf() refuses an id twice, negative revenue and a horizon without a column, each in words", () => {
  assert.throws(
    () => revenueRowsOf(events([1, 1], [0, 0]), options),
    /a row id must be unique, current value is 1/,
  );
  assert.throws(
    () => revenueRowsOf(events([1, 2], [0, -3]), options),
    /must be 0 or more, current value is -3/,
  );
  assert.throws(
    () => revenueRowsOf(events([1, 2], [0, 0]), { ...options, horizons: [7, 14] }),
    /Cannot read column "iap_revenue_d14" of events/,
  );
});
