import type { PartForecast } from "../stacking/mod.ts";
import { type StageForecasts, stageParts } from "./stage_forecasts.ts";

/** What is said of n rows, by horizon, then by row: two outputs for two questions, never one for both. */
export interface RevenueForecasts {
  /** Days, rising. */
  readonly horizons: readonly number[];
  /** P of a purchase by the horizon; never falls from one to the next. */
  readonly probability: readonly Float64Array[];
  /** The mean of revenue: for totals, decisions, bias and deciles. Never falls. */
  readonly expectedRevenue: readonly Float64Array[];
  /** expm1 of the mean of log1p revenue: for RMSLE and nothing else. Never falls. */
  readonly rmsleForecast: readonly Float64Array[];
  /** E[log1p R | a purchase by the horizon]: the middle of what a buyer spends. */
  readonly logGivenPurchase: readonly Float64Array[];
}

/**
 * The stack speaks of the last horizon; the ordered stages say which share of it falls to earlier ones. A path that rises, times one number a
 * row, still rises: D1 ≤ D7 ≤ D14 by construction.
 */
export function scaledPaths(
  horizons: readonly number[],
  stages: StageForecasts,
  stacked: PartForecast,
): RevenueForecasts {
  const parts = stageParts(stages), last = parts.at(-1)!;
  const scaled = (scale: keyof PartForecast): Float64Array[] =>
    parts.map((part) =>
      part[scale].map((value, i) => last[scale][i]! > 0 ? value * (stacked[scale][i]! / last[scale][i]!) : 0)
    );
  return {
    horizons,
    probability: stages.probability,
    expectedRevenue: scaled("mean"),
    rmsleForecast: scaled("log").map((logs) => logs.map(Math.expm1)),
    logGivenPurchase: stages.logGivenPurchase,
  };
}
