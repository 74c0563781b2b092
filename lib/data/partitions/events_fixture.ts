/** A small event log for tests. */
import { join } from "node:path";
import { duckdb } from "../duckdb.ts";
import { listPartitions, type Partition } from "./list.ts";

/** Days of the log, from the 1st of January 2026. */
export const DAYS = 6;

/** Rows of a day, in two part files. */
export const ROWS = 200;

/** Name of the partition of a day, from 0. */
export function dayName(day: number): string {
  return `2026-01-0${day + 1}-00-00`;
}

/**
 * Writes the log: `row_id` from 0, falling within a file; 120 users on all days; `buyer` 1 for every 8th user and NULL on the last two days;
 * `spend` of the row.
 */
export async function writeEvents(root: string): Promise<Partition[]> {
  const engine = await duckdb();
  for (let day = 0; day < DAYS; day++) {
    const folder = join(root, `datetime=${dayName(day)}`);
    await Deno.mkdir(folder, { recursive: true });
    for (const part of [0, 1]) {
      const first = day * ROWS + part * ROWS / 2;
      const rows = `SELECT i AS row_id, i * 7 % 120 AS user_id, ` +
        `CASE WHEN ${day} < 4 THEN (i * 7 % 8 = 0)::INTEGER END AS buyer, i / 4 AS spend ` +
        `FROM (SELECT ${first} + range AS i FROM range(${ROWS / 2})) ORDER BY i DESC`;
      await engine.execute(`COPY (${rows}) TO '${folder}/part-000${part}.parquet' (FORMAT parquet)`);
    }
  }
  // What listPartitions() must leave alone.
  await Deno.mkdir(join(root, "truth"));
  await Deno.writeTextFile(join(root, `datetime=${dayName(0)}`, ".part-0002.parquet.1.partial"), "half");
  return await listPartitions(root);
}

/** Runs a test on a fresh copy of the log, and removes it. */
export async function withEvents(
  work: (partitions: readonly Partition[], root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await work(await writeEvents(root), root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
