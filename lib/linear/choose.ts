import {
  DISPLAY,
  type Displayable,
  ensure,
  escapeHtml,
  type Matrix,
  matrix,
  type MimeBundle,
  row,
} from "../core/mod.ts";
import { type FoldOptions, type Split, stratifiedFolds, type Values } from "../evaluate/mod.ts";
import type { LinearModel } from "./linear_model.ts";
import { LOGISTIC, SQUARED } from "./loss.ts";
import { fitElasticNetPath, fitLogisticPath, type LinearPath, type PathOptions } from "./path.ts";

/** Options of {@linkcode chooseLogistic} and {@linkcode chooseElasticNet}. */
export interface ChooseOptions extends PathOptions, FoldOptions {
  /** Splits of your own (grouped, temporal) in place of folds drawn by the seed; rows tested by none are not judged. */
  readonly splits?: readonly Split[];
  /** The best strength, or the strongest within one standard error of it (a simpler model). @default {"best"} */
  readonly rule?: "best" | "oneStandardError";
}

/** A penalty chosen by what was predicted for rows that the fit had not seen. */
export interface Choice extends Displayable {
  /** The strengths, descending. */
  readonly lambdas: readonly number[];
  /** The mean out-of-fold loss of each: −log likelihood, or half the squared error. */
  readonly losses: readonly number[];
  /** Its standard error over folds. */
  readonly standardErrors: readonly number[];
  /** Position of the chosen strength. */
  readonly chosen: number;
  /** The chosen strength. */
  readonly lambda: number;
  /** The fit on all rows at that strength. */
  readonly model: LinearModel;
  /** The choice in a line, then the model. */
  [DISPLAY](): MimeBundle;
}

/**
 * Chooses the strength of a logistic elastic net by the log loss out of fold, folds stratified by label.
 *
 * @throws {RangeError} As {@linkcode fitLogistic}, also where the rows of a fold are of one class.
 *
 * @example
 * ```ts
 * import { createRng, matrix } from "credible/core";
 * import { chooseLogistic } from "credible/linear";
 * const rng = createRng(7, "example");
 * const x = matrix(80, 3, rng.normals(240));
 * const y = Array.from({ length: 80 }, (_, i) => Number(x.values[3 * i]! + rng.normal() > 0));
 * const { lambda, model } = chooseLogistic(x, y, { seed: 7, count: 20 });
 * ```
 */
export function chooseLogistic(x: Matrix, y: Values, options: ChooseOptions): Choice {
  return choose(x, y, options, fitLogisticPath, LOGISTIC.value, y);
}

/**
 * Chooses the strength of a linear elastic net by half the squared error out of fold.
 *
 * @throws {RangeError} As {@linkcode fitElasticNet}.
 */
export function chooseElasticNet(x: Matrix, y: Values, options: ChooseOptions): Choice {
  return choose(x, y, options, fitElasticNetPath, SQUARED.value, new Uint8Array(x.rows));
}

function choose(
  x: Matrix,
  y: Values,
  options: ChooseOptions,
  fitPath: (x: Matrix, y: Values, options: PathOptions) => LinearPath,
  lossAt: (eta: number, y: number) => number,
  strata: Values,
): Choice {
  const all = fitPath(x, y, options);
  const splits = options.splits ?? stratifiedFolds(strata, options);
  ensure(splits.length > 1, "choose a penalty", "splits", "two or more", splits.length);
  const folds = splits.map((split) => {
    const train = takeRows(x, y, options, split.train), test = takeRows(x, y, options, split.test);
    const { models } = fitPath(train.x, train.y, { ...options, ...train.options, lambdas: all.lambdas });
    const weight = sumOf(test.weights);
    return { weight, losses: models.map((model) => foldLoss(model, test, lossAt) / weight) };
  });
  const total = sumOf(folds.map((fold) => fold.weight));
  const losses = all.lambdas.map((_, k) => sumOf(folds.map((f) => f.weight * f.losses[k]!)) / total);
  const standardErrors = losses.map((mean, k) =>
    Math.sqrt(sumOf(folds.map((f) => f.weight * (f.losses[k]! - mean) ** 2)) / total / (folds.length - 1))
  );
  const best = losses.indexOf(Math.min(...losses));
  const near = losses[best]! + standardErrors[best]!;
  const chosen = options.rule === "oneStandardError" ? losses.findIndex((loss) => loss <= near) : best;
  ensure(chosen >= 0, "choose a penalty", "out-of-fold losses", "numbers", losses);
  const choice = { lambdas: all.lambdas, losses, standardErrors, chosen, lambda: all.lambdas[chosen]! };
  return {
    ...choice,
    model: all.models[chosen]!,
    [DISPLAY]: () => show(choice, folds.length, all.models[chosen]!),
  };
}

interface Rows {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly weights: Float64Array;
  readonly options: Pick<PathOptions, "weights" | "offsets">;
}

function takeRows(x: Matrix, y: Values, options: PathOptions, rows: Uint32Array): Rows {
  const values = new Float64Array(rows.length * x.columns);
  rows.forEach((from, to) => values.set(row(x, from), to * x.columns));
  const take = (column: Values): Float64Array => Float64Array.from(rows, (i) => column[i]!);
  return {
    x: matrix(rows.length, x.columns, values),
    y: take(y),
    weights: options.weights ? take(options.weights) : new Float64Array(rows.length).fill(1),
    options: {
      ...(options.weights ? { weights: take(options.weights) } : {}),
      ...(options.offsets ? { offsets: take(options.offsets) } : {}),
    },
  };
}

function foldLoss(model: LinearModel, test: Rows, lossAt: (eta: number, y: number) => number): number {
  return sumOf(
    model.linearPredictor(test.x, test.options.offsets)
      .map((eta, i) => test.weights[i]! * lossAt(eta, test.y[i]!)),
  );
}

function sumOf(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function show(
  { lambda, losses, standardErrors, chosen }: Pick<Choice, "lambda" | "losses" | "standardErrors" | "chosen">,
  folds: number,
  model: LinearModel,
): MimeBundle {
  const edge = chosen === losses.length - 1 ? " It is the weakest tried: try weaker ones." : "";
  const line = `λ = ${lambda.toPrecision(3)} of ${losses.length}, by ${folds} folds: loss ` +
    `${losses[chosen]!.toPrecision(4)} ± ${standardErrors[chosen]!.toPrecision(2)}.${edge}`;
  const shown = model[DISPLAY]();
  return {
    "text/plain": `${line}\n${shown["text/plain"]}`,
    "text/html": `<p>${escapeHtml(line)}</p>${shown["text/html"]}`,
  };
}
