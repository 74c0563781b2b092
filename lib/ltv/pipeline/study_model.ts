import { join } from "node:path";
import type { Check, Matrix } from "../../core/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";
import {
  type BuyerStage,
  fitBuyers,
  fitOrderedRevenue,
  loadBuyers,
  loadOrderedRevenue,
  type OrderedRevenue,
  revenueFolds,
} from "../stages/mod.ts";
import { rmsleForecast } from "../outputs/mod.ts";
import type { LtvConfig } from "./config.ts";
import type { RunOptions } from "./run.ts";

/** What is said of rows, by horizon, then by row. */
export interface RevenuePrediction {
  /** P of a purchase. */
  readonly probability: readonly Float64Array[];
  /** The mean of revenue: for totals and decisions. */
  readonly expectedRevenue: readonly Float64Array[];
  /** The forecast for RMSLE, and for nothing else. */
  readonly rmsleForecast: readonly Float64Array[];
}

/** The model of a study. Immutable; made by training or loaded from an artefact. */
export class StudyModel {
  /** Who buys, and what for. */
  constructor(readonly buyers: BuyerStage, readonly revenue: OrderedRevenue) {}

  /** Days, rising; those that could not be learnt are not among them. */
  get horizons(): readonly number[] {
    return this.buyers.horizons.filter((days) => this.revenue.horizons.includes(days));
  }

  /** Both outputs. A row's prediction does not depend on the rows beside it. */
  predict(features: Matrix): RevenuePrediction {
    const chances = this.buyers.predict(features), given = this.revenue.predict(features);
    const ofBuyers = this.horizons.map((days) => chances[this.buyers.horizons.indexOf(days)]!);
    const places = this.horizons.map((days) => this.revenue.horizons.indexOf(days));
    return {
      probability: ofBuyers,
      expectedRevenue: places.map((at, h) => given.revenue[at]!.map((mean, i) => ofBuyers[h]![i]! * mean)),
      rmsleForecast: places.map((at, h) => rmsleForecast(ofBuyers[h]!, given.logRevenue[at]!)),
    };
  }

  /** Saves to a folder, from which {@linkcode loadStudyModel} predicts the same to the last bit. */
  async save(folder: string): Promise<void> {
    await this.buyers.save(join(folder, "buyers.json"));
    await this.revenue.save(join(folder, "revenue.json"));
  }
}

/** Loads what {@linkcode StudyModel.save} saved. */
export async function loadStudyModel(folder: string): Promise<StudyModel> {
  return new StudyModel(
    await loadBuyers(join(folder, "buyers.json")),
    await loadOrderedRevenue(join(folder, "revenue.json")),
  );
}

/** Fits all stages on rows that are in memory. */
export async function fitStudyModel(
  rows: RevenueRows,
  { seed, target, stages }: LtvConfig,
  { signal, onProgress, log }: RunOptions,
  step: string,
): Promise<{ readonly model: StudyModel; readonly checks: readonly Check[] }> {
  const folds = revenueFolds(rows, { seed, folds: stages.folds, strategy: stages.foldStrategy });
  const watch = (stage: string) => ({
    ...(signal ? { signal } : {}),
    ...(onProgress
      ? { onProgress: (done: number, of: number) => onProgress({ step: `${stage} of ${step}`, done, of }) }
      : {}),
  });
  const buyers = await fitBuyers(rows, { seed, folds, ...stages.buyers, ...watch("buyers") });
  log?.({ event: "buyers", of: step, auc: buyers.auc.map(({ estimate }) => estimate) });
  const revenue = await fitOrderedRevenue(rows, {
    seed,
    folds,
    ...(target.horizonWeights ? { horizonWeights: target.horizonWeights } : {}),
    ...stages.revenue,
    ...watch("revenue"),
  });
  log?.({ event: "revenue", of: step, scores: revenue.scores });
  return {
    model: new StudyModel(buyers.model, revenue.model),
    checks: [...buyers.checks, ...revenue.checks],
  };
}
