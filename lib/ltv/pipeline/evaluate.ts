import { join } from "node:path";
import { type Check, check, ensure, writeFileAtomic } from "../../core/mod.ts";
import type { PartitionRows } from "../../data/mod.ts";
import { findArtefact, sameConfig } from "./artefact.ts";
import type { LtvConfig } from "./config.ts";
import { ensureSameIds, readOutcomes } from "./event_rows.ts";
import { openEvents, partitionsBetween, splitEvents } from "./events.ts";
import { predictRows } from "./predict_rows.ts";
import type { RunOptions } from "./run.ts";
import { loadStudy, settingsOf, type Study } from "./study.ts";
import { type JudgedRows, judgeRows, type Validation, VALIDATIONS } from "./validation.ts";
import { DAY } from "../time.ts";

/** Options of {@linkcode evaluatePipeline}. */
export interface EvaluateOptions extends RunOptions {
  /** Whose rows: `train` were learnt from; users of `val` and `test` were not. @default {"val"} */
  readonly split?: "train" | "val" | "test";
  /** First partition or day. @default {that of the window} */
  readonly start?: string | undefined;
  /** Last partition or day. @default {that of the window} */
  readonly end?: string | undefined;
  /** The name or folder of an artefact. @default {the newest} */
  readonly model?: string;
}

/** A model that was kept, judged on events whose outcome is known. */
export interface Evaluation {
  /** The scores; written down in the artefact's folder. */
  readonly validation: Validation;
  /** What was predicted and what came. */
  readonly rows: JudgedRows;
  /** All checks. */
  readonly checks: readonly Check[];
}

/**
 * Judges the model that was kept on a window, and writes the scores down beside it for {@linkcode compareValidations}.
 *
 * @throws {Error} If there is no complete artefact.
 * @throws {RangeError} If the window cannot be found.
 */
export async function evaluatePipeline(
  config: LtvConfig,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { split = "val", start, end, model, ...run } = options;
  const artefact = await findArtefact(config.output, model), study = await loadStudy(artefact);
  const { partitions, check: broken } = await openEvents(config, run);
  const parts = await splitEvents(config, partitions, run);
  const own = parts[split].partitions;
  const rows = start === undefined && end === undefined ? parts[split] : {
    ...parts[split],
    partitions: partitionsBetween(partitions, start ?? own[0]!.name, end ?? own.at(-1)!.name),
  };
  ensure(
    rows.partitions.length > 0,
    "evaluate",
    "the window",
    "one or more partitions",
    `${start} to ${end}`,
  );
  const { validation, rows: events } = await evaluateRows(study, rows, split, config, run);
  const { log } = validation;
  const file = join(artefact.folder, VALIDATIONS, `${split}_${log.start}_${log.end}.json`);
  await writeFileAtomic(file, `${JSON.stringify(log, null, 1)}\n`);
  run.log?.({ event: "evaluated", model: artefact.name, ...log });
  const gap = (rows.partitions[0]!.time - study.learntUntil) / DAY;
  const checks = [
    broken,
    sameConfig(config, artefact),
    ...parts.checks,
    laterCheck(gap, config),
    ...validation.checks,
  ];
  return { validation, rows: events, checks };
}

/** Predicts rows whose outcome is known, and judges that. */
export async function evaluateRows(
  study: Study,
  rows: PartitionRows,
  split: string,
  config: LtvConfig,
  run: RunOptions,
): Promise<{ readonly validation: Validation; readonly rows: JudgedRows }> {
  const { horizons } = study.model, settings = settingsOf(config, run);
  const outcomes = await readOutcomes(rows, horizons, settings), n = outcomes.ids.length;
  const empty = (): Float64Array[] => horizons.map(() => new Float64Array(n));
  const all = {
    horizons,
    probability: empty(),
    expectedRevenue: empty(),
    rmsleForecast: empty(),
    logGivenPurchase: empty(),
  };
  let from = 0;
  for await (const { ids, forecasts } of predictRows(study, rows, settings, split)) {
    ensureSameIds(ids, outcomes.ids.subarray(from));
    for (const output of ["probability", "expectedRevenue", "rmsleForecast", "logGivenPurchase"] as const) {
      forecasts[output].forEach((values, h) => all[output][h]!.set(values, from));
    }
    from += ids.length;
  }
  const [start, end] = [rows.partitions[0]!.name, rows.partitions.at(-1)!.name];
  const judged = { ...outcomes, forecasts: all },
    about = { split, start, end, strategy: config.split.strategy };
  return { validation: judgeRows(study.model, judged, about), rows: judged };
}

/** Whether the judged window lies after all that was learnt from, with the longest horizon between them. */
function laterCheck(gap: number, { target }: LtvConfig): Check {
  return check({
    code: "laterWindow",
    title: "Days from the last partition that was learnt from to the first that is judged",
    value: gap,
    limit: { between: [-Infinity, Infinity] },
    warn: { above: target.horizons.at(-1)! },
    advice:
      "The model learnt from these days: scores are those of users it has not seen, in a world that it has.",
  });
}
