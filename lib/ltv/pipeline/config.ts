import { basename, dirname, resolve } from "node:path";
import type { z } from "zod";
import {
  type OnBroken,
  type OnShortGap,
  readYaml,
  type WindowNames,
  type YamlMistake,
} from "../../data/mod.ts";
import type { LearnerName } from "../stacking/mod.ts";
import type { FitBuyersOptions, FitOrderedRevenueOptions } from "../stages/mod.ts";
import { hashOf } from "./artefact.ts";
import { configShape } from "./config_shape.ts";

/** A made-up world of installs, for where no data are. */
export interface WorldConfig {
  /** Events in all. */
  readonly rows: number;
  /** The same seed makes the same world. */
  readonly seed: number;
  /** The first day. */
  readonly start: string;
  /** How many days. */
  readonly days: number;
}

/** Where events come from, and how they are read. */
export interface DataConfig {
  /** The folder of the partitions `datetime=…`. */
  readonly root: string;
  /** The world that is made where `root` is not there. */
  readonly world?: WorldConfig;
  /** Whether a part file that cannot be read stops the run or is left out, named. @default {"stop"} */
  readonly onBroken: OnBroken;
  /** Memory of the SQL engine. @default {"2GB"} */
  readonly memoryLimit: string;
  /** Rows read and predicted at a time. @default {20000} */
  readonly chunkSize: number;
}

/** How rows are shared out between windows; see {@linkcode splitPartitions} for more. */
export interface SplitConfig {
  /** `temporal` judges on later days; `stratifiedRandom` on other users of the same days, which flatters. @default {"temporal"} */
  readonly strategy: "temporal" | "stratifiedRandom";
  /** Windows that are closer than the longest horizon: stop, or leave out partitions between them. @default {"stop"} */
  readonly onShortGap: OnShortGap;
  /** Share of the rows that are used at all. @default {1} */
  readonly frac: number;
  /** Share of the users that train, below 1. @default {0.8} */
  readonly trainFrac: number;
  /** Share of the users that validate, none of whom trains. @default {1 − trainFrac} */
  readonly valFrac?: number;
  /** Only the newest so many partitions train. @default {all} */
  readonly maxTrainPartitions?: number;
  /** Only the newest so many partitions validate. @default {all} */
  readonly maxValPartitions?: number;
  /** Rows taken from training where there is none to validate on; 0 throws instead. @default {0} */
  readonly fallbackValRows: number;
}

/** What is predicted. */
export interface TargetConfig {
  /** Days after an event up to which revenue is counted, rising. */
  readonly horizons: readonly number[];
  /** What the loss of each horizon counts. @default {1 each} */
  readonly horizonWeights?: readonly number[];
}

/** How the stages are fitted. */
export interface StagesConfig {
  /** Folds, no user on both sides, in which stages are judged and calibrated. @default {5} */
  readonly folds: number;
  /**
   * Whether folds of the training window go forward in time, which takes several times the longest horizon in days, or are drawn by user,
   * which is optimistic where the world drifts. @default {"temporal"}
   */
  readonly foldStrategy: "temporal" | "stratifiedRandom";
  /** Stage 1, who buys. */
  readonly buyers: Pick<FitBuyersOptions, "resample" | "trees">;
  /** Stage 2, what a purchase is worth. `objective` is what means are fitted by. */
  readonly revenue: Pick<
    FitOrderedRevenueOptions,
    "form" | "objective" | "huberDelta" | "resample" | "trees"
  >;
  /** Stage 3: what is stacked beside the first two. @default {["elasticNet", "randomForest", "boosting"]} */
  readonly learners: readonly LearnerName[];
}

/** What is handed in. */
export interface SubmissionConfig {
  /** Revenue up to this day. */
  readonly horizon: number;
  /** `expectedRevenue` for totals and decisions, `rmsleForecast` where RMSLE is the score. @default {"rmsleForecast"} */
  readonly output: "expectedRevenue" | "rmsleForecast";
}

/** A config as read: paths are absolute, defaults filled in. */
export interface LtvConfig {
  /** Where events come from. */
  readonly data: DataConfig;
  /**
   * Partitions by name or day. What is learnt on `train` is judged on `val`. The model that is kept is learnt on `model`, where that is
   * given, else it is that of `train`; it predicts `test`.
   */
  readonly windows: WindowNames & { readonly testStart: string; readonly testEnd: string };
  /** How rows are shared out. */
  readonly split: SplitConfig;
  /** The catalogue of feature groups. */
  readonly features: string;
  /** What is predicted. */
  readonly target: TargetConfig;
  /** How the stages are fitted. */
  readonly stages: StagesConfig;
  /** Wanted coverage of the sets of each class of customers. @default {0.9} */
  readonly confidence: number;
  /** Of everything random. @default {0} */
  readonly seed: number;
  /** The folder of artefacts, logs and cached features. */
  readonly output: string;
  /** What is handed in. */
  readonly submission: SubmissionConfig;
  /** The file it was read from, and SHA-256 of its text. */
  readonly source: { readonly file: string; readonly text: string; readonly hash: string };
}

/** Reads a config file. @throws What {@linkcode parseLtvConfig} throws. */
export async function readLtvConfig(path: string): Promise<LtvConfig> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot read ${path}: there is no such file`);
  });
  return parseLtvConfig(text, path);
}

/**
 * Reads a config: YAML with the keys of {@linkcode LtvConfig}. Paths in it are relative to its file.
 *
 * @param file Where it is from, for messages and paths.
 * @throws {SyntaxError} If it is no YAML or breaks a rule; the message names every key, rule and value, and the nearest key of one that is not known.
 *
 * @example
 * ```ts
 * import { parseLtvConfig } from "credible/ltv";
 * try {
 *   parseLtvConfig("version: 1\nsead: 7\n", "my.yaml");
 * } catch (error) {
 *   console.log((error as Error).message); // … sead must be a known key, current value is 7; did you mean "seed"?
 * }
 * ```
 */
export function parseLtvConfig(text: string, file: string): LtvConfig {
  const { version: _, ...config } = readYaml(configShape, text, basename(file), betweenKeys);
  const place = (path: string): string => resolve(dirname(file), path);
  return {
    ...config,
    data: { ...config.data, root: place(config.data.root) },
    features: place(config.features),
    output: place(config.output),
    source: { file, text, hash: hashOf(text) },
  };
}

/** Rules between keys. */
function betweenKeys({ windows, target, submission }: z.infer<typeof configShape>): YamlMistake[] {
  const mistakes: YamlMistake[] = [];
  const must = (ok: boolean, key: string, rule: string, value: unknown): void => {
    if (!ok) mistakes.push({ key, rule, value });
  };
  for (const name of ["train", "val", "model", "test"] as const) {
    const start = windows[`${name}Start`], end = windows[`${name}End`];
    const both = (start === undefined) === (end === undefined);
    must(both, `windows.${name}End`, `given where windows.${name}Start is, and only there`, end);
    must(
      !start || !end || start <= end,
      `windows.${name}End`,
      `at or after windows.${name}Start, ${start}`,
      end,
    );
  }
  const { horizons, horizonWeights } = target;
  const rising = horizons.every((days, h) => days > (horizons[h - 1] ?? 0));
  must(rising, "target.horizons", "rising", horizons);
  const fits = horizonWeights === undefined ||
    horizonWeights.length === horizons.length;
  must(fits, "target.horizonWeights", "one a horizon", horizonWeights);
  must(
    horizons.includes(submission.horizon),
    "submission.horizon",
    `one of ${horizons.join(", ")}`,
    submission.horizon,
  );
  return mistakes;
}
