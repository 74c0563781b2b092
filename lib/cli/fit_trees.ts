import { type Check, check, DISPLAY, mean, progressBar } from "../core/mod.ts";
import type { Table } from "../data/mod.ts";
import {
  auc,
  compareModels,
  crossValidate,
  type Interval,
  intervalText,
  logLoss,
  type Metric,
  rootMeanSquaredError,
  stratifiedFolds,
  take,
  type Values,
} from "../evaluate/mod.ts";
import { type FittedTrees, fitTrees, type FitTreesOptions, type TreesSchema } from "../trees/mod.ts";
import { openData, withOutcome } from "./open_data.ts";
import { fromStanding } from "./place.ts";
import { splitNames, usableColumns } from "./usable_columns.ts";
import { parseCount, UsageError } from "./usage.ts";

interface TreesOptions {
  readonly target: string;
  readonly features?: string;
  readonly grower: string;
  readonly depth: string;
  readonly rounds: string;
  readonly learningRate: string;
  readonly folds: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** `credible fit trees`: audit, cross-validation, verdict. Exits with 1 when the trees know no more than the base rate. */
export async function trees(data: string, options: TreesOptions): Promise<number> {
  const folds = parseCount(options.folds, "--folds");
  const table = withOutcome(await openData(data), options.target, options.json);
  const columns = options.features === undefined
    ? usableColumns(table, { ...options, mostLevels: 255 })
    : splitNames(options.features);
  const settings = { ...settingsOf(options), columns };
  const model = fitTrees(table, settings);
  using bar = options.json ? undefined : progressBar("folds", folds);
  const judged = await judge(table, settings, model.schema, folds, (done) => bar?.update(done));
  bar?.finish();
  if (options.out !== undefined) await model.save(fromStanding(options.out));
  if (options.json) {
    console.log(JSON.stringify(summaryOf(judged, model, table.rows)));
  } else {
    console.log(model[DISPLAY]()["text/plain"]);
    for (const [name, score] of judged.scores) console.log(`${name}: ${intervalText(score)}`);
    console.log(`${judged.verdict.status}: ${judged.verdict.title}: ${intervalText(judged.gain)}`);
    if (judged.verdict.status === "fail") console.log(judged.verdict.advice);
    if (options.out !== undefined) console.log(`saved: ${options.out}`);
  }
  return judged.verdict.status === "fail" ? 1 : 0;
}

function settingsOf(options: TreesOptions): FitTreesOptions {
  const { grower } = options;
  if (grower !== "symmetric" && grower !== "leafwise") {
    throw new UsageError(`Cannot fit: --grower must be symmetric or leafwise, current value is ${grower}`);
  }
  return {
    target: options.target,
    grower,
    depth: parseCount(options.depth, "--depth"),
    rounds: parseCount(options.rounds, "--rounds"),
    learningRate: Number(options.learningRate),
    seed: Number(options.seed),
  };
}

interface Judged {
  readonly scores: readonly (readonly [string, Interval])[];
  /** By how much the loss is below that of the constant prediction. */
  readonly gain: Interval;
  readonly verdict: Check;
}

/** How a target is predicted and judged: as a chance, one of several, or a number. */
interface Task {
  readonly labels: Float64Array;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly loss: string;
  /** What is judged of a prediction: the chance of yes, the chance given to what happened, or the number. */
  readonly predict: (model: FittedTrees, rows: Uint32Array) => Float64Array;
  /** The same of who knows the training rows' target only. */
  readonly constant: (train: Uint32Array, rows: Uint32Array) => Float64Array;
}

/** Out of fold, against the rate or the mean of the training rows. */
async function judge(
  table: Table,
  settings: FitTreesOptions,
  schema: TreesSchema,
  folds: number,
  onProgress: (done: number) => void,
): Promise<Judged> {
  const task = taskOf(table, schema);
  const { labels, metrics } = task;
  const isNumber = task.loss === "root mean squared error";
  const strata = isNumber ? new Uint8Array(table.rows) : labels;
  const splits = stratifiedFolds(strata, { folds, seed: settings.seed ?? 0 });
  const trees = await crossValidate({
    ...{ labels, splits, metrics, onProgress },
    fit: (train) => {
      const model = fitTrees(table.take(train), settings);
      return (rows) => task.predict(model, rows);
    },
  });
  const constant = await crossValidate({
    ...{ labels, splits, metrics: { [task.loss]: metrics[task.loss]! } },
    fit: (train) => (rows) => task.constant(train, rows),
  });
  const gain = compareModels(constant, trees, task.loss);
  return {
    scores: Object.keys(metrics).map((name) => [name, trees.score(name)] as const),
    gain,
    verdict: check({
      code: "skill",
      title: `${task.loss} saved against the ${isNumber ? "mean" : "base rate"} alone`,
      value: gain.low,
      limit: { above: 0 },
      advice: "These columns do not tell more than the rate of the whole: do not use the predictions.",
    }),
  };
}

function taskOf(table: Table, { target, classes }: TreesSchema): Task {
  const column = table.column(target);
  const labels = classes === undefined ? table.numbers(target) : Float64Array.from(
    { length: table.rows },
    (_, row) =>
      classes.indexOf(
        column.kind === "category" ? column.levels[column.codes[row]!]! : String(column.values[row]!),
      ),
  );
  const shares = (train: Uint32Array, of: number): number =>
    train.reduce((n, row) => n + Number(labels[row] === of), 0) / train.length;
  if (classes === undefined) {
    return {
      ...{
        labels,
        loss: "root mean squared error",
        metrics: { "root mean squared error": rootMeanSquaredError },
      },
      predict: (model, rows) => model.predict(table.take(rows)),
      constant: (train, rows) => new Float64Array(rows.length).fill(mean(take(labels, train))),
    };
  }
  if (classes.length === 2) {
    return {
      ...{
        labels,
        loss: "log loss",
        metrics: { AUC: auc, "log loss": (y: Values, p: Values) => logLoss(y, p) },
      },
      predict: (model, rows) => model.predict(table.take(rows)),
      constant: (train, rows) => new Float64Array(rows.length).fill(shares(train, 1)),
    };
  }
  return {
    ...{
      labels,
      loss: "log loss",
      metrics: { "log loss": (_: Values, p: Values) => -mean(Float64Array.from(p, Math.log)) },
    },
    predict: (model, rows) => {
      const { values, columns } = model.predictProba(table.take(rows));
      return Float64Array.from(rows, (row, i) => values[i * columns + labels[row]!]!);
    },
    constant: (train, rows) => Float64Array.from(rows, (row) => shares(train, labels[row]!)),
  };
}

function summaryOf(
  { scores, gain, verdict }: Judged,
  model: FittedTrees,
  rows: number,
): Record<string, unknown> {
  const ends = ({ estimate, low, high }: Interval): Record<string, number> => ({ estimate, low, high });
  return {
    status: verdict.status,
    rows,
    trees: model.forest.trees.length,
    scores: Object.fromEntries(scores.map(([name, score]) => [name, ends(score)])),
    gain: ends(gain),
    importance: model.importance(),
  };
}
