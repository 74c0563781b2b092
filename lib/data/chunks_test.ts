import assert from "node:assert/strict";
import { join } from "node:path";
import { openChunks } from "./chunks.ts";
import { duckdb } from "./duckdb.ts";
import { open } from "./open.ts";
import type { Table } from "./table.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function read(path: string, chunkSize: number): Promise<Table[]> {
  const chunks: Table[] = [];
  const types = { id: "number", note: "text", spend: "number" } as const;
  for await (const chunk of openChunks(path, { chunkSize, types })) chunks.push(chunk);
  return chunks;
}

/** Rows with line ends, separators and quotes in their cells, and umlauts that a piece may cut through. */
function csv(rows: number): string {
  const note = (i: number): string =>
    i % 7 === 0 ? `"zwei\nZeilen; ""ö"" ${i}"` : `Grüße ${i} ${"und ".repeat(20)}`;
  return `id;note;spend\r\n` +
    Array.from({ length: rows }, (_, i) => `${i};${note(i)};${i % 11 === 0 ? "" : `${i},5`}\r\n`).join("");
}

Deno.test("openChunks() gives what open() gives, row by row, whatever the size of a chunk", () =>
  inFolder(async (folder) => {
    const path = join(folder, "large.csv");
    await Deno.writeTextFile(path, csv(15_000)); // over a megabyte: streamed
    const whole = await open(path, { types: { note: "text" } });
    for (const size of [1000, 7001, 100_000]) {
      const chunks = await read(path, size);
      assert.ok(
        chunks.slice(0, -1).every((chunk) => chunk.rows === size || chunks.length === 1),
        "of that size",
      );
      assert.deepEqual(chunks.flatMap((c) => [...c.numbers("id")]), [...whole.numbers("id")]);
      assert.deepEqual(chunks.flatMap((c) => [...c.numbers("spend")]), [...whole.numbers("spend")]);
      const texts = (t: Table): string[] => {
        const { codes, levels } = t.categories("note");
        return Array.from(codes, (code) => levels[code]!);
      };
      assert.deepEqual(chunks.flatMap(texts), texts(whole));
    }
  }));

Deno.test("openChunks() keeps the order of a parquet file, and cuts a small file into the same rows", () =>
  inFolder(async (folder) => {
    const path = join(folder, "rows.parquet");
    await (await duckdb()).execute(
      `COPY (SELECT range AS id FROM range(25000)) TO '${path}' (FORMAT parquet)`,
    );
    const chunks: Table[] = [];
    for await (const chunk of openChunks(path, { chunkSize: 10_000 })) chunks.push(chunk);
    assert.deepEqual(chunks.map((c) => c.rows), [10_000, 10_000, 5000]);
    assert.deepEqual(
      chunks.flatMap((c) => [...c.numbers("id")]),
      Array.from({ length: 25_000 }, (_, i) => i),
    );
    const small = join(folder, "small.csv");
    await Deno.writeTextFile(small, csv(25));
    assert.deepEqual((await read(small, 10)).map((c) => c.rows), [10, 10, 5]);
  }));

Deno.test("openChunks() throws where a cell is not of the type asked for, and for a wrong size", () =>
  inFolder(async (folder) => {
    const path = join(folder, "large.csv");
    await Deno.writeTextFile(path, csv(15_000) + "x;y;viel\r\n");
    await assert.rejects(read(path, 5000), /numbers.*"?(x|viel)"?/);
    await assert.rejects(read(path, 0), /chunkSize must be a positive integer, current value is 0/);
  }));
