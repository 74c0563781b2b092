import { fitIncreasing, isotonicAt } from "../../calibration/mod.ts";
import { ensure, sum } from "../../core/mod.ts";
import type { Split } from "../../evaluate/mod.ts";
import { boostAsync, type Forest } from "../../trees/mod.ts";
import { ensureRevenueRows, type RevenueRows } from "../revenue_rows.ts";
import { ensureFolds, revenueFolds } from "./folds.ts";
import { usableHorizons } from "./horizons.ts";
import { type HorizonLabels, type HorizonLoss, huberLoss, orderedLoss, squaredLoss } from "./ordered_loss.ts";
import {
  meanLoss,
  type MeanObjective,
  OrderedRevenue,
  type OrderedRevenueParts,
  type OrderForm,
  type RevenueGivenPurchase,
  rising,
} from "./ordered_revenue.ts";
import { judgedBuyers, type OrderedRevenueFit, reportOf } from "./ordered_revenue_fit.ts";
import { resample, type ResampleOptions } from "./resample.ts";
import { takeRows, takeValues } from "../select.ts";
import { byOutput, STAGE_TREES, type StageTrees } from "./stage_trees.ts";

/** Options of {@linkcode fitOrderedRevenue}. */
export interface FitOrderedRevenueOptions {
  /** Of folds, resampling and trees. */
  readonly seed: number;
  /** Which rows judge a fit of which others; share them with stage 1. @default {revenueFolds(rows, { seed })} */
  readonly folds?: readonly Split[];
  /** How the order is kept. @default {"ordered"} */
  readonly form?: OrderForm;
  /** What means are fitted by; with few buyers their logs teach more than their amounts. @default {"smearing"} */
  readonly objective?: MeanObjective;
  /** Errors of log1p above this count in proportion instead of squared, above 0. @default {Infinity}, which fits the mean */
  readonly huberDelta?: number;
  /** λ: how much each horizon of the rows counts, above 0. @default all 1 */
  readonly horizonWeights?: readonly number[];
  /** Of the buyers of each training fold. @default {method "none"} */
  readonly resample?: Omit<ResampleOptions, "seed" | "index">;
  /** How trees grow. @default {80 trees of 4 leaves from 0.3 of the columns, of 10 rows a leaf at least, each taken by 0.05} */
  readonly trees?: StageTrees;
  /** Told after each fit. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

const ACTION = "fit ordered revenue";

/**
 * Stage 2: revenue by 1, 7 and 14 days of those who buy by then. Its two answers serve two questions and are never one number: the mean
 * of revenue, and the mean of its logarithm. In the ordered form all horizons are fitted together through a cumulative sum that cannot
 * fall ({@linkcode orderedLoss} has the formulas); the independent form is kept to compare with.
 *
 * @throws {RangeError} If rows do not fit together, there are fewer than ten buyers by every horizon, or an option is out of range.
 * @see Li et al. 2022, https://arxiv.org/abs/2208.13358
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { fitOrderedRevenue, type RevenueRows } from "credible/ltv";
 * const n = 200, rng = createRng(7, "example"), x = rng.normals(n), ids = Float64Array.from(x.keys());
 * const first = x.map((v) => Math.exp(v)), rows: RevenueRows = {
 *   features: { rows: n, columns: 1, values: x },
 *   names: ["spent before"],
 *   ids,
 *   users: ids,
 *   times: new Float64Array(n),
 *   horizons: [1, 7],
 *   revenue: [first, first.map((amount) => 2 * amount)],
 * };
 * const { model } = await fitOrderedRevenue(rows, { seed: 7, trees: { rounds: 20 } });
 * const { revenue, logRevenue } = model.predict(rows.features); // E[R | buy] and E[log(1 + R) | buy], by horizon
 * ```
 */
export async function fitOrderedRevenue(
  rows: RevenueRows,
  options: FitOrderedRevenueOptions,
): Promise<OrderedRevenueFit> {
  ensureRevenueRows(ACTION, rows);
  const { seed, folds = revenueFolds(rows, { seed }), horizonWeights = rows.horizons.map(() => 1) } = options;
  ensure(
    horizonWeights.length === rows.horizons.length && horizonWeights.every((w) => w > 0 && w < Infinity),
    ACTION,
    "horizonWeights",
    `${rows.horizons.length} numbers above 0, one a horizon`,
    horizonWeights,
  );
  ensureFolds(ACTION, rows, folds);
  const { places, days, checks: left } = usableHorizons(ACTION, rows);
  const amounts = places.map((place) => rows.revenue[place]!.map((amount) => amount > 0 ? amount : NaN));
  const task: Task = {
    rows,
    days,
    amounts,
    latest: rows.ids.map((_, i) =>
      amounts.reduce((found, column) => Number.isNaN(column[i]!) ? found : column[i]!, NaN)
    ),
    weights: places.map((place) => horizonWeights[place]!),
    options: { ...options, seed },
  };
  const all = Uint32Array.from(rows.ids, (_, i) => i);
  const fitted: OrderedRevenueParts[] = [];
  for (const [f, within] of [...folds.map(({ train }) => train), all].entries()) {
    fitted.push(await fitParts(task, within, f));
    options.onProgress?.(f + 1, folds.length + 1);
  }
  const parts = fitted.pop()!;
  const factors = factorsOf(parts, amounts, judge(task, fitted, folds).revenue);
  const balanced = fitted.map((fold) => ({ ...fold, factors }));
  const unclipped = judge(task, balanced, folds);
  const outOfFold = { logRevenue: rising(unclipped.logRevenue), revenue: rising(unclipped.revenue) };
  const model = new OrderedRevenue({ ...parts, factors });
  return { model, outOfFold, folds, ...reportOf(model, outOfFold, unclipped, amounts, left) };
}

/** What every fit of a fold shares. */
interface Task {
  readonly rows: RevenueRows;
  readonly days: readonly number[];
  /** By usable horizon, by row: what buyers spent, NaN for others. */
  readonly amounts: HorizonLabels;
  /** By row: the amount of the longest horizon that is known; NaN for who did not buy. */
  readonly latest: Float64Array;
  readonly weights: readonly number[];
  readonly options: FitOrderedRevenueOptions;
}

/** Fits one fold's forests, not yet balanced. */
async function fitParts(task: Task, within: Uint32Array, index: number): Promise<OrderedRevenueParts> {
  const { rows, days, amounts, latest, options } = task;
  const { form = "ordered", objective = "smearing", huberDelta = Infinity, seed, resample: way = {} } =
    options;
  const buyers = within.filter((i) => !Number.isNaN(latest[i]!));
  ensure(buyers.length >= 2, ACTION, `buyers of training fold ${index}`, "two or more", buyers.length);
  const drawn = resample(takeValues(latest, buyers), { ...way, seed, index });
  const train = { places: drawn.rows.map((i) => buyers[i]!), weights: drawn.weights };
  const logs = amounts.map((column) => column.map(Math.log1p));
  const logLoss = huberDelta === Infinity ? squaredLoss : huberLoss(huberDelta);
  return {
    names: rows.names,
    horizons: days,
    form,
    objective,
    logForests: await fitForests(task, logs, logLoss, train),
    meanForests: objective === "smearing" ? [] : await fitForests(task, amounts, meanLoss(objective), train),
    factors: days.map(() => 1),
  };
}

/** One forest a horizon, fitted together or one by one. */
async function fitForests(
  { rows, weights: horizonWeights, options }: Task,
  labels: HorizonLabels,
  loss: HorizonLoss,
  train: { readonly places: Uint32Array; readonly weights: Float64Array },
): Promise<Forest[]> {
  const { form = "ordered", trees, seed, signal } = options;
  const fit = async (columns: HorizonLabels, weights: readonly number[]): Promise<Forest[]> => {
    const known = Uint32Array.from(train.places, (_, i) => i)
      .filter((i) => columns.some((column) => !Number.isNaN(column[train.places[i]!]!)));
    const places = known.map((i) => train.places[i]!);
    const forest = await boostAsync(takeRows(rows.features, places), Float64Array.from(places), {
      ...STAGE_TREES,
      minRows: 10,
      ...trees,
      loss: orderedLoss(columns, loss, weights),
      weights: takeValues(train.weights, known),
      features: rows.names,
      seed,
      ...(signal ? { signal } : {}),
    });
    return byOutput(forest);
  };
  if (form === "ordered") return await fit(labels, horizonWeights);
  const forests: Forest[] = [];
  for (const column of labels) forests.push(...await fit([column], [1]));
  return forests;
}

/** What each fold's model says of the rows that it did not see, before clipping. */
function judge(
  { rows, days }: Task,
  fitted: readonly OrderedRevenueParts[],
  folds: readonly Split[],
): RevenueGivenPurchase {
  const empty = (): Float64Array[] => days.map(() => new Float64Array(rows.ids.length).fill(NaN));
  const judged = { logRevenue: empty(), revenue: empty() };
  for (const [f, { test }] of folds.entries()) {
    const { logRevenue, revenue } = new OrderedRevenue(fitted[f]!).predictUnclipped(
      takeRows(rows.features, test),
    );
    days.forEach((_, h) =>
      test.forEach((row, i) => {
        judged.logRevenue[h]![row] = logRevenue[h]![i]!;
        judged.revenue[h]![row] = revenue[h]![i]!;
      })
    );
  }
  return judged;
}

/**
 * What makes out-of-fold totals of buyers right: actual over predicted. Rising over horizons, for else it could break the order; where it
 * falls, neighbours share one (pooled adjacent violators, weighted by what was predicted).
 */
function factorsOf(
  { objective }: OrderedRevenueParts,
  amounts: HorizonLabels,
  predicted: readonly Float64Array[],
): number[] {
  const plus = objective === "smearing" ? 1 : 0; // exp of a mean of log(1 + R) stands for 1 + R
  const actual: number[] = [], said: number[] = [];
  amounts.forEach((column, h) => {
    const judged = judgedBuyers(column, predicted[h]!);
    actual.push(sum(takeValues(column, judged)) + plus * judged.length);
    said.push(sum(takeValues(predicted[h]!, judged)) + plus * judged.length);
  });
  const ratios = actual.map((total, h) => said[h]! > 0 ? total / said[h]! : 1);
  const level = fitIncreasing(ratios.map((_, h) => h), ratios, said.map((total) => Math.max(total, 1e-12)));
  return ratios.map((_, h) => isotonicAt(level, h));
}
