import type { Matrix } from "../../core/mod.ts";
import { takeValues } from "../select.ts";
import type { PartForecast } from "../stacking/mod.ts";
import type { BuyerStage, OrderedRevenue } from "../stages/mod.ts";

/** What stages 1 and 2 say, by horizon of both, then by row. */
export interface StageForecasts {
  /** P of a purchase by the horizon. */
  readonly probability: readonly Float64Array[];
  /** E[R | a purchase by the horizon]. */
  readonly meanGivenPurchase: readonly Float64Array[];
  /** E[log1p R | a purchase by the horizon]. */
  readonly logGivenPurchase: readonly Float64Array[];
}

/** Days that both stages know, rising. */
export function sharedHorizons(
  buyers: { readonly horizons: readonly number[] },
  revenue: { readonly horizons: readonly number[] },
): number[] {
  return buyers.horizons.filter((days) => revenue.horizons.includes(days));
}

/** What both stages say of rows. */
export function stageForecasts(
  buyers: BuyerStage,
  revenue: OrderedRevenue,
  features: Matrix,
): StageForecasts {
  const probability = buyers.predict(features), given = revenue.predict(features);
  return atHorizons(buyers.horizons, probability, revenue.horizons, given);
}

/** Both stages' answers at the horizons that they share. */
export function atHorizons(
  buyerHorizons: readonly number[],
  probability: readonly Float64Array[],
  revenueHorizons: readonly number[],
  given: { readonly revenue: readonly Float64Array[]; readonly logRevenue: readonly Float64Array[] },
): StageForecasts {
  const shared = sharedHorizons({ horizons: buyerHorizons }, { horizons: revenueHorizons });
  const places = shared.map((days) => revenueHorizons.indexOf(days));
  return {
    probability: shared.map((days) => probability[buyerHorizons.indexOf(days)]!),
    meanGivenPurchase: places.map((h) => given.revenue[h]!),
    logGivenPurchase: places.map((h) => given.logRevenue[h]!),
  };
}

/** Both outputs of the stages alone, by horizon: P · E[R | purchase] and P · E[log1p R | purchase]. Neither falls with the horizon. */
export function stageParts(stages: StageForecasts): PartForecast[] {
  const times = (p: Float64Array, given: Float64Array): Float64Array =>
    p.map((chance, i) => chance * given[i]!);
  return stages.probability.map((p, h) => ({
    mean: times(p, stages.meanGivenPurchase[h]!),
    log: times(p, stages.logGivenPurchase[h]!),
  }));
}

/** Some of the rows. */
export function takeStages(stages: StageForecasts, rows: ArrayLike<number>): StageForecasts {
  const take = (values: readonly Float64Array[]): Float64Array[] =>
    values.map((own) => takeValues(own, rows));
  return {
    probability: take(stages.probability),
    meanGivenPurchase: take(stages.meanGivenPurchase),
    logGivenPurchase: take(stages.logGivenPurchase),
  };
}
