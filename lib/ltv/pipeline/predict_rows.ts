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

/** Predicts events partition by partition and chunk by chunk, in order: nobody who stops early pays for the rest. */
export async function* predictRows(
  { features, model }: Pick<Study, "features" | "model">,
  rows: PartitionRows,
  settings: DeriveSettings,
): AsyncGenerator<PredictedChunk, void> {
  const { signal, onProgress, log: _, ...quiet } = settings, { partitions } = rows;
  for (const [done, partition] of partitions.entries()) {
    const one = { ...rows, partitions: [partition] };
    const derived = await deriveFeatures(
      one,
      features,
      { ...quiet, ...(signal ? { signal } : {}) },
      partition.name,
    );
    for await (const chunk of readChunks(derived, settings)) {
      signal?.throwIfAborted();
      const known = featureMatrix(chunk, features.names);
      yield { ids: chunk.numbers("row_id"), forecasts: model.predict(known) };
    }
    onProgress?.({ step: "partitions predicted", done: done + 1, of: partitions.length });
  }
}
