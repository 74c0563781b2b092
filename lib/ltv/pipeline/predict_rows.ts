import { type PartitionRows, readChunks } from "../../data/mod.ts";
import { deriveFeatures, type DeriveSettings, featureMatrix } from "./event_rows.ts";
import type { RevenueForecasts } from "../revenue_model/mod.ts";
import type { Study } from "./study.ts";

/** A chunk of events, predicted. */
export interface PredictedChunk {
  /** In order. */
  readonly ids: Float64Array;
  /** What is said of them. */
  readonly forecasts: RevenueForecasts;
}

/** Predicts events a chunk at a time, in the order of {@linkcode readOutcomes} of the same rows. */
export async function* predictRows(
  { features, model }: Pick<Study, "features" | "model">,
  rows: PartitionRows,
  settings: DeriveSettings,
  step: string,
): AsyncGenerator<PredictedChunk, void> {
  const derived = await deriveFeatures(rows, features, settings, step);
  for await (const chunk of readChunks(derived, settings)) {
    settings.signal?.throwIfAborted();
    yield { ids: chunk.numbers("row_id"), forecasts: model.predict(featureMatrix(chunk, features.names)) };
  }
}
