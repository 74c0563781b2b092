import { type Check, ensure, suggest } from "../../core/mod.ts";
import {
  countRows,
  duckdb,
  inspectPartitions,
  listPartitions,
  type Partition,
  partitionColumns,
  type PartitionSplit,
  relationOf,
  simulateInstalls,
  splitPartitions,
} from "../../data/mod.ts";
import type { LtvConfig } from "./config.ts";
import { buyerColumn, revenueColumn } from "./event_rows.ts";
import type { RunOptions } from "./run.ts";

/** The partitions of a study that can be read. */
export interface StudyEvents {
  /** The earliest first. */
  readonly partitions: readonly Partition[];
  /** Broken part files, named and counted. */
  readonly check: Check;
}

/**
 * Makes the world that the config names, where it is not there or not whole; one that is whole stays.
 *
 * @throws {RangeError} If the folder holds another world, or partitions of no world.
 */
export async function makeWorld(
  { data }: LtvConfig,
  { signal, onProgress, log }: RunOptions = {},
): Promise<void> {
  if (!data.world) return;
  const { rows } = data.world;
  const show = (done: number): void => onProgress?.({ step: "world", done, of: rows });
  const { hash } = await simulateInstalls(data.root, {
    ...data.world,
    ...(signal ? { signal } : {}),
    onProgress: show,
  });
  show(rows); // also where it was there before: both runs leave the same page
  log?.({ event: "world", folder: data.root, hash });
}

/**
 * Opens the events of a study: all of them, or those of one window, so that what lies outside it is not even looked at.
 *
 * @throws {RangeError} If there are no partitions, or a part file is broken and the config says stop.
 */
export async function openEvents(
  { data }: LtvConfig,
  { log }: RunOptions = {},
  window?: { readonly start: string; readonly end: string },
): Promise<StudyEvents> {
  await duckdb({ memoryLimit: data.memoryLimit });
  const all = await listPartitions(data.root);
  const wanted = window ? partitionsBetween(all, window.start, window.end) : all;
  const { partitions, rows, check } = await inspectPartitions(wanted, data.onBroken);
  log?.({ event: "partitions", partitions: partitions.length, rows, broken: check.value });
  return { partitions, check };
}

/** What is predicted. */
export function testWindow({ windows }: LtvConfig): { readonly start: string; readonly end: string } {
  return { start: windows.testStart, end: windows.testEnd };
}

/** Rows to learn from and to judge on, as the config says; labels look as far ahead as the longest horizon. */
export async function splitEvents(
  { windows, split, target, seed }: LtvConfig,
  partitions: readonly Partition[],
  { log }: RunOptions = {},
): Promise<PartitionSplit> {
  const { horizons } = target;
  await ensureColumns(partitions, horizons);
  const { valFrac, ...shares } = split;
  const parts = await splitPartitions(partitions, {
    ...shares,
    ...(valFrac === undefined ? {} : { valFrac }),
    windows,
    label: buyerColumn(await lastKnown(partitions, horizons)),
    embargoDays: horizons.at(-1)!,
    seed,
  });
  for (const window of ["train", "val", "model"] as const) {
    const { partitions } = parts[window], rows = await countRows(parts[window], "row_id");
    log?.({ event: "window", window, first: partitions[0]?.name, last: partitions.at(-1)?.name, rows });
  }
  return parts;
}

/** The longest horizon of which any outcome is known; one of which none is, is left out by the stages, with a check. */
async function lastKnown(partitions: readonly Partition[], horizons: readonly number[]): Promise<number> {
  const columns = horizons.map(buyerColumn), counts = columns.map((name) => `count(${name}) AS ${name}`);
  const found = await (await duckdb()).query(
    `SELECT ${counts.join(", ")} FROM ${relationOf({ partitions }, columns)}`,
  );
  const last = horizons.findLast((days) => found.numbers(buyerColumn(days))[0]! > 0);
  ensure(last !== undefined, "divide events", columns.join(", "), "known for some events", "missing for all");
  return last;
}

/** The partitions from one name or day to another, both among them. */
export function partitionsBetween(partitions: readonly Partition[], start: string, end: string): Partition[] {
  const names = partitions.map(({ name }) => name);
  for (const name of [start, end]) {
    if (names.some((known) => known.startsWith(name))) continue;
    throw new RangeError(
      `Cannot choose partitions: ${JSON.stringify(name)} must be a partition's name or a day of them; ${
        suggest(name, names)
      }`,
    );
  }
  return partitions.filter(({ name }) => name >= start && name.slice(0, end.length) <= end);
}

/** @throws {RangeError} If the part files have no column that the study needs. */
async function ensureColumns(partitions: readonly Partition[], horizons: readonly number[]): Promise<void> {
  const known = await partitionColumns(partitions);
  const outcomes = horizons.flatMap((days) => [buyerColumn(days), revenueColumn(days)]);
  for (const name of ["row_id", "user_id", "event_ts", ...outcomes]) {
    if (known.includes(name)) continue;
    throw new RangeError(
      `Cannot read events: there must be a column ${JSON.stringify(name)}; ${suggest(name, known)}`,
    );
  }
}
