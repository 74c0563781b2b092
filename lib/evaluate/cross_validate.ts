import { DISPLAY, type Displayable, ensure, escapeHtml, type MimeBundle } from "../core/mod.ts";
import type { Values } from "./binary.ts";
import { type Metric, resampledInterval } from "./compare.ts";
import { type Interval, intervalText } from "./interval.ts";
import type { Split } from "./split.ts";

/** Predicts for rows of the same table that it was fitted on other rows of. */
export type Predictor = (rows: Uint32Array) => Values | Promise<Values>;

/** Options of {@linkcode crossValidate}. */
export interface CrossValidateOptions {
  /** What is to be predicted, n values. */
  readonly labels: Values;
  /** From {@linkcode stratifiedFolds}, {@linkcode groupedFolds} or {@linkcode temporalFolds}. */
  readonly splits: readonly Split[];
  /** Fits on the given rows only, and gives back what predicts. */
  readonly fit: (train: Uint32Array, fold: FoldContext) => Predictor | Promise<Predictor>;
  /** What to judge by, by name. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Ends the work between folds, and within where `fit` heeds it. */
  readonly signal?: AbortSignal;
  /** Called after each fold. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a fit may need to know besides its rows. */
export interface FoldContext {
  /** Which split, from 0: an index for random streams. */
  readonly index: number;
  /** Set where the caller may want to stop. */
  readonly signal?: AbortSignal;
}

/** One split as it came out. */
export interface Fold {
  /** The rows. */
  readonly split: Split;
  /** Predictions for its test rows, in their order. */
  readonly predictions: Float64Array;
  /** Each metric on the test rows. */
  readonly scores: Readonly<Record<string, number>>;
}

/** What a cross-validation found; shows itself as the last line of a cell. */
export interface CrossValidation extends Displayable {
  /** One entry a split, in their order. */
  readonly folds: readonly Fold[];
  /** Out-of-fold predictions, n long: the mean over repeats, NaN for rows that no split judges. */
  readonly predictions: Float64Array;
  /** The mean of a metric over the splits, with the corrected interval; NaN in a fold makes it NaN. */
  score(metric: string, confidence?: number): Interval;
}

/**
 * Fits on each split's training rows and judges on its test rows. A fit never sees the rows that it is judged on, as long
 * as everything that learns (encodings, scales, tuning) happens inside `fit`.
 *
 * @throws {RangeError} If there are no splits or no metrics, or a predictor gives another number of values than rows.
 * @throws The signal's reason once it is aborted.
 *
 * @example
 * ```ts
 * import { mean } from "credible/core";
 * import { crossValidate, meanAbsoluteError, stratifiedFolds, take } from "credible/evaluate";
 * const spend = [3, 5, 4, 8, 6, 7];
 * const found = await crossValidate({
 *   labels: spend,
 *   splits: stratifiedFolds(new Uint8Array(6), { folds: 3, seed: 7 }),
 *   fit: (train) => {
 *     const level = mean(take(spend, train));
 *     return (rows) => new Float64Array(rows.length).fill(level);
 *   },
 *   metrics: { mae: meanAbsoluteError },
 * });
 * found.score("mae"); // the error of always saying the mean
 * ```
 */
export async function crossValidate(options: CrossValidateOptions): Promise<CrossValidation> {
  const { labels, splits, metrics, onProgress, signal } = options;
  ensure(splits.length > 0, "cross-validate", "splits", "one or more", splits.length);
  ensure(Object.keys(metrics).length > 0, "cross-validate", "metrics", "one or more", "none");
  const folds: Fold[] = [];
  for (const [index, split] of splits.entries()) {
    signal?.throwIfAborted();
    folds.push(await judge(options, split, index));
    onProgress?.(index + 1, splits.length);
  }
  const score = (metric: string, confidence = 0.95): Interval => scoreOf(folds, metric, confidence);
  return {
    folds,
    predictions: outOfFold(labels.length, folds),
    score,
    [DISPLAY]: () => show(Object.keys(metrics), folds.length, score),
  };
}

/**
 * How much better one model is than another, cross-validated on the same splits: the mean difference of a metric with the
 * interval that counts what another training sample would change.
 *
 * @returns The first's metric minus the second's.
 * @throws {RangeError} If the splits are not the same rows, or the metric is not in both.
 */
export function compareModels(
  first: CrossValidation,
  second: CrossValidation,
  metric: string,
  options: { readonly confidence?: number } = {},
): Interval {
  const same = first.folds.length === second.folds.length &&
    first.folds.every(({ split }, i) => sameRows(split, second.folds[i]!.split));
  ensure(same, "compare two models", "their splits", "the same", "different ones");
  const differences = scores(first.folds, metric).map((score, i) => score - scores(second.folds, metric)[i]!);
  return resampledInterval(differences, { ...options, testToTrain: testToTrain(first.folds) });
}

async function judge(options: CrossValidateOptions, split: Split, index: number): Promise<Fold> {
  const { labels, fit, metrics, signal } = options;
  const predict = await fit(split.train, signal ? { index, signal } : { index });
  const predictions = Float64Array.from(await predict(split.test));
  const rows = split.test.length;
  ensure(
    predictions.length === rows,
    "cross-validate",
    "the predictions",
    `${rows} long`,
    predictions.length,
  );
  const truth = Float64Array.from(split.test, (row) => labels[row]!);
  const entries = Object.entries(metrics).map(([name, metric]) => [name, metric(truth, predictions)]);
  return { split, predictions, scores: Object.fromEntries(entries) };
}

function outOfFold(rows: number, folds: readonly Fold[]): Float64Array {
  const total = new Float64Array(rows), times = new Uint32Array(rows);
  for (const { split, predictions } of folds) {
    split.test.forEach((row, i) => {
      total[row]! += predictions[i]!;
      times[row]!++;
    });
  }
  return total.map((sum, row) => sum / times[row]!);
}

function scores(folds: readonly Fold[], metric: string): number[] {
  const known = Object.keys(folds[0]!.scores);
  ensure(known.includes(metric), "find the score", "metric", `one of ${known.join(", ")}`, metric);
  return folds.map((fold) => fold.scores[metric]!);
}

function scoreOf(folds: readonly Fold[], metric: string, confidence: number): Interval {
  return resampledInterval(scores(folds, metric), { confidence, testToTrain: testToTrain(folds) });
}

function testToTrain(folds: readonly Fold[]): number {
  const ratios = folds.map(({ split }) => split.test.length / split.train.length);
  return ratios.reduce((a, b) => a + b, 0) / ratios.length;
}

function sameRows(a: Split, b: Split): boolean {
  return a.test.length === b.test.length && a.test.every((row, i) => row === b.test[i]) &&
    a.train.length === b.train.length && a.train.every((row, i) => row === b.train[i]);
}

function show(metrics: string[], folds: number, score: CrossValidation["score"]): MimeBundle {
  const lines = metrics.map((name) => {
    const value = folds > 1 ? intervalText(score(name)) : "one split, no interval";
    return { name, value };
  });
  return {
    "text/plain": [`${folds} splits`, ...lines.map(({ name, value }) => `${name}: ${value}`)].join("\n"),
    "text/html": `<table><caption>${folds} splits</caption><tbody>${
      lines.map(({ name, value }) =>
        `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`
      )
        .join("")
    }</tbody></table>`,
  };
}
