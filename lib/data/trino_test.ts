import assert from "node:assert/strict";
import { trino, type TrinoEngine } from "./trino.ts";

/** What the stand-in for a coordinator answers. */
interface Reply {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly error?: { readonly message: string };
}

/** Speaks as much of Trino's protocol as a client sees: a statement is posted, and its pages are fetched one by one. */
async function withCoordinator(
  answer: (sql: string) => Reply,
  work: (engine: TrinoEngine, asked: { sql: string; headers: Headers }[]) => Promise<void>,
): Promise<void> {
  const asked: { sql: string; headers: Headers }[] = [], replies: Reply[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname, origin } = new URL(request.url);
    if (request.method === "POST") {
      const sql = await request.text();
      asked.push({ sql, headers: request.headers });
      const number = replies.push(answer(sql)) - 1;
      return Response.json({ id: `${number}`, nextUri: `${origin}/pages/${number}/0` });
    }
    const [number, page] = pathname.split("/").slice(2).map(Number);
    const { columns, rows, error } = replies[number!]!;
    const last = page! >= rows.length - 1;
    const next = last ? {} : { nextUri: `${origin}/pages/${number}/${page! + 1}` };
    const data = rows.length > 0 ? { data: [rows[page!]] } : {};
    return Response.json({ id: `${number}`, columns, ...data, ...next, ...(error ? { error } : {}) });
  });
  try {
    await work(await trino({ server: `http://127.0.0.1:${server.addr.port}` }), asked);
  } finally {
    await server.shutdown();
  }
}

const TYPES = {
  amount: "decimal(3,1)",
  small: "bigint",
  large: "bigint",
  buys: "boolean",
  day: "date",
  moment: "timestamp(3)",
  zoned: "timestamp(3) with time zone",
  city: "varchar(9)",
  list: "array(integer)",
  bytes: "varbinary",
};
const COLUMNS = Object.entries(TYPES).map(([name, type]) => ({ name, type }));
const SENT = [
  [
    2.5,
    "7",
    "9007199254740993",
    true,
    "2026-01-31 00:00:00.000000",
    "2026-01-31 08:15:00.123456",
    "2026-01-31 07:15:00.000000",
    "Köln",
    "[1,2]",
    "00FF",
  ],
  ["NaN", "-3", "1", false, null, null, null, "Bonn", null, null],
  [null, null, null, null, "1969-12-31 00:00:00.000000", null, null, null, null, null],
];

Deno.test("trino() gives typed columns, page by page, and asks that the order be kept", () =>
  withCoordinator(
    (sql) => ({ columns: COLUMNS, rows: sql.includes("LIMIT 0") ? [] : SENT }),
    async (engine, asked) => {
      const table = await engine.query("SELECT * FROM visits ORDER BY small;");
      assert.deepEqual(table.names, Object.keys(TYPES));
      assert.deepEqual([...table.numbers("amount")], [2.5, NaN, NaN]);
      assert.deepEqual([...table.numbers("small")], [7, -3, NaN]);
      const texts = ["large", "buys", "city", "list", "bytes"].map((name) => {
        const { codes, levels } = table.categories(name);
        return Array.from(codes, (code) => levels[code]);
      });
      assert.deepEqual(texts, [
        ["9007199254740993", "1", undefined],
        ["true", "false", undefined],
        ["Köln", "Bonn", undefined],
        ["[1,2]", undefined, undefined],
        ["00FF", undefined, undefined],
      ]);
      assert.deepEqual([...table.numbers("day")], [Date.UTC(2026, 0, 31), NaN, -86_400_000]);
      assert.deepEqual([...table.numbers("moment")], [Date.UTC(2026, 0, 31, 8, 15) + 123.456, NaN, NaN]);
      assert.deepEqual([...table.numbers("zoned")], [Date.UTC(2026, 0, 31, 7, 15), NaN, NaN]);

      assert.equal(asked[0]!.sql, "SELECT * FROM (SELECT * FROM visits ORDER BY small) LIMIT 0");
      assert.match(
        asked[1]!.sql,
        /^SELECT CAST\(c0 AS DOUBLE\), CAST\(c1 AS VARCHAR\), .*, to_hex\(c9\) FROM \(SELECT/,
      );
      assert.match(asked[1]!.sql, /ORDER BY small\) AS result \(c0, c1, .*c9\)$/);
      assert.equal(asked[1]!.headers.get("x-trino-session"), "skip_redundant_sort=false");
      assert.equal(asked[1]!.headers.get("x-trino-user"), "credible");
    },
  ));

Deno.test("trino() binds values to a statement, whatever they hold", () =>
  withCoordinator(
    () => ({ columns: [], rows: [] }),
    async (engine, asked) => {
      await engine.execute("INSERT INTO t VALUES (?, 'a''b')", ["it's", 2, -0.5, 7n, true, null, Infinity]);
      assert.equal(
        asked[0]!.sql,
        "EXECUTE IMMEDIATE 'INSERT INTO t VALUES (?, ''a''''b'')' USING 'it''s', 2, -5e-1, 7, true, NULL, DOUBLE 'Infinity'",
      );
    },
  ));

Deno.test("trino() says what the server said, and refuses an address that is none", () =>
  withCoordinator(
    () => ({ columns: [], rows: [], error: { message: "line 1:8: Column 'nope' cannot be resolved" } }),
    async (engine) => {
      const wanted = {
        name: "SyntaxError",
        message: /Cannot run the SQL: line 1:8: Column 'nope' .*\n {2}in: SELECT nope/,
      };
      await assert.rejects(engine.execute("SELECT nope"), wanted);
      await assert.rejects(trino({ server: "127.0.0.1:8080" }), /server must be an address of http or https/);
    },
  ));
