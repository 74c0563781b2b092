import fc from "fast-check";
import { sqlText } from "../../data/mod.ts";

/** An event as tests write it down: one column of every kind. */
export interface EventRow {
  readonly amounts: Readonly<Record<string, number | null>> | null;
  readonly apps: readonly (string | null)[] | null;
  readonly tuples: readonly { readonly hash: string; readonly count: number | null }[] | null;
  readonly weights: Readonly<Record<string, number | null>> | null;
  /** Days before the event; below 0 after it. */
  readonly bought: number | null;
  readonly price: number | null;
  readonly hour: number | null;
  readonly country: string | null;
}

/** When every event of the fixture happens. */
const EVENT = Date.parse("2026-03-01T12:00:00Z");

/** The rows as a SELECT, ids from 1; more columns may be added as SQL by position. */
export function eventsSql(rows: readonly EventRow[], more: (i: number) => string = () => ""): string {
  const values = rows.map((row, i) =>
    `SELECT CAST(${i + 1} AS BIGINT) AS row_id, CAST(${i % 3} AS BIGINT) AS user_id, ${
      moment(0)
    } AS event_ts, ${map(row.amounts)} AS amounts, ${list(row.apps)} AS apps, ${
      tuples(row.tuples)
    } AS tuples, ${map(row.weights)} AS weights, ${moment(row.bought)} AS bought, ${
      number(row.price)
    } AS price, ${number(row.hour)} AS hour, ${number(row.hour && row.hour % 7)} AS weekday, ${
      text(row.country)
    } AS country${more(i)}`
  );
  return `(${values.join("\nUNION ALL ")})`;
}

/** Any event: empty and missing columns, single entries, entries without value, negative and infinite numbers. */
export function anyEvent(): fc.Arbitrary<EventRow> {
  const plain = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const odd = fc.oneof(
    { weight: 8, arbitrary: plain },
    fc.constantFrom(null, NaN, Infinity, -Infinity, 0, 1),
  );
  const key = fc.constantFrom("a", "b", "c", "d", "e'");
  const amounts = fc.option(fc.dictionary(key, odd, { maxKeys: 5 }));
  return fc.record({
    amounts,
    apps: fc.option(fc.array(fc.option(key), { maxLength: 6 })),
    tuples: fc.option(
      fc.array(fc.record({ hash: key, count: fc.option(fc.integer({ min: -5, max: 1000 })) }), {
        maxLength: 6,
      }),
    ),
    weights: amounts,
    bought: fc.option(fc.integer({ min: -86_400_000, max: 86_400_000_000 }).map((ms) => ms / 86_400_000)),
    price: odd,
    hour: fc.option(fc.integer({ min: 0, max: 23 })),
    country: fc.option(key),
  });
}

function number(value: number | null): string {
  if (value === null) return "CAST(NULL AS DOUBLE)";
  return Number.isFinite(value) ? value.toExponential() : `CAST('${value}' AS DOUBLE)`;
}

function text(value: string | null): string {
  return value === null ? "CAST(NULL AS VARCHAR)" : sqlText(value);
}

function map(entries: EventRow["amounts"]): string {
  const inside = entries &&
    Object.entries(entries).map(([key, value]) => `${sqlText(key)}: ${number(value)}`);
  return `CAST(${inside ? `MAP {${inside.join(", ")}}` : "NULL"} AS MAP(VARCHAR, DOUBLE))`;
}

function list(entries: EventRow["apps"]): string {
  return `CAST(${entries ? `[${entries.map(text).join(", ")}]` : "NULL"} AS VARCHAR[])`;
}

function tuples(entries: EventRow["tuples"]): string {
  const inside = entries?.map(({ hash, count }) => `{'hash': ${sqlText(hash)}, 'count': ${count ?? "NULL"}}`);
  return `CAST(${inside ? `[${inside.join(", ")}]` : "NULL"} AS STRUCT("hash" VARCHAR, "count" INTEGER)[])`;
}

function moment(daysAgo: number | null): string {
  if (daysAgo === null) return "CAST(NULL AS TIMESTAMP)";
  const at = new Date(EVENT - Math.round(daysAgo * 86_400_000)).toISOString();
  return `TIMESTAMP '${at.replace("T", " ").replace("Z", "")}'`;
}
