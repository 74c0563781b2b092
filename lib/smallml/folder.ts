import { createHash } from "node:crypto";
import { z } from "zod";
import type { CalibratorJson } from "../calibration/mod.ts";
import type { CrossSetsJson } from "../conformal/mod.ts";
import type { Check } from "../core/mod.ts";
import type { FullSetsJson } from "./full_sets.ts";
import type { TrainingFacts } from "./small_data_model.ts";

/** The file that makes a folder whole, written last. */
export const MANIFEST = "small_data.json";

/** The file with the likelihoods behind full sets: doubles, little end first, all draws of a row together. */
export const LIKELIHOOD = "likelihood.f64";

/** The form of the folder: raised when what an older reader expects changes. */
export const VERSION = 1;

/** What {@linkcode MANIFEST} holds. */
export const manifest = z.strictObject({
  format: z.literal("credible small data"),
  version: z.number(),
  target: z.string(),
  group: z.string().nullable(),
  labels: z.tuple([z.string(), z.string()]),
  layers: z.number(),
  // What other parts wrote is read by their own loaders.
  calibrator: z.custom<CalibratorJson>((v) => typeof v === "object" && v !== null),
  sets: z.custom<CrossSetsJson | FullSetsJson>((v) => typeof v === "object" && v !== null),
  training: z.custom<TrainingFacts>((v) => typeof v === "object" && v !== null && "seen" in v),
  overlap: z.custom<Check>((v) => typeof v === "object" && v !== null && "status" in v).optional(),
  /** SHA-256 by file of the folder. */
  hashes: z.record(z.string(), z.string()),
});

/** The folder of a pair of layers: 0 is that of all rows. */
export function layerName(k: number): string {
  return k === 0 ? "all_rows" : `without_fold_${k}`;
}

/** The SHA-256 of a file's bytes. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
