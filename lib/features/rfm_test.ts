import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { almostEqual, DISPLAY } from "../core/mod.ts";
import { categoryColumn, open, query, Table } from "../data/mod.ts";
import { fromDanfo, toDanfo } from "./danfo.ts";
import { label } from "./label.ts";
import { rfm } from "./rfm.ts";
import { DAY } from "./transactions.ts";

const DATA = Deno.env.get("CREDIBLE_DATA");
const needsData = DATA === undefined ? " (ignored: CREDIBLE_DATA is not set)" : "";
const COLUMNS = { customer: "id", date: "day", amount: "paid" };

function orders(rows: [id: string | null, day: string | null, paid: number][]): Table {
  return new Table("orders", [
    categoryColumn("id", rows.map(([id]) => id)),
    {
      kind: "date",
      name: "day",
      values: Float64Array.from(rows, ([, day]) => day === null ? NaN : Date.parse(day)),
    },
    { kind: "number", name: "paid", values: Float64Array.from(rows, ([, , paid]) => paid) },
  ]);
}

Deno.test("rfm() merges a day's orders, takes returns off, and does not look past asOf", () => {
  const known = rfm(
    orders([
      ["a", "2026-01-01T09:00", 20],
      ["a", "2026-01-01T18:00", 5],
      ["a", "2026-01-11", -5],
      ["a", "2026-02-01", 1000],
      ["b", "2026-01-05", 0],
      ["c", "2026-01-06", -3],
      [null, "2026-01-07", 8],
      ["d", null, 8],
      ["e", "2026-01-08", NaN],
    ]),
    { ...COLUMNS, asOf: "2026-02-01" },
  );
  deepEqual(known.columns.map((c) => c.kind === "category" ? c.levels[c.codes[0]!] : [...c.values]), [
    "a",
    [31],
    [1],
    [20],
    [20],
    [31],
  ]);
});

/** RFM by hand, in SQL: one row a customer and day with a line above 0, then one row a customer. */
const BY_HAND = `
  WITH known AS (SELECT c, date_trunc('day', d) AS d, a FROM lines WHERE c IS NOT NULL AND d IS NOT NULL AND a IS NOT NULL
                   AND d < $1::TIMESTAMP),
    days AS (SELECT DISTINCT c, d FROM known WHERE a > 0),
    counted AS (SELECT c, max(d) AS last, min(d) AS first, count(*) AS n FROM days GROUP BY c)
  SELECT c AS customer, date_diff('day', last, $1::TIMESTAMP) AS recency, n AS frequency,
    (SELECT sum(a) FROM known k WHERE k.c = counted.c) AS monetary, date_diff('day', first, $1::TIMESTAMP) AS tenure
  FROM counted ORDER BY customer`;

function agree(mine: Table, theirs: Table): void {
  equal(mine.rows, theirs.rows);
  const names = (t: Table) => {
    const { codes, levels } = t.categories("customer");
    return Array.from(codes, (code) => levels[code]);
  };
  deepEqual(names(mine), names(theirs));
  for (const column of ["recency", "frequency", "tenure"]) {
    deepEqual([...mine.numbers(column)], [...theirs.numbers(column)], column);
  }
  const [a, b] = [mine.numbers("monetary"), theirs.numbers("monetary")];
  for (let i = 0; i < a.length; i++) almostEqual(a[i]!, b[i]!, 1e-6, "sums of cents in another order");
}

Deno.test({
  name: `rfm() equals a hand-written SQL on CDNOW, with its same-day and free orders${needsData}`,
  ignore: DATA === undefined,
  async fn(): Promise<void> {
    const path = `${DATA}/cdnow/cdnow_master.csv`;
    const mine = rfm(await open(path), {
      customer: "customer_id",
      date: "date",
      amount: "dollars",
      asOf: "1997-10-01",
    });
    const lines =
      `WITH lines AS (SELECT customer_id::VARCHAR AS c, date::TIMESTAMP AS d, dollars AS a FROM '${path}')`;
    agree(mine, await query(`${lines}, ${BY_HAND.trim().slice(5)}`.replaceAll("$1", "'1997-10-01'")));
  },
});

Deno.test({
  name:
    `rfm() equals a hand-written SQL on online_retail, with its returns and missing customers${needsData}`,
  ignore: DATA === undefined,
  async fn(): Promise<void> {
    const path = `${DATA}/online_retail/online_retail.parquet`;
    const lines = await query(
      `SELECT CustomerID AS id, InvoiceDate AS day, Quantity * UnitPrice AS paid FROM '${path}'`,
    );
    const mine = rfm(lines, { ...COLUMNS, asOf: "2011-09-01" });
    ok(mine.rows > 3000);
    const sql =
      `WITH lines AS (SELECT CustomerID::VARCHAR AS c, InvoiceDate AS d, Quantity * UnitPrice AS a FROM '${path}')`;
    agree(mine, await query(`${sql}, ${BY_HAND.trim().slice(5)}`.replaceAll("$1", "'2011-09-01'")));
  },
});

const year = orders(
  Array.from(
    { length: 40 },
    (_, k) => ["often", new Date(Date.parse("2025-01-01") + 9 * k * DAY).toISOString(), 10],
  ),
);

Deno.test("label() calls gone who does not come back in time, among those who were active", () => {
  const rows: [string, string, number][] = [
    ["stays", "2025-05-20", 9],
    ["stays", "2025-06-20", 9],
    ["leaves", "2025-05-25", 9],
    ["left", "2025-01-02", 9],
    ["new", "2025-06-15", 9],
    ["late", "2025-05-30", 9],
    ["late", "2025-08-01", 9],
  ];
  const labelled = label(orders(rows), { ...COLUMNS, inactiveDays: 30, asOf: "2025-06-01" }).table;
  const { codes, levels } = labelled.categories("customer");
  const churned = labelled.numbers("churned");
  deepEqual(Object.fromEntries([...codes].map((c, i) => [levels[c], churned[i]])), {
    stays: 0,
    leaves: 1,
    late: 1,
  });
  equal(
    label(orders(rows), { ...COLUMNS, inactiveDays: 30, asOf: "2025-06-01", activeOnly: false }).table.rows,
    4,
  );
});

Deno.test("label() gives features that do not change when the future does", () => {
  const options = { ...COLUMNS, inactiveDays: 30, asOf: "2025-06-01" };
  const changed = year.with(
    {
      ...year.column("paid"),
      values: year.numbers("paid").map((v, i) =>
        year.numbers("day")[i]! >= Date.parse("2025-06-01") ? v * 1000 : v
      ),
    } as Table["columns"][number],
  );
  const [a, b] = [label(year, options).table, label(changed, options).table];
  for (const name of ["recency", "frequency", "monetary", "tenure"]) {
    deepEqual([...a.numbers(name)], [...b.numbers(name)]);
  }
});

Deno.test("label() judges its days by the pauses that ended, and draws them", async () => {
  const options = { ...COLUMNS, asOf: "2025-06-01" };
  equal(label(year, { ...options, inactiveDays: 20 }).check.status, "pass");
  const short = label(year, { ...options, inactiveDays: 5 });
  equal(short.check.status, "fail");
  ok(short.gaps.every((gap) => gap === 9));
  ok(String((await short.figure[DISPLAY]())["text/html"]).includes("<svg"));
});

Deno.test("label() refuses a label that nobody can know yet, and days that are none", () => {
  throws(
    () => label(year, { ...COLUMNS, inactiveDays: 90, asOf: "2025-12-01" }),
    /so that the label is known/,
  );
  throws(
    () => label(year, { ...COLUMNS, inactiveDays: 0, asOf: "2025-06-01" }),
    /inactiveDays must be above 0/,
  );
  throws(() => label(year, { ...COLUMNS, inactiveDays: 9, asOf: "1 June" }), /a date such as 2011-06-01/);
});

Deno.test("rfm() says what to do when dates are text in mixed spellings", () => {
  const mixed = new Table("mixed", [
    categoryColumn("id", ["a", "b"]),
    categoryColumn("day", ["2/24/11", "02-03-11"]),
    { kind: "number", name: "paid", values: Float64Array.of(1, 2) },
  ]);
  throws(() => rfm(mixed, { ...COLUMNS, asOf: "2011-06-01" }), /"day" must be dates, it holds text/);
});

Deno.test("fromDanfo() reads back what toDanfo() gives, missing values included", () => {
  const table = orders([["a", "2026-01-01", 3], [null, null, NaN]]);
  const columns = toDanfo(table);
  const names = Object.keys(columns);
  const back = fromDanfo(
    { columns: names, values: [0, 1].map((i) => names.map((n) => columns[n]![i])) },
    "orders",
  );
  deepEqual(back.columns.map((c) => c.kind), ["category", "date", "number"]);
  deepEqual(toDanfo(back), columns);
  throws(() => fromDanfo({ columns: ["a", "b"], values: [[1]] }), /row 0 must be 2 long/);
});
