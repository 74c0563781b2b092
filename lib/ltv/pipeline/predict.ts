import { join } from "node:path";
import { type Check, writeTextWhole } from "../../core/mod.ts";
import { type PartitionRows, shareRule } from "../../data/mod.ts";
import type { RevenueForecasts } from "../revenue_model/mod.ts";
import { findArtefact, sameConfig } from "./artefact.ts";
import type { LtvConfig } from "./config.ts";
import { openEvents, testWindow } from "./events.ts";
import { type PredictedChunk, predictRows } from "./predict_rows.ts";
import type { RunOptions } from "./run.ts";
import { loadStudy, settingsOf, type Study } from "./study.ts";

/** Options of {@linkcode predictPipeline}. */
export interface PredictOptions extends RunOptions {
  /** The name or folder of an artefact. @default {the newest} */
  readonly model?: string;
  /** The CSV to write. @default {`predictions/<model>.csv` in the output folder} */
  readonly out?: string;
  /** Only the first so many partitions of the window. @default {all} */
  readonly maxPartitions?: number;
  /** Only this share of the rows, drawn by their id; in (0, 1]. @default {1} */
  readonly sampleFrac?: number;
  /** Only the first so many rows. @default {all} */
  readonly limitRows?: number;
  /** Rows predicted at a time; predictions do not depend on it. @default {the config's} */
  readonly chunkSize?: number;
}

/** A file of predictions. */
export interface WrittenPredictions {
  /**
   * The CSV: `row_id`, and by horizon the probability of a purchase, both outputs, and the set: whether it holds 0, and from where to where
   * it holds what a buyer spends.
   */
  readonly path: string;
  /** How many rows. */
  readonly rows: number;
  /** Time from events to predictions over the rows. */
  readonly msPerRow: number;
  /** Broken part files, named and counted. */
  readonly checks: readonly Check[];
}

/**
 * Predicts the test window: a line for each row, in the order of partitions and ids, a chunk at a time. The file is there when it is whole.
 *
 * @throws {Error} If there is no complete artefact.
 * @throws {DOMException} `AbortError`, if the signal fires.
 */
export async function predictPipeline(
  config: LtvConfig,
  options: PredictOptions = {},
): Promise<WrittenPredictions> {
  const { maxPartitions = Infinity, sampleFrac = 1, limitRows = Infinity, log } = options;
  const artefact = await findArtefact(config.output, options.model), study = await loadStudy(artefact);
  const { partitions, check } = await openEvents(config, options, testWindow(config));
  const rows: PartitionRows = {
    partitions: partitions.slice(0, maxPartitions),
    rules: sampleFrac < 1 ? [shareRule("row_id", `predict:${config.seed}`, 0, sampleFrac)] : [],
  };
  const path = options.out ?? defaultPredictions(config, artefact.name), begun = performance.now();
  let count = 0;
  await writeTextWhole(path, async (write) => {
    await write(headerOf(study));
    for await (const { ids, forecasts } of byPartition(study, rows, config, options)) {
      const lines = linesOf(study, ids.subarray(0, limitRows - count), forecasts);
      await write(lines.join(""));
      count += lines.length;
      if (count >= limitRows) break;
    }
  });
  const msPerRow = (performance.now() - begun) / Math.max(1, count);
  log?.({ event: "predicted", model: artefact.name, path, rows: count, msPerRow });
  return { path, rows: count, msPerRow, checks: [check, sameConfig(config, artefact)] };
}

/** Partition by partition, so that rows come by time, then by id, and nobody who stops early pays for the rest. */
async function* byPartition(
  study: Study,
  rows: PartitionRows,
  config: LtvConfig,
  { signal, onProgress, chunkSize = config.data.chunkSize }: PredictOptions,
): AsyncGenerator<PredictedChunk, void> {
  const settings = { ...settingsOf(config, signal ? { signal } : {}), chunkSize };
  for (const [done, partition] of rows.partitions.entries()) {
    yield* predictRows(study, { ...rows, partitions: [partition] }, settings, partition.name);
    onProgress?.({ step: "partitions predicted", done: done + 1, of: rows.partitions.length });
  }
}

/** Where predictions of a model go by default. */
export function defaultPredictions({ output }: LtvConfig, model: string): string {
  return join(output, "predictions", `${model}.csv`);
}

/** What is written of each row at each horizon. */
type Output = "probability" | "expectedRevenue" | "rmsleForecast" | "holdsZero" | "spendLow" | "spendHigh";

const OUTPUTS: readonly Output[] = [
  "probability",
  "expectedRevenue",
  "rmsleForecast",
  "holdsZero",
  "spendLow",
  "spendHigh",
];

/** The column of an output at a horizon: `expectedRevenue` up to day 7 is `expected_revenue_d7`. */
export function outputColumn(output: Output, days: number): string {
  return `${output.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}_d${days}`;
}

function headerOf({ model }: Study): string {
  const columns = OUTPUTS.flatMap((output) => model.horizons.map((days) => outputColumn(output, days)));
  return `${["row_id", ...columns].join(",")}\n`;
}

function linesOf({ model }: Study, ids: Float64Array, forecasts: RevenueForecasts): string[] {
  const { probability, expectedRevenue, rmsleForecast, horizons } = forecasts;
  const sets = horizons.map((days) => model.sets(forecasts, days));
  const columns = [
    ...[...probability, ...expectedRevenue, ...rmsleForecast],
    ...[...sets.map((s) => s.holdsZero), ...sets.map((s) => s.low), ...sets.map((s) => s.high)],
  ];
  return Array.from(ids, (id, i) => `${[id, ...columns.map((values) => values[i])].join(",")}\n`);
}
