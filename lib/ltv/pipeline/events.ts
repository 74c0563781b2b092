import { type Check, suggest } from "../../core/mod.ts";
import {
  countRows,
  duckdb,
  inspectPartitions,
  listPartitions,
  type Partition,
  partitionColumns,
  type PartitionRows,
  type PartitionSplit,
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
 * Opens the events of a study.
 *
 * @throws {RangeError} If there are no partitions, or a part file is broken and the config says stop.
 */
export async function openEvents({ data }: LtvConfig, { log }: RunOptions = {}): Promise<StudyEvents> {
  await duckdb({ memoryLimit: data.memoryLimit });
  const { partitions, rows, check } = await inspectPartitions(await listPartitions(data.root), data.onBroken);
  log?.({ event: "partitions", partitions: partitions.length, rows, broken: check.value });
  return { partitions, check };
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
    label: buyerColumn(horizons.at(-1)!),
    embargoDays: horizons.at(-1)!,
    seed,
  });
  for (const window of ["train", "val", "model"] as const) {
    const { partitions } = parts[window], rows = await countRows(parts[window], "row_id");
    log?.({ event: "window", window, first: partitions[0]?.name, last: partitions.at(-1)?.name, rows });
  }
  return parts;
}

/** All rows of partitions from one name or day to another, both among them. */
export function rowsBetween(partitions: readonly Partition[], start: string, end: string): PartitionRows {
  const names = partitions.map(({ name }) => name);
  for (const name of [start, end]) {
    if (names.some((known) => known.startsWith(name))) continue;
    throw new RangeError(
      `Cannot choose partitions: ${JSON.stringify(name)} must be a partition's name or a day of them; ${
        suggest(name, names)
      }`,
    );
  }
  return { partitions: partitions.filter(({ name }) => name >= start && name.slice(0, end.length) <= end) };
}

/** @throws {RangeError} If the part files have no column that the study needs. */
async function ensureColumns(partitions: readonly Partition[], horizons: readonly number[]): Promise<void> {
  const known = await partitionColumns(partitions);
  for (
    const name of [
      "row_id",
      "user_id",
      "event_ts",
      ...horizons.flatMap((d) => [buyerColumn(d), revenueColumn(d)]),
    ]
  ) {
    if (known.includes(name)) continue;
    throw new RangeError(
      `Cannot read events: there must be a column ${JSON.stringify(name)}; ${suggest(name, known)}`,
    );
  }
}
