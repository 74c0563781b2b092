import { ensure, type Matrix, matrix } from "../../core/mod.ts";
import {
  type DerivedRows,
  derivePartitions,
  type PartitionRows,
  readChunks,
  type Table,
} from "../../data/mod.ts";
import type { EventFeatures } from "../../features/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";
import type { RunOptions } from "./run.ts";

/** Where what is derived from events is kept, and how much is read at a time. */
export interface DeriveSettings extends RunOptions {
  /** The folder of cached features and outcomes. */
  readonly folder: string;
  /** Rows read at a time. */
  readonly chunkSize: number;
}

/** The column of revenue up to a day. */
export function revenueColumn(days: number): string {
  return `iap_revenue_d${days}`;
}

/** The column that says whether a purchase was made up to a day. */
export function buyerColumn(days: number): string {
  return `buyer_d${days}`;
}

/** The features of events, in the order of their partitions and ids; computed once, then read from the cache. */
export async function deriveFeatures(
  rows: PartitionRows,
  features: EventFeatures,
  { folder, signal, onProgress, onCached, log }: DeriveSettings,
  step: string,
): Promise<DerivedRows> {
  const derived = await derivePartitions(rows, {
    columns: features.columns,
    select: (relation) => features.select(relation),
    folder,
    name: "features",
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress: (done: number, of: number) => onProgress({ step, done, of }) } : {}),
  });
  onCached?.(derived.files);
  log?.({
    event: "features",
    of: step,
    rows: derived.rows,
    files: derived.files.length,
    reused: derived.reused,
  });
  return derived;
}

/** Who, when, and the revenue that followed. */
export type Outcomes = Pick<RevenueRows, "ids" | "users" | "times" | "horizons" | "revenue">;

/** What came of events, in the order of {@linkcode deriveFeatures}; all in memory. */
export async function readOutcomes(
  rows: PartitionRows,
  horizons: readonly number[],
  settings: DeriveSettings,
): Promise<Outcomes> {
  const { folder, signal, onCached } = settings, amounts = horizons.map(revenueColumn);
  const derived = await derivePartitions(rows, {
    columns: ["row_id", "user_id", "event_ts", ...amounts],
    select: (relation) => `SELECT row_id, user_id, event_ts, ${amounts.join(", ")} FROM ${relation}`,
    folder,
    name: "outcomes",
    ...(signal ? { signal } : {}),
  });
  onCached?.(derived.files);
  const column = (): Float64Array => new Float64Array(derived.rows);
  const all = { ids: column(), users: column(), times: column(), horizons, revenue: horizons.map(column) };
  await eachChunk(derived, settings, (chunk, from) => {
    all.ids.set(chunk.numbers("row_id"), from);
    all.users.set(chunk.numbers("user_id"), from);
    all.times.set(chunk.numbers("event_ts"), from);
    horizons.forEach((days, h) => all.revenue[h]!.set(chunk.numbers(revenueColumn(days)), from));
  });
  return all;
}

/** Events with features and outcomes, all in memory: what a model is fitted on. */
export async function readRevenueRows(
  rows: PartitionRows,
  features: EventFeatures,
  horizons: readonly number[],
  settings: DeriveSettings,
  step: string,
): Promise<RevenueRows> {
  const derived = await deriveFeatures(rows, features, settings, step);
  const outcomes = await readOutcomes(rows, horizons, settings), { names } = features;
  const all = matrix(derived.rows, names.length);
  await eachChunk(derived, settings, (chunk, from) => {
    ensureSameIds(chunk.numbers("row_id"), outcomes.ids.subarray(from));
    all.values.set(featureMatrix(chunk, names).values, from * names.length);
  });
  return { ...outcomes, features: all, names };
}

/** Features and outcomes are derived apart, so that no feature can see an outcome; here they must meet again. */
export function ensureSameIds(ids: Float64Array, outcomes: Float64Array): void {
  const at = ids.findIndex((id, i) => id !== outcomes[i]);
  ensure(at < 0, "pair features with outcomes", "a row id", `${outcomes[at]}, as in the outcomes`, ids[at]);
}

/** The features of a chunk, row by row. */
export function featureMatrix(chunk: Table, names: readonly string[]): Matrix {
  const rows = matrix(chunk.rows, names.length);
  names.forEach((name, f) => {
    const values = chunk.numbers(name);
    for (let i = 0; i < values.length; i++) rows.values[i * names.length + f] = values[i]!;
  });
  return rows;
}

async function eachChunk(
  rows: DerivedRows,
  { chunkSize, signal }: DeriveSettings,
  take: (chunk: Table, from: number) => void,
): Promise<void> {
  let from = 0;
  for await (const chunk of readChunks(rows, { chunkSize })) {
    signal?.throwIfAborted();
    take(chunk, from);
    from += chunk.rows;
  }
}
