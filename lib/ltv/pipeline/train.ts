import { basename, join } from "node:path";
import type { Check } from "../../core/mod.ts";
import type { Partition } from "../../data/mod.ts";
import { type Artefact, hashOf, writeArtefact } from "./artefact.ts";
import { type CacheUse, inspectCache, pruneCache } from "./cache.ts";
import type { LtvConfig } from "./config.ts";
import { OF_TRAINING } from "./compare.ts";
import { evaluateRows } from "./evaluate.ts";
import { makeWorld, openEvents, splitEvents } from "./events.ts";
import type { RunOptions } from "./run.ts";
import { fitStudy, saveStudy } from "./study.ts";
import { type Validation, VALIDATIONS } from "./validation.ts";

/** What training made. */
export interface TrainedStudy {
  /** Where the model is kept. */
  readonly artefact: Artefact;
  /** What was learnt on `train`, judged on `val`. */
  readonly validation: Validation;
  /** All checks: of the data, of both fits and of the validation. */
  readonly checks: readonly Check[];
  /** What is kept of the events that were read. */
  readonly cache: CacheUse;
}

/** Options of {@linkcode trainPipeline}. */
export interface TrainOptions extends RunOptions {
  /** Afterwards, remove cached files of which no complete model was made and that are a day old. @default {false} */
  readonly prune?: boolean;
}

/**
 * Trains as a config says: events to features, features to stages, judged on the validation window; then, where the config names a window
 * `model`, once more on that. The artefact is there when all is done and never before. Features are cached by their content, so that a
 * run that was stopped or killed goes on from them.
 *
 * @throws {RangeError} If windows cannot be found or are too close, a part file is broken and the config says stop, ids come twice, an
 * amount is negative, or buyers are too few.
 * @throws {DOMException} `AbortError`, if the signal fires.
 */
export async function trainPipeline(config: LtvConfig, options: TrainOptions = {}): Promise<TrainedStudy> {
  const { prune = false, ...watched } = options, cached = new Set<string>();
  const run: RunOptions = {
    ...watched,
    onCached: (files) => {
      files.forEach((file) => cached.add(basename(file)));
      watched.onCached?.(files);
    },
  };
  await makeWorld(config, run);
  const { partitions, check } = await openEvents(config, run);
  const split = await splitEvents(config, partitions, run);
  const trained = await fitStudy(split.train, "train", config, run);
  const { validation } = await evaluateRows(trained.study, split.val, "val", config, run);
  const kept = split.model.partitions.length > 0
    ? await fitStudy(split.model, "model", config, run)
    : trained;
  const checks = [check, ...split.checks, ...kept.checks, ...validation.checks];
  run.signal?.throwIfAborted();
  const keep = async (folder: string): Promise<void> => {
    await saveStudy(kept.study, folder);
    await Deno.writeTextFile(join(folder, "config.yaml"), config.source.text);
    await Deno.writeTextFile(join(folder, "checks.json"), `${JSON.stringify(checks, null, 1)}\n`);
    await Deno.mkdir(join(folder, VALIDATIONS));
    await Deno.writeTextFile(
      join(folder, VALIDATIONS, OF_TRAINING),
      `${JSON.stringify(validation.log, null, 1)}\n`,
    );
  };
  const inputs = await inputsOf(config, partitions);
  const artefact = await writeArtefact(config.output, inputs, keep, [...cached].sort());
  const cache = await (prune ? pruneCache : inspectCache)(config.output);
  run.log?.({ event: "kept", model: artefact.name, cachedFiles: cache.files, cachedBytes: cache.bytes });
  return { artefact, validation, checks, cache };
}

/** SHA-256 of what the model depends on: the config, the catalogue of features, and size and time of the part files. */
async function inputsOf(
  { source, features, data }: LtvConfig,
  partitions: readonly Partition[],
): Promise<Record<string, string>> {
  const parts = partitions.flatMap((p) =>
    p.parts.map(({ path, bytes, modified }) => {
      return [path.slice(data.root.length), bytes, modified];
    })
  );
  return {
    config: source.hash,
    features: hashOf(await Deno.readTextFile(features)),
    partitions: hashOf(JSON.stringify(parts)),
  };
}
