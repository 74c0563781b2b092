import { createHash } from "node:crypto";
import { join } from "node:path";
import { writeWhole } from "../../core/mod.ts";
import { duckdb } from "../duckdb.ts";
import { sqlText } from "../engine.ts";
import type { PartFile } from "./list.ts";

/** The rows of a SELECT in a parquet file. */
export interface CachedParquet {
  /** The file: `<name>-<key>.parquet`. */
  readonly path: string;
  /** How many rows it holds. */
  readonly rows: number;
  /** Whether it was there already. */
  readonly reused: boolean;
}

/**
 * The rows of a SELECT as a parquet file, computed only if no earlier run did: its name holds a hash of the SQL, of path, size and time of
 * every input file, and of DuckDB's version. The file gets its name when it is whole, so a run that is killed leaves nothing half.
 *
 * @param sql One SELECT over the inputs, in the order in which the rows are to stand.
 * @param inputs The files that it reads.
 * @param folder Where to keep it; made where it is missing.
 * @param name What stands before the hash.
 * @throws {SyntaxError} If DuckDB refuses it, or cannot read an input: the message names the file.
 *
 * @example
 * ```ts
 * import { cachedParquet } from "credible/data";
 * const folder = await Deno.makeTempDir();
 * const first = await cachedParquet("SELECT 1 AS row_id", [], folder, "ids"); // { rows: 1, reused: false, … }
 * const again = await cachedParquet("SELECT 1 AS row_id", [], folder, "ids"); // { rows: 1, reused: true, … }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function cachedParquet(
  sql: string,
  inputs: readonly PartFile[],
  folder: string,
  name: string,
): Promise<CachedParquet> {
  const path = join(folder, `${name}-${await keyOf(sql, inputs)}.parquet`);
  const reused = await isFile(path);
  if (!reused) await write(sql, path);
  return { path, rows: await countRows(path), reused };
}

async function keyOf(sql: string, inputs: readonly PartFile[]): Promise<string> {
  const version =
    (await (await duckdb()).query("SELECT version() AS version")).categories("version").levels[0];
  const files = inputs.map(({ path, bytes, modified }) => [path, bytes, modified]);
  const whole = JSON.stringify([version, sql, files]);
  return createHash("sha256").update(whole).digest("hex").slice(0, 16);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((found) => found.isFile, () => false);
}

async function write(sql: string, path: string): Promise<void> {
  const engine = await duckdb();
  await writeWhole(
    path,
    (partial) => engine.execute(`COPY (${sql}) TO ${sqlText(partial)} (FORMAT parquet, USE_TMP_FILE false)`),
  );
}

async function countRows(path: string): Promise<number> {
  const found = await (await duckdb()).query("SELECT num_rows FROM parquet_file_metadata(?)", [path]);
  return found.numbers("num_rows")[0]!;
}
