import { type Check, check, ensure, mean, notApplicable, sum } from "../../../core/mod.ts";
import {
  meanAbsoluteError,
  meanInterval,
  proportionInterval,
  rootMeanSquaredError,
  spearman,
} from "../../../evaluate/mod.ts";
import type { Interval } from "../../../evaluate/mod.ts";
import { normal } from "../../../core/distributions/mod.ts";
import { type Decile, decileCalibration } from "../../metrics/mod.ts";
import type { BuyerSummary } from "../buyers.ts";
import type { BacktestForecast } from "./forecasters.ts";

/** How often customers' intervals held the truth, in one cohort. */
export interface CohortCoverage {
  /** Its name. */
  readonly cohort: string;
  /** How many customers it has. */
  readonly customers: number;
  /** The share covered, with its interval. */
  readonly coverage: Interval;
}

/** How a forecaster did at an origin. */
export interface BacktestScore {
  /** The forecaster. */
  readonly model: string;
  /** The origin, as a day. */
  readonly origin: string;
  /** How many customers were forecast. */
  readonly customers: number;
  /** What they did in all. */
  readonly actualTotal: number;
  /** What was expected in all. */
  readonly forecastTotal: number;
  /** The second over the first, minus 1. */
  readonly bias: number;
  /** Mean absolute error of a customer. */
  readonly meanAbsoluteError: number;
  /** Root mean squared error of a customer. */
  readonly rootMeanSquaredError: number;
  /** Rank correlation of forecasts and what happened. */
  readonly spearman: number;
  /** The share of customers whose interval held what they did; where there are intervals. */
  readonly coverage?: number;
  /** The same by cohort. */
  readonly byCohort: readonly CohortCoverage[];
  /** The interval of the total, where there is one. */
  readonly total?: { readonly low: number; readonly high: number };
  /** Whether it held what happened. */
  readonly totalCovered?: boolean;
  /** Tenths of the customers by what was said of them, and what they did; none below 20 customers. */
  readonly deciles: readonly Decile[];
  /** The customers. */
  readonly buyers: BuyerSummary;
  /** What each did. */
  readonly actual: Float64Array;
  /** What was expected of each. */
  readonly forecast: Float64Array;
}

/** What a forecast is judged by. */
export interface Judged {
  readonly model: string;
  readonly origin: string;
  readonly buyers: BuyerSummary;
  readonly cohorts: readonly string[];
  readonly actual: Float64Array;
  readonly confidence: number;
}

/** Judges a forecast. @throws {RangeError} If it is not one number a customer. */
export function scoreForecast(judged: Judged, found: BacktestForecast): BacktestScore {
  const { model, origin, buyers, cohorts, actual } = judged, { mean: forecast, low, high, total } = found;
  ensure(
    forecast.length === actual.length,
    `judge ${model}`,
    "its forecast",
    `${actual.length} long`,
    forecast.length,
  );
  const actualTotal = sum(actual), forecastTotal = sum(forecast);
  const held = low && high && Array.from(actual, (v, i) => v >= low[i]! && v <= high[i]!);
  return {
    model,
    origin,
    customers: actual.length,
    actualTotal,
    forecastTotal,
    bias: forecastTotal / actualTotal - 1,
    meanAbsoluteError: meanAbsoluteError(actual, forecast),
    rootMeanSquaredError: rootMeanSquaredError(actual, forecast),
    spearman: spearman(actual, forecast),
    ...(held ? { coverage: mean(held.map(Number)) } : {}),
    byCohort: held ? coverageByCohort(held, cohorts) : [],
    ...(total ? { total, totalCovered: actualTotal >= total.low && actualTotal <= total.high } : {}),
    deciles: actual.length >= 20 ? decileCalibration(actual, forecast) : [],
    buyers,
    actual,
    forecast,
  };
}

function coverageByCohort(held: readonly boolean[], cohorts: readonly string[]): CohortCoverage[] {
  return [...new Set(cohorts)].sort().map((cohort) => {
    const own = held.filter((_, i) => cohorts[i] === cohort), hits = own.filter(Boolean).length;
    return { cohort, customers: own.length, coverage: proportionInterval(hits, own.length) };
  });
}

/** Customers who bought about as often before, and what was said of them. */
export interface FrequencyGroup {
  /** Repeat purchases before the origin: `0`, `1`, …, `7+`. */
  readonly frequency: string;
  /** How many customers. */
  readonly customers: number;
  /** The mean of what they did. */
  readonly actual: number;
  /** The mean of what was expected. */
  readonly forecast: number;
}

/** Calibration by the number of purchases before the origin; `most` and more are one group. @param most @default {7} */
export function calibrationByFrequency(score: BacktestScore, most = 7): FrequencyGroup[] {
  const { buyers: { frequency }, actual, forecast } = score;
  return Array.from({ length: most + 1 }, (_, x) => {
    const own = [...actual.keys()].filter((i) => Math.min(frequency[i]!, most) === x);
    return {
      frequency: x === most ? `${most}+` : `${x}`,
      customers: own.length,
      actual: mean(own.map((i) => actual[i]!)),
      forecast: mean(own.map((i) => forecast[i]!)),
    };
  }).filter(({ customers }) => customers > 0);
}

/**
 * Whether a forecaster's error is no worse than another's on the same customers, but for a margin: the upper end of the one-sided
 * 95 % interval of the mean difference in absolute error, over the other's error.
 *
 * @param margin What does not matter, as a share of the other's error. @default {0.01}
 * @throws {RangeError} If the two are not of the same customers.
 */
export function nonInferior(score: BacktestScore, other: BacktestScore, margin = 0.01): Check {
  const { actual } = score,
    action = "compare forecasters",
    title = `Error of ${score.model} over that of ${other.model}, upper end, less 1`;
  ensure(
    other.actual.length === actual.length,
    action,
    "customers",
    `${actual.length} as of the other`,
    other.actual.length,
  );
  if (other.meanAbsoluteError === 0) return notApplicable("nonInferior", title, "the other is never wrong");
  const worse = actual.map((v, i) => Math.abs(v - score.forecast[i]!) - Math.abs(v - other.forecast[i]!));
  return check({
    code: "nonInferior",
    title,
    value: meanInterval(worse, { confidence: 0.9 }).high / other.meanAbsoluteError,
    limit: { below: margin },
    advice: "Take the simpler forecaster.",
  });
}

/**
 * The sd of the log of an effect that all customers of a period share, from how far a forecaster's past totals were off beyond
 * what their intervals allow for luck. A few origins tell it badly, and origins that overlap tell less than their number.
 *
 * @throws {RangeError} If there is no score with an interval of the total.
 */
export function periodSd(scores: readonly BacktestScore[], confidence = 0.9): number {
  const own = scores.filter(({ total, forecastTotal, actualTotal }) =>
    total && forecastTotal > 0 && actualTotal > 0
  );
  ensure(
    own.length > 0,
    "estimate the effect of periods",
    "scores",
    "one or more with an interval of the total",
    own.length,
  );
  const excess = own.map(({ total, actualTotal, forecastTotal }) => {
    const luck = Math.log(total!.high / Math.max(total!.low, 1e-9)) /
      (2 * normal().isf((1 - confidence) / 2));
    return Math.log(actualTotal / forecastTotal) ** 2 - luck ** 2;
  });
  return Math.sqrt(Math.max(0, mean(excess)));
}
