import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Check, DISPLAY, type Displayable, type MimeBundle } from "../core/mod.ts";
import {
  type CacheUse,
  compareValidations,
  evaluatePipeline,
  type LtvConfig,
  openRunLog,
  predictPipeline,
  readLtvConfig,
  type RunOptions,
  StepBars,
  submitPipeline,
  trainPipeline,
} from "../ltv/mod.ts";
import { untilInterrupted } from "./interrupt.ts";
import { fromStanding, ROOT } from "./place.ts";
import { parseCount, UsageError } from "./usage.ts";

/** What a command that was stopped by Ctrl-C ends with, as shells have it: 128 and the number of SIGINT. */
const STOPPED = 130;

interface CommonOptions {
  readonly config: string;
  readonly json?: boolean;
}

interface ModelOptions extends CommonOptions {
  readonly model?: string;
}

interface TrainOptions extends CommonOptions {
  readonly prune?: boolean;
}

/** `credible ltv train`: a model learnt, judged on the validation window and kept. Exits with 1 when a check fails. */
export async function train(options: TrainOptions): Promise<number> {
  const { prune = false } = options;
  return await watched("train", options, async (config, run) => {
    const { artefact, validation, checks, cache } = await trainPipeline(config, { ...run, prune });
    return {
      json: {
        model: artefact.name,
        folder: artefact.folder,
        validation: validation.log,
        cache: sizes(cache),
      },
      text: `${textOf(validation)}\n${cacheText(cache)}\nmodel: ${artefact.folder}`,
      checks,
    };
  });
}

interface PredictOptions extends ModelOptions {
  readonly out?: string;
  readonly maxPartitions?: string;
  readonly sampleFrac?: string;
  readonly limitRows?: string;
  readonly chunkSize?: string;
}

/** `credible ltv predict`: a line of CSV for each row of the test window, in order and with flat memory. */
export async function predict(options: PredictOptions): Promise<number> {
  const { maxPartitions, sampleFrac, limitRows, chunkSize } = options;
  const chosen = {
    ...modelOf(options),
    ...outOf(options),
    ...(maxPartitions === undefined ? {} : { maxPartitions: parseCount(maxPartitions, "--max-partitions") }),
    ...(sampleFrac === undefined ? {} : { sampleFrac: parseFraction(sampleFrac, "--sample-frac") }),
    ...(limitRows === undefined ? {} : { limitRows: parseCount(limitRows, "--limit-rows") }),
    ...(chunkSize === undefined ? {} : { chunkSize: parseCount(chunkSize, "--chunk-size") }),
  };
  return await watched("predict", options, async (config, run) => {
    const { path, rows, msPerRow, checks } = await predictPipeline(config, { ...run, ...chosen });
    return {
      json: { predictions: path, rows, msPerRow },
      text: `${rows.toLocaleString("en")} predictions, ${msPerRow.toPrecision(2)} ms a row: ${path}`,
      checks,
    };
  });
}

interface EvaluateOptions extends ModelOptions {
  readonly split: string;
  readonly startDt?: string;
  readonly endDt?: string;
}

const SPLITS = ["train", "val", "test"] as const;

/** `credible ltv evaluate`: the model that was kept, judged on a window whose outcomes are known. Exits with 1 when a check fails. */
export async function evaluate(options: EvaluateOptions): Promise<number> {
  const split = SPLITS.find((known) => known === options.split);
  if (split === undefined) {
    throw new UsageError(
      `Cannot evaluate: --split must be one of ${SPLITS.join(", ")}, current value is ${options.split}`,
    );
  }
  const { startDt: start, endDt: end } = options;
  return await watched("evaluate", options, async (config, run) => {
    const { validation, checks } = await evaluatePipeline(config, {
      ...run,
      ...modelOf(options),
      split,
      start,
      end,
    });
    return { json: { validation: validation.log }, text: textOf(validation), checks };
  });
}

interface SubmitOptions extends CommonOptions {
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly alignOrder?: boolean;
}

/** `credible ltv submit`: predictions checked row by row and written as they are handed in. Exits with 1 when a check fails. */
export async function submit(predictions: string | undefined, options: SubmitOptions): Promise<number> {
  const { dryRun = false, alignOrder = false } = options;
  return await watched("submit", options, async (config, run) => {
    const { rows, checks, column, written } = await submitPipeline(config, {
      ...run,
      alignOrder,
      ...(predictions === undefined ? {} : { predictions: fromStanding(predictions) }),
      ...(dryRun ? {} : { out: fromStanding(options.out ?? "submission.csv") }),
    });
    const done = written === undefined ? "nothing written" : `written: ${written}`;
    return {
      json: { rows, column, written: written ?? null },
      text: `${rows.toLocaleString("en")} rows of ${column} asked for; ${done}`,
      checks,
    };
  });
}

/** `credible ltv compare`: a line for each validation of each model. */
export async function compare({ config: file, json = false }: CommonOptions): Promise<number> {
  const { output } = await configOf(file);
  const comparison = await compareValidations(output);
  if (json) console.log(JSON.stringify(comparison.validations));
  else if (comparison.validations.length === 0) console.log(`no model yet in ${output}`);
  else console.log(textOf(comparison));
  return 0;
}

/** The config, from where the person stands or from the project's folder. */
async function configOf(file: string): Promise<LtvConfig> {
  const places = [fromStanding(file), resolve(ROOT, file)];
  return await readLtvConfig(places.find(existsSync) ?? places[0]!);
}

/** What a command says when it is done. */
interface Outcome {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly checks: readonly Check[];
}

/** Reads the config and does the work with progress, a log file and Ctrl-C; prints what came of it. */
async function watched(
  command: string,
  { config: file, json = false }: CommonOptions,
  work: (config: LtvConfig, run: RunOptions) => Promise<Outcome>,
): Promise<number> {
  const config = await configOf(file);
  const name = `${new Date().toISOString().replaceAll(/[:.]/g, "-")}-${command}.jsonl`;
  using log = openRunLog(join(config.output, "logs", name));
  using bars = new StepBars();
  log.log({ event: "begun", command, config: config.source.file, hash: config.source.hash });
  return await untilInterrupted(async (signal) => {
    try {
      const shown = json ? {} : { onProgress: bars.onProgress };
      const { json: facts, text, checks } = await work(config, { ...shown, signal, log: log.log });
      bars.end();
      const wrong = checks.filter(({ status }) => status === "fail" || status === "warn");
      log.log({ event: "done", command, checks: briefly(wrong) });
      if (json) console.log(JSON.stringify({ ...facts, checks: briefly(checks) }));
      else console.log([...wrong.map(checkText), text].join("\n"));
      return checks.some(({ status }) => status === "fail") ? 1 : 0;
    } catch (error) {
      bars.end();
      log.log({ event: signal.aborted ? "stopped" : "failed", command, why: String(error) });
      if (!signal.aborted) throw error;
      console.error("stopped: what is cached stays, and the same command goes on from there");
      return STOPPED;
    }
  });
}

function sizes({ files, bytes, unused }: CacheUse): Record<"files" | "bytes" | "unusedBytes", number> {
  return { files, bytes, unusedBytes: unused.reduce((sum, own) => sum + own.bytes, 0) };
}

function cacheText(cache: CacheUse): string {
  const { files, bytes, unusedBytes } = sizes(cache),
    inMB = (size: number): string => (size / 1e6).toFixed(1);
  const unused = unusedBytes > 0 ? `, ${inMB(unusedBytes)} MB of it of no model: --prune removes that` : "";
  return `cache: ${files} files, ${inMB(bytes)} MB${unused}`;
}

function textOf(shown: Displayable): string {
  return (shown[DISPLAY]() as MimeBundle)["text/plain"];
}

function briefly(checks: readonly Check[]): Pick<Check, "code" | "title" | "status" | "value">[] {
  return checks.map(({ code, title, status, value }) => ({ code, title, status, value }));
}

function checkText({ status, title, value, evidence, advice }: Check): string {
  const shown = evidence === undefined ? "" : ` ${JSON.stringify(evidence)}`;
  return `${status}: ${title}: ${value}${shown}\n  ${advice}`;
}

function modelOf({ model }: ModelOptions): { model?: string } {
  return model === undefined ? {} : { model };
}

function outOf({ out }: { readonly out?: string }): { out?: string } {
  return out === undefined ? {} : { out: fromStanding(out) };
}

function parseFraction(text: string, option: string): number {
  const share = Number(text);
  if (share > 0 && share <= 1) return share;
  throw new UsageError(
    `Cannot read ${option}: it must be in (0, 1], such as 0.1, current value is "${text}"`,
  );
}
