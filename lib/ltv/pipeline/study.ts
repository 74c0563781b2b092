import { join } from "node:path";
import type { Check } from "../../core/mod.ts";
import { duckdb, type PartitionRows, relationOf } from "../../data/mod.ts";
import {
  eventColumns,
  type EventFeatures,
  fitEventFeatures,
  loadEventFeatures,
  readFeatureCatalogue,
} from "../../features/mod.ts";
import { fitRevenueModel, loadRevenueModel, type RevenueModel } from "../revenue_model/mod.ts";
import { revenueFolds } from "../stages/mod.ts";
import type { Artefact } from "./artefact.ts";
import { cacheFolder } from "./cache.ts";
import type { LtvConfig } from "./config.ts";
import { type DeriveSettings, readRevenueRows } from "./event_rows.ts";
import type { RunOptions } from "./run.ts";

/** What turns events into predictions: fitted features and the model on them. */
export interface Study {
  /** From events to numbers. */
  readonly features: EventFeatures;
  /** From numbers to revenue. */
  readonly model: RevenueModel;
  /** When the last partition that was learnt from begins, in milliseconds since 1970 UTC. */
  readonly learntUntil: number;
}

/** Fits features and model on the rows of one window. */
export async function fitStudy(
  rows: PartitionRows,
  window: string,
  config: LtvConfig,
  run: RunOptions,
): Promise<{ readonly study: Study; readonly checks: readonly Check[] }> {
  const catalogue = await readFeatureCatalogue(config.features);
  const relation = relationOf(rows, eventColumns(catalogue)); // no other column can be named, least of all an outcome
  const features = await fitEventFeatures(
    await duckdb(),
    relation,
    catalogue,
    run.signal ? { signal: run.signal } : {},
  );
  run.log?.({ event: "featuresFitted", of: window, features: features.names.length });
  const matrix = await readRevenueRows(
    rows,
    features,
    config.target.horizons,
    settingsOf(config, run),
    window,
  );
  const { folds, foldStrategy, revenue, ...stages } = config.stages, { seed, target, confidence } = config;
  const { horizonWeights } = target, { signal, onProgress } = run;
  const fit = await fitRevenueModel(matrix, {
    ...stages,
    revenue: { ...revenue, ...(horizonWeights ? { horizonWeights } : {}) },
    folds: revenueFolds(matrix, { seed, folds, strategy: foldStrategy }),
    ...{ seed, confidence },
    ...(signal ? { signal } : {}),
    ...(onProgress
      ? { onProgress: (stage, done, of) => onProgress({ step: `${stage} of ${window}`, done, of }) }
      : {}),
  });
  const parts = fit.parts.map(({ part, rmsle, gini }) => ({ part, rmsle, gini }));
  run.log?.({ event: "fitted", of: window, objective: revenue.objective, parts });
  const study = { features, model: fit.model, learntUntil: rows.partitions.at(-1)!.time };
  return { study, checks: [features.check, ...fit.checks] };
}

/** Where and how a study derives rows. */
export function settingsOf({ output, data }: LtvConfig, run: RunOptions): DeriveSettings {
  return { ...run, folder: cacheFolder(output), chunkSize: data.chunkSize };
}

/** Saves to a folder, from which {@linkcode loadStudy} predicts the same to the last bit. */
export async function saveStudy({ features, model, learntUntil }: Study, folder: string): Promise<void> {
  await Deno.writeTextFile(join(folder, "features.json"), JSON.stringify(features.toJSON()));
  await Deno.writeTextFile(join(folder, "study.json"), JSON.stringify({ learntUntil }));
  await Deno.mkdir(join(folder, "model"));
  await model.save(join(folder, "model"));
}

/** Loads the study of an artefact. */
export async function loadStudy({ folder }: Artefact): Promise<Study> {
  const { learntUntil } = JSON.parse(await Deno.readTextFile(join(folder, "study.json"))) as {
    learntUntil: number;
  };
  return {
    learntUntil,
    features: loadEventFeatures(JSON.parse(await Deno.readTextFile(join(folder, "features.json")))),
    model: await loadRevenueModel(join(folder, "model")),
  };
}
