import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import fc from "fast-check";
import { duckdb } from "./duckdb.ts";
import { open, type OpenOptions } from "./open.ts";
import type { OpenedTable } from "./opened.ts";

const shared = Deno.env.get("CREDIBLE_DATA");

/** Writes a file, opens it and removes it. */
async function openBytes(
  content: string | Uint8Array,
  options: OpenOptions = {},
  name = "my.csv",
): Promise<OpenedTable> {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(folder, name), bytes);
    return await open(join(folder, name), options);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function texts(table: OpenedTable, name: string): (string | undefined)[] {
  const { codes, levels } = table.categories(name);
  return [...codes].map((code) => levels[code]);
}

Deno.test("open() types whole columns: numbers, dates, truth values, text; only empty is missing", async () => {
  const table = await openBytes(
    "n,d,t,s,blank,zero,id\n1.5,2026-01-31,TRUE,a,1,007,12345678901234567890\n,,,, ,010,1\n-2e3,2026-02-28 10:30,false,b,2,8,2\n",
  );
  assert.deepEqual(table.columns.map((c) => c.kind), [
    "number",
    "date",
    "category",
    "category",
    "category",
    "category",
    "category",
  ]);
  assert.deepEqual([...table.numbers("n")], [1.5, NaN, -2000]);
  assert.deepEqual([...table.numbers("d")], [Date.UTC(2026, 0, 31), NaN, Date.UTC(2026, 1, 28, 10, 30)]);
  assert.deepEqual(texts(table, "t"), ["true", undefined, "false"]);
  assert.deepEqual(texts(table, "blank"), ["1", " ", "2"]); // a blank is a value that somebody wrote
  assert.deepEqual(texts(table, "zero"), ["007", "010", "8"]);
  assert.deepEqual(texts(table, "id"), ["12345678901234567890", "1", "2"]);
});

Deno.test("open() finds the separator and states it", async () => {
  for (const [separator, word] of [[",", "comma"], [";", "semicolon"], ["\t", "tab"], ["|", "bar"]]) {
    const table = await openBytes(`a b${separator}c\n1${separator}"x${separator}y"\n2${separator}z\n`);
    assert.deepEqual(table.names, ["a b", "c"]);
    assert.deepEqual(texts(table, "c"), [`x${separator}y`, "z"]);
    assert.deepEqual(table.provenance.read, ["UTF-8", `separated by ${word}`]);
  }
  const single = await openBytes("comment\nwell, well\nnone\n");
  assert.deepEqual(texts(single, "comment"), ["well, well", "none"]);
});

Deno.test("open() reads decimal commas and thousands, column by column", async () => {
  const table = await openBytes("a;b;c;d\n1.234,50;12,5;1.234;0.125\n7,25;3,0;5.678.901;2.5\n");
  assert.deepEqual([...table.numbers("a")], [1234.5, 7.25]);
  assert.deepEqual([...table.numbers("b")], [12.5, 3]);
  assert.deepEqual([...table.numbers("d")], [0.125, 2.5]);
  assert.deepEqual([...table.numbers("c")], [1234, 5678901]);
  assert.ok(table.provenance.read.some((note) => note === "decimal comma in a, b, c"));
  const american = await openBytes('a,b\n"1,234","1,234.5"\n"12,345,678",7\n');
  assert.deepEqual([...american.numbers("a")], [1234, 12345678]);
  assert.deepEqual([...american.numbers("b")], [1234.5, 7]);
});

Deno.test("open() reads UTF-8 with and without mark, UTF-16, Latin-1 and Windows-1252", async () => {
  const text = "Stadt;Größe\nKöln;1\nMünchen;2\n";
  const utf16 = (little: boolean, mark: boolean) => {
    const units = [...(mark ? "\ufeff" : "") + text].map((c) => c.charCodeAt(0));
    return Uint8Array.from(units.flatMap((u) => little ? [u & 255, u >> 8] : [u >> 8, u & 255]));
  };
  const latin1 = Uint8Array.from([...text].map((c) => c.charCodeAt(0)));
  const cases: [Uint8Array, string][] = [
    [new TextEncoder().encode(text), "UTF-8"],
    [new TextEncoder().encode("\ufeff" + text), "UTF-8 with BOM"],
    [utf16(true, true), "UTF-16LE"],
    [utf16(false, true), "UTF-16BE"],
    [utf16(true, false), "UTF-16LE"],
    [latin1, "Windows-1252"],
  ];
  for (const [bytes, encoding] of cases) {
    const table = await openBytes(bytes);
    assert.deepEqual(table.names, ["Stadt", "Größe"], encoding);
    assert.deepEqual(texts(table, "Stadt"), ["Köln", "München"], encoding);
    assert.equal(table.provenance.read[0], encoding);
  }
  const euro = await openBytes(Uint8Array.of(0x61, 0x0a, 0x80, 0x0a, 0x93, 0x0a)); // € and “ of Windows-1252
  assert.deepEqual(texts(euro, "a"), ["€", "“"]);
});

Deno.test("open() tells day-month from month-day by a day beyond 12, and leaves the undecided as text", async () => {
  const table = await openBytes(
    "a,b,c\n31/01/2026,01/31/2026,03/04/2026\n01/02/2026,02/01/2026,05/06/2026\n",
  );
  assert.deepEqual([...table.numbers("a")], [Date.UTC(2026, 0, 31), Date.UTC(2026, 1, 1)]);
  assert.deepEqual([...table.numbers("b")], [Date.UTC(2026, 0, 31), Date.UTC(2026, 1, 1)]);
  assert.equal(table.column("c").kind, "category");
  assert.ok(table.provenance.read.some((note) => note.startsWith("c could be day-month or month-day")));
  const told = await openBytes("c\n03/04/2026\n05/06/2026\n", { dates: { c: "dd/mm/yyyy" } });
  assert.equal(told.numbers("c")[0], Date.UTC(2026, 3, 3));
  const impossible = await openBytes("d\n2026-02-30\n2026-01-01\n");
  assert.equal(impossible.column("d").kind, "category");
});

Deno.test("open() numbers the columns of a file without a header", async () => {
  const table = await openBytes("1,a,2.5\n2,b,3.5\n");
  assert.deepEqual(table.names, ["column_1", "column_2", "column_3"]);
  assert.equal(table.rows, 2);
  const forced = await openBytes("1,a\n2,b\n", { header: true });
  assert.deepEqual(forced.names, ["1", "a"]);
});

Deno.test("open() names the file, lines and remedy for ragged rows, and keeps them apart where asked", async () => {
  const csv = 'id,note\n1,"two\nlines"\n2\n3,x,y\n4,ok\n';
  await assert.rejects(
    openBytes(csv),
    /Cannot open my\.csv: every line must have 2 cells .* 2 of \d+ lines .*line 4 has 1, line 5 has 3.*ragged: "drop"/,
  );
  const table = await openBytes(csv, { ragged: "drop" });
  assert.deepEqual([...table.numbers("id")], [1, 4]);
  assert.deepEqual([...table.rejects.numbers("line")], [4, 5]);
  assert.deepEqual([...table.rejects.numbers("cells")], [1, 3]);
  assert.ok(table.provenance.read.includes("2 ragged lines dropped into rejects"));
});

Deno.test("open() refuses duplicate and empty column names unless asked to repair them", async () => {
  await assert.rejects(
    openBytes("a,b,a\n1,2,3\n"),
    /my\.csv: every column name must be unique; columns 1 and 3 .*"a"/,
  );
  await assert.rejects(
    openBytes("a,,c\n1,2,3\n"),
    /my\.csv: every column name must be a text; column 2 of 3 has none/,
  );
  const table = await openBytes("a,,a\n1,2,3\n", { names: "repair" });
  assert.deepEqual(table.names, ["a", "column_2", "a_3"]);
  const counted = await openBytes(",x\n0,a\n1,b\n");
  assert.deepEqual(counted.names, ["row", "x"]);
});

Deno.test("open() says what is wrong with a file that is no table", async () => {
  const random = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 256);
  await assert.rejects(openBytes(""), /Cannot open my\.csv: .*0 bytes/);
  await assert.rejects(openBytes("\n\n"), /an empty file/);
  await assert.rejects(openBytes("a,b\n"), /at least one row under it, current value is "0 rows"/);
  await assert.rejects(
    openBytes(random),
    /CSV, TSV, parquet or \.xlsx, current value is "other binary data"/,
  );
  await assert.rejects(openBytes(gzipSync("a,b\n1,2\n")), /unpack it first.*gzip/);
  await assert.rejects(
    openBytes("PAR1 but not really", {}, "x.parquet"),
    /x\.parquet: its parquet is damaged/,
  );
  await assert.rejects(
    openBytes(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), {}, "x.xlsx"),
    /x\.xlsx: sheet 1 of the workbook/,
  );
  await assert.rejects(openBytes('a,b\n1,"x\n2,y\n'), /my\.csv: a quoted cell must end with ".*line 2/);
  await assert.rejects(
    openBytes("a;b\n1;2\n", { separator: "," }),
    /separator must be one that splits .* ";"/,
  );
  await assert.rejects(
    openBytes("a\nx\n", { types: { a: "number" } }),
    /read "a" as numbers: row 1 must be a number/,
  );
  await assert.rejects(
    open("./nothing_here.csv"),
    /Cannot open \.\/nothing_here\.csv: there is no such file/,
  );
  await assert.rejects(open("."), /the path must be a file, current value is "a directory"/);
});

Deno.test("open() puts no path of this machine into provenance or messages", async () => {
  const table = await openBytes("a\n1\n");
  assert.ok(!JSON.stringify(table.provenance).includes("/"));
  const damaged = await openBytes("PAR1 but not really", {}, "x.parquet").catch((error: Error) =>
    error.message
  );
  assert.equal(typeof damaged, "string");
  assert.ok(!String(damaged).includes("/"), `${damaged}`);
});

Deno.test("open() reads parquet", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "t.parquet");
  await (await duckdb()).execute(`COPY (SELECT range AS n, 'x' || range AS s FROM range(3)) TO '${path}'`);
  const table = await open(path);
  assert.deepEqual([...table.numbers("n")], [0, 1, 2]);
  assert.deepEqual(table.provenance.read, ["parquet"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: `open() reads a workbook as it reads the CSV of the same sheet${
    shared ? "" : " (needs CREDIBLE_DATA)"
  }`,
  ignore: shared === undefined,
  async fn(): Promise<void> {
    const folder = `${shared}/ecommerce_churn`;
    const sheet = await open(`${folder}/E Commerce Dataset.xlsx`, { sheet: "E Comm" });
    const csv = await open(`${folder}/ecommerce_churn.csv`);
    assert.deepEqual(sheet.columns, csv.columns);
    assert.equal(sheet.provenance.read[0], "workbook, sheet E Comm");
  },
});

Deno.test("open() gives back any texts that were written by the rules of CSV", async () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 6 }).map((s) => `x${s.replace(/\r/g, "")}`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }), async (rows) => {
      const quoted = rows.map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(","));
      const table = await openBytes(["first,second", ...quoted].join("\n") + "\n");
      assert.deepEqual(texts(table, "first"), rows.map(([a]) => a));
      assert.deepEqual(texts(table, "second"), rows.map(([, b]) => b));
    }),
    { numRuns: 60, seed: 1 },
  );
});

Deno.test("open() refuses a title above the header, and takes one column of prose or of decimal commas", async () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i},${i % 3},x`);
  await assert.rejects(
    openBytes(["Report of May", "a,b,c", ...lines].join("\n")),
    /the first line must be the header, but 21 of the 21 lines under it have 3 cells separated by comma/,
  );
  assert.equal((await openBytes("y\n1,5\n2,5\n3,5\n")).column("y").kind, "number");
  assert.equal((await openBytes("note\nhello\nwell, yes, no\nwhy, then\nso\n")).rows, 4);
});
