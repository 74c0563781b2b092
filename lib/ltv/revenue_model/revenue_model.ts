import { join } from "node:path";
import { DISPLAY, type Displayable, ensure, type Matrix, type MimeBundle } from "../../core/mod.ts";
import {
  loadRevenueSets,
  loadTotals,
  type PredictedRevenueSets,
  type RevenueSets,
  type RevenueSetsJson,
  type Totals,
  type TotalsModel,
  type TotalsOptions,
  type TotalsState,
} from "../outputs/mod.ts";
import {
  type FittedLearner,
  type LearnerJson,
  loadLearner,
  loadStack,
  type PartForecasts,
  type Stack,
  type StackJson,
} from "../stacking/mod.ts";
import { type BuyerStage, loadBuyers, loadOrderedRevenue, type OrderedRevenue } from "../stages/mod.ts";
import { loadContent, saveContent } from "../stages/store.ts";
import { balancePaths } from "./balance.ts";
import { type RevenueForecasts, scaledPaths } from "./revenue_forecasts.ts";
import { sharedHorizons, stageForecasts, stageParts } from "./stage_forecasts.ts";

/** What a {@linkcode RevenueModel} is made of. */
export interface RevenueModelParts {
  /** Stage 1. */
  readonly buyers: BuyerStage;
  /** Stage 2. */
  readonly revenue: OrderedRevenue;
  /** What stands beside the stages; may be none. */
  readonly learners: readonly FittedLearner[];
  /** Stage 3. */
  readonly stack: Stack;
  /** By horizon, what means add up to what was spent by: factors on what it adds to the horizon before. */
  readonly balance: readonly number[];
  /** By horizon. */
  readonly sets: readonly RevenueSets[];
  /** By horizon. */
  readonly totals: readonly TotalsModel[];
}

/** What a forecast of totals may be asked for. */
export interface ModelTotalsOptions extends TotalsOptions {
  /** Up to which day. @default {the last horizon} */
  readonly horizon?: number;
  /** The segment of each row. @default all of one */
  readonly segments?: ArrayLike<number | string>;
  /** The period of each row, such as its week: rows of one share its effect. @default all of one */
  readonly periods?: ArrayLike<number>;
}

const KIND = "revenue stack";

/** Stages 1 to 3 with sets and totals. Immutable; made by `fitRevenueModel` or `loadRevenueModel`. */
export class RevenueModel implements Displayable {
  /** What it is made of. */
  readonly parts: RevenueModelParts;

  /** Takes what was fitted or loaded. */
  constructor(parts: RevenueModelParts) {
    this.parts = parts;
  }

  /** Days, rising; those that could not be learnt are not among them. */
  get horizons(): readonly number[] {
    return sharedHorizons(this.parts.buyers, this.parts.revenue);
  }

  /** The columns that it reads. */
  get names(): readonly string[] {
    return this.parts.buyers.parts.names;
  }

  /**
   * Both outputs and probabilities. A row's forecast does not depend on the rows beside it.
   *
   * @throws {RangeError} If the number of columns is another.
   */
  predict(features: Matrix): RevenueForecasts {
    const { buyers, revenue, stack, balance } = this.parts;
    const stages = stageForecasts(buyers, revenue, features);
    const alone = { stages: stageParts(stages).at(-1)!, ...this.#learners(features) };
    const said = scaledPaths(this.horizons, stages, stack.combine(alone));
    return { ...said, expectedRevenue: balancePaths(said.expectedRevenue, balance) };
  }

  /** What each part says alone of revenue up to the last horizon. */
  partsAlone(features: Matrix): PartForecasts {
    const { buyers, revenue } = this.parts;
    return {
      stages: stageParts(stageForecasts(buyers, revenue, features)).at(-1)!,
      ...this.#learners(features),
    };
  }

  #learners(features: Matrix): PartForecasts {
    return Object.fromEntries(
      this.parts.learners.map((learner) => [learner.name, learner.predict(features)]),
    );
  }

  /**
   * The set of revenue of each row by its forecast.
   *
   * @param horizon Up to which day. @default {the last horizon}
   * @throws {RangeError} If the horizon is none of the model's.
   */
  sets(forecasts: RevenueForecasts, horizon: number = this.horizons.at(-1)!): PredictedRevenueSets {
    const h = this.#place(horizon);
    return this.parts.sets[h]!.predict({
      probability: forecasts.probability[h]!,
      meanLog: forecasts.logGivenPurchase[h]!,
    });
  }

  /**
   * Totals by segment with posterior predictive intervals.
   *
   * @throws {RangeError} If the horizon is none of the model's, or as {@linkcode TotalsModel.predict}.
   */
  totals(forecasts: RevenueForecasts, options: ModelTotalsOptions): Totals {
    const { horizon = this.horizons.at(-1)!, segments, periods } = options, h = this.#place(horizon);
    return this.parts.totals[h]!.predict({
      probability: forecasts.probability[h]!,
      expectedRevenue: forecasts.expectedRevenue[h]!,
      ...(segments ? { segments } : {}),
      ...(periods ? { periods } : {}),
    }, options);
  }

  #place(horizon: number): number {
    const h = this.horizons.indexOf(horizon);
    ensure(h >= 0, "ask a revenue model", "horizon", `one of ${this.horizons.join(", ")} days`, horizon);
    return h;
  }

  /**
   * Saves to a folder, from which `loadRevenueModel` predicts the same to the last bit.
   *
   * @throws {Error} If it cannot be written.
   */
  async save(folder: string): Promise<void> {
    const { buyers, revenue, ...rest } = this.parts;
    await buyers.save(join(folder, "buyers.json"));
    await revenue.save(join(folder, "revenue.json"));
    await saveContent(join(folder, "stack.json"), KIND, rest);
  }

  /** Says what it is. */
  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return this.parts.stack[DISPLAY]();
  }
}

/**
 * Loads what {@linkcode RevenueModel.save} saved.
 *
 * @throws {SyntaxError} If a file is cut short, edited, or of another kind or version.
 */
export async function loadRevenueModel(folder: string): Promise<RevenueModel> {
  const { learners, stack, balance, sets, totals } = await loadContent<{
    learners: LearnerJson[];
    stack: StackJson;
    balance: number[];
    sets: RevenueSetsJson[];
    totals: TotalsState[];
  }>(join(folder, "stack.json"), KIND);
  return new RevenueModel({
    buyers: await loadBuyers(join(folder, "buyers.json")),
    revenue: await loadOrderedRevenue(join(folder, "revenue.json")),
    learners: learners.map(loadLearner),
    stack: loadStack(stack),
    balance,
    sets: sets.map(loadRevenueSets),
    totals: totals.map(loadTotals),
  });
}
