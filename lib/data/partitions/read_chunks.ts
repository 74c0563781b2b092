import { ensure } from "../../core/mod.ts";
import { openChunks } from "../chunks.ts";
import type { Table } from "../table.ts";
import type { DerivedRows } from "./derive.ts";

/**
 * Reads derived rows a chunk at a time, in their order, with the memory of one chunk.
 *
 * @param chunkSize Rows of a chunk at most; a chunk never crosses from one file into the next.
 * @throws {RangeError} If an id repeats within a file, or rows are missing at the end.
 *
 * @example
 * ```ts
 * import { derivePartitions, duckdb, listPartitions, readChunks } from "credible/data";
 * const root = await Deno.makeTempDir(), day = `${root}/datetime=2026-01-31-00-00`;
 * await Deno.mkdir(day);
 * const rows = "SELECT range AS row_id FROM range(5)";
 * await (await duckdb()).execute(`COPY (${rows}) TO '${day}/part-0000.parquet' (FORMAT parquet)`);
 * const derived = await derivePartitions({ partitions: await listPartitions(root) }, {
 *   columns: ["row_id"],
 *   select: (relation) => `SELECT row_id, row_id % 2 AS odd FROM ${relation}`,
 *   folder: `${root}/cache`,
 *   name: "parity",
 * });
 * for await (const chunk of readChunks(derived, { chunkSize: 2 })) chunk.numbers("odd"); // [0, 1], [0, 1], [0]
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function* readChunks(
  { files, rows, id }: Omit<DerivedRows, "reused">,
  { chunkSize = 50_000 }: { readonly chunkSize?: number } = {},
): AsyncGenerator<Table, void> {
  let read = 0;
  for (const file of files) {
    let last = -Infinity;
    for await (const chunk of openChunks(file, { chunkSize })) {
      for (const value of chunk.numbers(id)) {
        // Asked first, because the words of an error cost far more than the question, and there are millions of ids.
        if (!(value > last)) {
          ensure(false, `read ${file}`, id, `unique and above ${last}, the one before it`, value);
        }
        last = value;
      }
      read += chunk.rows;
      yield chunk;
    }
  }
  ensure(read === rows, "read derived rows", "the rows of their files", `${rows}`, read);
}
