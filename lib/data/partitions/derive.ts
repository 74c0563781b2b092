import { ensure } from "../../core/mod.ts";
import { sqlName } from "../engine.ts";
import { cachedParquet } from "./cached.ts";
import { rowsByPartition } from "./count.ts";
import type { Partition } from "./list.ts";
import { type PartitionRows, relationOf } from "./relation.ts";

/** Options of {@linkcode derivePartitions}. */
export interface DeriveOptions {
  /** The only columns that `select` can see; the id is one of them. */
  readonly columns: readonly string[];
  /** A SELECT over a relation that gives each of its rows once, the id among its columns. */
  readonly select: (relation: string) => string;
  /** Where results are kept: `<folder>/<name>-<first partition>-<key>.parquet`. */
  readonly folder: string;
  /** What the results are, e.g. `features`. */
  readonly name: string;
  /** The column that tells rows apart and orders them within a file. @default {"row_id"} */
  readonly id?: string;
  /**
   * Neighbouring partitions go into one file up to so many rows, which are sorted in memory; a larger partition is a file of its own.
   * @default {250000}
   */
  readonly rowsPerFile?: number;
  /** Stops between two files; what is done stays done. */
  readonly signal?: AbortSignal;
  /** Called after each file with the rows done and in all. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Rows computed from partitions, in parquet files. */
export interface DerivedRows {
  /** The earliest partitions first; within a file by id. */
  readonly files: readonly string[];
  /** Rows of all files. */
  readonly rows: number;
  /** Files that an earlier run had computed. */
  readonly reused: number;
  /** The column that tells rows apart. */
  readonly id: string;
}

/**
 * Computes new columns a few partitions at a time: as many rows come out as go in, by id within a file. Memory is that of one file's rows.
 * Files are cached, so that a run that was stopped goes on where it was, and one with a single changed part computes that part's file. Two
 * results from the same rows have the same rows in the same places.
 *
 * @throws {RangeError} If `select` loses or repeats rows.
 * @throws {SyntaxError} If DuckDB refuses the SQL or cannot read a part file, which the message names.
 *
 * @example
 * ```ts
 * import { derivePartitions, duckdb, listPartitions } from "credible/data";
 * const root = await Deno.makeTempDir(), day = `${root}/datetime=2026-01-31-00-00`;
 * await Deno.mkdir(day);
 * const rows = "FROM (VALUES (2, 8), (1, 5)) AS v(row_id, spend)";
 * await (await duckdb()).execute(`COPY (${rows}) TO '${day}/part-0000.parquet' (FORMAT parquet)`);
 * const doubled = await derivePartitions({ partitions: await listPartitions(root) }, {
 *   columns: ["row_id", "spend"],
 *   select: (relation) => `SELECT row_id, 2 * spend AS spend FROM ${relation}`,
 *   folder: `${root}/cache`,
 *   name: "doubled",
 * });
 * doubled.rows; // 2
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function derivePartitions(rows: PartitionRows, options: DeriveOptions): Promise<DerivedRows> {
  const { columns, select, folder, name, id = "row_id", rowsPerFile = 250_000, signal, onProgress } = options;
  const batches = inBatches(rows.partitions, await rowsByPartition(rows), rowsPerFile);
  const total = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const files: string[] = [];
  let done = 0, reused = 0;
  for (const { partitions, rows: expected } of batches) {
    signal?.throwIfAborted();
    const first = partitions[0]!.name;
    const sql = `SELECT * FROM (${select(relationOf({ ...rows, partitions }, columns))}) ORDER BY ${
      sqlName(id)
    }`;
    const inputs = partitions.flatMap((p) => p.parts);
    const made = await cachedParquet(sql, inputs, folder, `${name}-${first}`);
    ensure(made.rows === expected, `derive ${name} from ${first} on`, "rows out", `${expected}`, made.rows);
    files.push(made.path);
    reused += Number(made.reused);
    onProgress?.(done += made.rows, total);
  }
  return { files, rows: total, reused, id };
}

/** Neighbouring partitions that go into one file. */
interface Batch {
  readonly partitions: Partition[];
  rows: number;
}

function inBatches(
  partitions: readonly Partition[],
  rowsOf: ReadonlyMap<string, number>,
  most: number,
): Batch[] {
  const batches: Batch[] = [];
  for (const partition of partitions) {
    const rows = rowsOf.get(partition.name) ?? 0, last = batches.at(-1);
    if (last && last.rows + rows <= most) {
      last.partitions.push(partition);
      last.rows += rows;
    } else batches.push({ partitions: [partition], rows });
  }
  return batches;
}
