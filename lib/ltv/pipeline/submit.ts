import type { Check } from "../../core/mod.ts";
import { relationOf } from "../../data/mod.ts";
import { findArtefact } from "./artefact.ts";
import type { LtvConfig } from "./config.ts";
import { openEvents, testWindow } from "./events.ts";
import { defaultPredictions, outputColumn } from "./predict.ts";
import type { RunOptions } from "./run.ts";
import { checkSubmission } from "./submission.ts";

/** Options of {@linkcode submitPipeline}. */
export interface SubmitOptions extends RunOptions {
  /** The CSV of predictions. @default {what `predict` wrote for the newest model} */
  readonly predictions?: string;
  /** The CSV to write. @default {none: check only} */
  readonly out?: string;
  /** Put rows into the order of the window instead of refusing another one. @default {false} */
  readonly alignOrder?: boolean;
}

/** What came of handing in. */
export interface SubmissionResult {
  /** Rows that the window asks for. */
  readonly rows: number;
  /** What was checked. */
  readonly checks: readonly Check[];
  /** Whether no check fails. */
  readonly ready: boolean;
  /** The column that is handed in. */
  readonly column: string;
  /** What was written; undefined where nothing was. */
  readonly written?: string;
}

/**
 * Checks predictions of the test window row by row, and writes what is handed in once all is right.
 *
 * @throws {RangeError} If the predictions are not there or lack the column.
 */
export async function submitPipeline(
  config: LtvConfig,
  options: SubmitOptions = {},
): Promise<SubmissionResult> {
  const { out, alignOrder = false, log } = options, { output, horizon } = config.submission;
  const predictions = options.predictions ??
    defaultPredictions(config, (await findArtefact(config.output)).name);
  const { partitions, check } = await openEvents(config, options, testWindow(config));
  const expected = `SELECT row_id FROM ${
    relationOf({ partitions }, ["row_id", "datetime"])
  } ORDER BY datetime, row_id`;
  const column = outputColumn(output, horizon);
  const { rows, checks, ready, write } = await checkSubmission({ predictions, column, expected, alignOrder });
  const result = { rows, checks: [check, ...checks], ready, column };
  log?.({
    event: "submission",
    predictions,
    column,
    rows,
    ready,
    failed: checks.filter((c) => c.status === "fail").map((c) => c.code),
  });
  if (!ready || out === undefined) return result;
  await write(out);
  return { ...result, written: out };
}
