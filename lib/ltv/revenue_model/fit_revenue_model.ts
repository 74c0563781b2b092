import { type Check, DISPLAY, type Displayable, ensure } from "../../core/mod.ts";
import type { Split } from "../../evaluate/mod.ts";
import { ensureRevenueRows, type RevenueRows } from "../revenue_rows.ts";
import { takeRevenueRows } from "../select.ts";
import {
  fitStack,
  type LearnerName,
  type LearnerOptions,
  type PartForecasts,
  type StackOptions,
} from "../stacking/mod.ts";
import { takeParts } from "../stacking/part_forecast.ts";
import {
  type BuyersFit,
  fitBuyers,
  type FitBuyersOptions,
  fitOrderedRevenue,
  type FitOrderedRevenueOptions,
  type OrderedRevenueFit,
  revenueFolds,
} from "../stages/mod.ts";
import { balanceOf, balancePaths } from "./balance.ts";
import { apartFromTraining, calibrate } from "./calibrate.ts";
import { fitBeside } from "./fit_beside.ts";
import { compareParts, crossStacked, type PartRow, partTable } from "./part_table.ts";
import { type RevenueForecasts, scaledPaths } from "./revenue_forecasts.ts";
import { RevenueModel } from "./revenue_model.ts";
import { atHorizons, sharedHorizons, stageParts, takeStages } from "./stage_forecasts.ts";

/** Options of {@linkcode fitRevenueModel}. */
export interface FitRevenueModelOptions {
  /** Of everything that is drawn. */
  readonly seed: number;
  /** Which rows judge a fit of which others, for all stages. @default {revenueFolds(rows, { seed })} */
  readonly folds?: readonly Split[];
  /** Of stage 1. */
  readonly buyers?: Omit<FitBuyersOptions, "seed" | "folds" | "onProgress" | "signal">;
  /** Of stage 2. */
  readonly revenue?: Omit<FitOrderedRevenueOptions, "seed" | "folds" | "onProgress" | "signal">;
  /** What stands beside the stages. @default {["elasticNet", "randomForest", "boosting"]} */
  readonly learners?: readonly LearnerName[];
  /** How they grow. @default as {@linkcode fitLearner} */
  readonly learning?: Pick<LearnerOptions, "rounds" | "trees" | "mostLinearRows">;
  /** Of the meta-learners. */
  readonly stack?: Pick<StackOptions, "deltas" | "power">;
  /**
   * Later rows whose revenue is known, on which nothing else is fitted: sets and totals are calibrated on them. Rows of users of the training
   * rows are left out. @default the training rows, as they were foretold out of fold
   */
  readonly calibration?: RevenueRows;
  /** Of sets, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** Told after each fit of a step. */
  readonly onProgress?: (step: string, done: number, of: number) => void;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Stages 1 to 3, and how they did on rows that they were not fitted on. */
export interface RevenueModelFit extends Displayable {
  /** Fitted on all rows. */
  readonly model: RevenueModel;
  /** Stage 1. */
  readonly buyers: BuyersFit;
  /** Stage 2. */
  readonly revenue: OrderedRevenueFit;
  /** Each part alone and the stack, out of fold, up to the last horizon. */
  readonly parts: readonly PartRow[];
  /** Rows that folds judged and whose revenue up to the last horizon is known, ascending. */
  readonly judged: Uint32Array;
  /** Forecasts out of fold of the rows in `judged`. */
  readonly outOfFold: RevenueForecasts;
  /** Of all stages. */
  readonly checks: readonly Check[];
}

const ACTION = "fit a revenue model";

/**
 * Who buys (stage 1), what for (stage 2), both stacked with other learners (stage 3), sets by label class and totals with intervals.
 *
 * What one stage tells the next is said out of fold. Folds are shared: stages 2 and 3 read of each row what models say that never saw its user
 * and, with `temporal` folds, never saw its future. The level of means is that of all rows: they add up to what these spent by each horizon
 * ({@linkcode RevenueModelParts.balance}). What drifts after them is not extrapolated; intervals of totals have to bear it.
 *
 * @throws {RangeError} If rows do not fit together, buyers are too few, or an option is out of range.
 */
export async function fitRevenueModel(
  rows: RevenueRows,
  options: FitRevenueModelOptions,
): Promise<RevenueModelFit> {
  ensureRevenueRows(ACTION, rows);
  const later = options.calibration && apartFromTraining(options.calibration, rows);
  const { seed, folds = revenueFolds(rows, { seed }) } = options;
  const { learners: names = ["elasticNet", "randomForest", "boosting"] } = options;
  const buyers = await fitBuyers(rows, { ...options.buyers, seed, folds, ...told(options, "buyers") });
  const revenue = await fitOrderedRevenue(rows, {
    ...options.revenue,
    seed,
    folds,
    ...told(options, "revenue"),
  });
  const horizons = sharedHorizons(buyers.model, revenue.model), last = horizons.at(-1);
  ensure(last !== undefined, ACTION, "horizons", "some that both stages could learn", "none");
  const amounts = rows.revenue[rows.horizons.indexOf(last)]!;
  const beside = fitBeside(rows, amounts, folds, names, {
    ...options.learning,
    seed,
    ...told(options, "learners"),
  });

  // From here on only what was said out of fold, of rows whose revenue is known.
  const stages = atHorizons(
    buyers.model.horizons,
    buyers.outOfFold,
    revenue.model.horizons,
    revenue.outOfFold,
  );
  const judged = Uint32Array.from(amounts.keys())
    .filter((i) => !Number.isNaN(amounts[i]!) && !Number.isNaN(stages.probability.at(-1)![i]!));
  const said = takeStages(stages, judged), own = takeRevenueRows(rows, judged);
  const alone: PartForecasts = { stages: stageParts(said).at(-1)!, ...takeParts(beside.outOfFold, judged) };
  const spent = own.revenue[rows.horizons.indexOf(last)]!, how = { users: own.users, seed, ...options.stack };
  const stack = fitStack(alone, spent, how);
  const stacked = scaledPaths(horizons, said, stack.combine(alone));
  const outOfFold = { ...stacked, expectedRevenue: balanced(stacked, own).paths };

  const unbalanced = {
    ...{ buyers: buyers.model, revenue: revenue.model, learners: beside.fitted, stack },
    ...{ balance: horizons.map(() => 1), sets: [], totals: [] },
  };
  const { factors: balance } = balanced(new RevenueModel(unbalanced).predict(rows.features), rows);
  const bare = { ...unbalanced, balance };
  const history = later
    ? { rows: later.rows, forecasts: new RevenueModel(bare).predict(later.rows.features) }
    : { rows: own, forecasts: outOfFold };
  const calibrated = calibrate(history, options);
  const parts = compareParts({ ...alone, stack: crossStacked(alone, spent, how) }, spent, own.users);
  return {
    model: new RevenueModel({ ...bare, ...calibrated }),
    buyers,
    revenue,
    parts,
    judged,
    outOfFold,
    checks: [
      ...buyers.checks,
      ...revenue.checks,
      ...(later ? [later.check] : []),
      ...calibrated.sets.flatMap(({ checks }) => checks),
    ],
    [DISPLAY]: () =>
      partTable(parts, `Revenue up to day ${last} out of fold, ${judged.length} rows`)[DISPLAY](),
  };
}

/** Means that add up to what these rows spent by each horizon, and the factors on what each horizon adds that make them so. */
function balanced(
  { horizons, expectedRevenue }: RevenueForecasts,
  { horizons: known, revenue }: RevenueRows,
): { readonly factors: readonly number[]; readonly paths: readonly Float64Array[] } {
  const factors = balanceOf(expectedRevenue, horizons.map((days) => revenue[known.indexOf(days)]!));
  return { factors, paths: balancePaths(expectedRevenue, factors) };
}

/** Progress of one step, and the signal. */
function told(
  { onProgress, signal }: FitRevenueModelOptions,
  step: string,
): { readonly onProgress?: (done: number, of: number) => void; readonly signal?: AbortSignal } {
  return {
    ...(onProgress ? { onProgress: (done: number, of: number) => onProgress(step, done, of) } : {}),
    ...(signal ? { signal } : {}),
  };
}
