import { ensure } from "../../core/mod.ts";
import { sqlName } from "../engine.ts";
import { cachedParquet } from "./cached.ts";
import { countRows } from "./count.ts";
import { type PartitionRows, relationOf } from "./relation.ts";

/** Options of {@linkcode derivePartitions}. */
export interface DeriveOptions {
  /** The only columns that `select` can see; the id is one of them. */
  readonly columns: readonly string[];
  /** A SELECT over a relation that gives each of its rows once, the id among its columns. */
  readonly select: (relation: string) => string;
  /** Where results are kept, `<folder>/<name>-<partition>-<key>.parquet`. */
  readonly folder: string;
  /** What the results are, e.g. `features`. */
  readonly name: string;
  /** The column that tells rows apart and orders them within a partition. @default {"row_id"} */
  readonly id?: string;
  /** Stops between two partitions; what is done stays done. */
  readonly signal?: AbortSignal;
  /** Called after each partition. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Rows computed from partitions, one parquet file for each, in their order. */
export interface DerivedRows {
  /** The earliest partition first; within a file by id. */
  readonly files: readonly string[];
  /** Rows of all files. */
  readonly rows: number;
  /** Files that an earlier run had computed. */
  readonly reused: number;
  /** The column that tells rows apart. */
  readonly id: string;
}

/**
 * Computes new columns partition by partition: as many rows come out as go in, by id within their partition. Memory is that of one
 * partition. Results are cached, so that a run that was stopped goes on where it was, and one with a single changed part computes that part.
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
  const { columns, select, folder, name, id = "row_id", signal, onProgress } = options;
  const files: string[] = [];
  let total = 0, reused = 0;
  for (const partition of rows.partitions) {
    signal?.throwIfAborted();
    const own = { ...rows, partitions: [partition] };
    const sql = `SELECT * FROM (${select(relationOf(own, columns))}) ORDER BY ${sqlName(id)}`;
    const made = await cachedParquet(sql, partition.parts, folder, `${name}-${partition.name}`);
    const expected = await countRows(own, id);
    ensure(
      made.rows === expected,
      `derive ${name} of ${partition.name}`,
      "rows out",
      `${expected}`,
      made.rows,
    );
    files.push(made.path);
    total += made.rows;
    reused += Number(made.reused);
    onProgress?.(files.length, rows.partitions.length);
  }
  return { files, rows: total, reused, id };
}
