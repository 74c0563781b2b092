import assert from "node:assert/strict";
import fc from "fast-check";
import { duckdb, query, withTable } from "./duckdb.ts";
import { sqlName, sqlText } from "./engine.ts";
import { type Column, Table } from "./table.ts";

Deno.test("query() gives every number type as doubles, missing as NaN", async () => {
  const table = await query(
    "SELECT 1::TINYINT a, 2::UINTEGER b, 3::BIGINT c, 4::HUGEINT d, 2.50::DECIMAL(9,2) e, 1.5::FLOAT f, NULL::DOUBLE g",
  );
  assert.deepEqual(table.columns.map((c) => c.kind), Array(7).fill("number"));
  assert.deepEqual(table.names.map((n) => table.numbers(n)[0]), [1, 2, 3, 4, 2.5, 1.5, NaN]);
});

Deno.test("query() keeps whole numbers beyond 2^53 as exact text", async () => {
  const table = await query("SELECT * FROM (VALUES (9007199254740993::BIGINT), (NULL), (5)) t(id)");
  const { codes, levels } = table.categories("id");
  assert.deepEqual([...codes].map((c) => levels[c]), ["9007199254740993", undefined, "5"]);
});

Deno.test("query() gives dates and timestamps as milliseconds in UTC", async () => {
  const table = await query(
    "SELECT DATE '2026-01-31' d, TIMESTAMP '2026-01-31 12:00:00.001' t, " +
      "TIMESTAMPTZ '2026-01-31 12:00:00+02:00' z, NULL::DATE n, 'infinity'::DATE i",
  );
  const day = Date.UTC(2026, 0, 31);
  assert.deepEqual(table.columns.map((c) => c.kind), Array(5).fill("date"));
  assert.deepEqual(
    table.names.map((n) => table.numbers(n)[0]),
    [day, day + 12 * 3600e3 + 1, day + 10 * 3600e3, NaN, Infinity],
  );
});

Deno.test("query() gives text with sorted levels, enumerations with their own, truth values as false and true", async () => {
  const table = await query(
    "SELECT x AS city, (CASE x WHEN 'b' THEN 'low' WHEN 'a' THEN 'high' END)::ENUM ('low', 'high') AS size, x = 'b' AS big " +
      "FROM (VALUES ('b'), (NULL), ('a'), ('b')) t(x)",
  );
  assert.deepEqual(table.categories("city"), {
    kind: "category",
    name: "city",
    codes: Int32Array.of(1, -1, 0, 1),
    levels: ["a", "b"],
  });
  assert.deepEqual(table.categories("size").levels, ["low", "high"]);
  assert.deepEqual(table.categories("size").codes, Int32Array.of(0, -1, 1, 0));
  assert.deepEqual(table.categories("big").levels, ["false", "true"]);
  assert.deepEqual(table.categories("big").codes, Int32Array.of(1, -1, 0, 1));
});

Deno.test("query() gives lists, structures and times as text", async () => {
  const table = await query("SELECT [1, 2] AS l, {'a': 1} AS s, TIME '12:30:00' AS t, INTERVAL 2 DAY AS i");
  assert.deepEqual(table.names.map((n) => table.categories(n).levels[0]), [
    "[1, 2]",
    "{'a': 1}",
    "12:30:00",
    "2 days",
  ]);
});

Deno.test("query() keeps the order of the rows over many chunks", async () => {
  const table = await query(
    "SELECT range AS i, 'k' || (range % 3) AS k FROM range(10000) ORDER BY range DESC",
  );
  assert.equal(table.rows, 10_000);
  assert.ok(table.numbers("i").every((v, row) => v === 9999 - row));
  const { codes, levels } = table.categories("k");
  assert.ok(codes.every((code, row) => levels[code] === `k${(9999 - row) % 3}`));
});

Deno.test("query() gives a result without rows its columns", async () => {
  const table = await query("SELECT 1 AS a, 'x' AS b WHERE false");
  assert.equal(table.rows, 0);
  assert.deepEqual(table.names, ["a", "b"]);
});

Deno.test("query() binds values and refuses bad SQL with the engine's words", async () => {
  const table = await query("SELECT ? AS a, ? AS b", [2, "it's"]);
  assert.equal(table.numbers("a")[0], 2);
  assert.equal(table.categories("b").levels[0], "it's");
  await assert.rejects(query("SELECT nothing FROM nowhere"), /Cannot run the SQL: .*nowhere.*\n {2}in: /s);
});

Deno.test("duckdb() starts once and never fetches extensions", async () => {
  const engine = await duckdb();
  const settings = await engine.query(
    "SELECT name, value FROM duckdb_settings() WHERE name IN ('autoinstall_known_extensions', 'threads') ORDER BY name",
  );
  const { codes, levels } = settings.categories("value");
  assert.deepEqual([...codes].map((c) => levels[c]), ["false", "1"]);
});

/** Columns of `rows` rows with missing values, infinities, quotes and every character in names and levels. */
const anyTable: fc.Arbitrary<Table> = fc.integer({ min: 0, max: 40 }).chain((rows) => {
  const array = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: rows, maxLength: rows });
  const column = fc.oneof(
    array(fc.double()).map((v) => ({ kind: "number" as const, values: Float64Array.from(v) })),
    array(fc.oneof(fc.integer({ min: -1e13, max: 1e13 }), fc.constant(NaN))).map((v) => ({
      kind: "date" as const,
      values: Float64Array.from(v),
    })),
    fc.tuple(
      fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 4 }),
      array(fc.nat()),
    ).map(([levels, picks]) => ({
      kind: "category" as const,
      levels,
      codes: Int32Array.from(picks, (p) => p % (levels.length + 1) - 1),
    })),
  );
  return fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), column), {
    minLength: 1,
    selector: ([name]) => name.toLowerCase(),
  }).map((pairs) => new Table("any", pairs.map(([name, c]) => ({ name, ...c } as Column))));
});

/** A column as plain values, so that two with different unused levels compare equal. */
function plain(column: Column): unknown[] {
  return column.kind === "category"
    ? [...column.codes].map((code) => column.levels[code] ?? null)
    : [...column.values].map((v) => Object.is(v, -0) ? 0 : v);
}

Deno.test("withTable() gives back every value of a table that it was given", async () => {
  await fc.assert(
    fc.asyncProperty(anyTable, async (table) => {
      const back = await withTable(table, (engine, name) => engine.query(`FROM ${name} ORDER BY rowid`));
      assert.deepEqual(back.names, table.names);
      assert.deepEqual(back.columns.map(plain), table.columns.map(plain));
    }),
    { numRuns: 40, seed: 1 },
  );
});

Deno.test("withTable() writes truth values as BOOLEAN and drops the table afterwards", async () => {
  const table = new Table("t", [
    { kind: "category", name: "left", codes: Int32Array.of(0, 1, -1), levels: ["false", "true"] },
  ]);
  let used = "";
  const count = await withTable(table, (engine, name) => {
    used = name;
    return engine.query(`SELECT count(*) AS n FROM ${name} WHERE "left"`);
  });
  assert.equal(count.numbers("n")[0], 1);
  await assert.rejects(query(`FROM ${used}`), /does not exist/);
});

Deno.test("withTable() refuses names that SQL cannot tell apart", async () => {
  const column = { kind: "number", values: new Float64Array(1) } as const;
  const table = new Table("t", [{ ...column, name: "Plan" }, { ...column, name: "plan" }]);
  await assert.rejects(
    withTable(table, () => Promise.resolve()),
    /Cannot read t in SQL: every column name must be different in more than upper and lower case .*"plan"/,
  );
});

Deno.test("withTable() writes 100,000 rows of 20 columns in well under a second", async () => {
  const rows = 100_000;
  const table = new Table(
    "big",
    Array.from(
      { length: 20 },
      (_, k): Column =>
        k % 2 ? { kind: "number", name: `x${k}`, values: new Float64Array(rows).fill(k) } : {
          kind: "category",
          name: `x${k}`,
          codes: Int32Array.from({ length: rows }, (_, i) => i % 50),
          levels: Array.from({ length: 50 }, (_, i) => `level ${i}`),
        },
    ),
  );
  const start = performance.now();
  const count = await withTable(table, (engine, name) => engine.query(`SELECT count(*) AS n FROM ${name}`));
  const milliseconds = performance.now() - start;
  assert.equal(count.numbers("n")[0], rows);
  assert.ok(milliseconds < 3000, `took ${milliseconds} ms`); // 0.3 s alone; room for a loaded machine
});

Deno.test("sqlName() and sqlText() let nothing out of their quotes", async () => {
  const name = `a"; DROP TABLE x; --`;
  const table = await query(`SELECT ${sqlText("it's '' fine")} AS ${sqlName(name)}`);
  assert.deepEqual(table.names, [name]);
  assert.deepEqual(table.categories(name).levels, ["it's '' fine"]);
});
