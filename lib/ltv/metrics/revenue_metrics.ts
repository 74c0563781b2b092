import { DISPLAY, type Displayable, ensure, type MimeBundle } from "../../core/mod.ts";
import {
  meanAbsoluteError,
  normalizedGini,
  r2,
  rootMeanSquaredError,
  rootMeanSquaredLogError,
  spearman,
} from "../../evaluate/mod.ts";
import { table } from "../../plot/mod.ts";
import { type Decile, decileCalibration } from "./deciles.ts";
import { type TotalBias, totalBias } from "./total_bias.ts";

/** How well amounts were foretold. Which number counts depends on what the forecast is for. */
export interface RevenueMetrics extends Displayable {
  /** Rows judged. */
  readonly rows: number;
  /** Root mean squared error of log(1 + amount): what `rmsleForecast` is made for. */
  readonly rmsle: number;
  /** Root mean squared error, in money: the whales' number. */
  readonly rmse: number;
  /** Mean absolute error, in money: at many zeros its best forecast is 0. */
  readonly mae: number;
  /** Share of variance explained, at most 1. */
  readonly r2: number;
  /** Correlation of ranks. */
  readonly spearman: number;
  /** How well the order finds revenue: 1 is the best order. */
  readonly gini: number;
  /** Total predicted against total spent: what `expectedRevenue` is made for. */
  readonly total: TotalBias;
  /** Predicted and spent by decile of the prediction; empty below 20 rows. */
  readonly deciles: readonly Decile[];
}

/** Options of {@linkcode revenueMetrics}. */
export interface RevenueMetricsOptions {
  /** Whose row it is, for the standard error of the total. @default every row another's */
  readonly users?: ArrayLike<number>;
  /** Heading where it shows itself. @default {"Revenue, predicted against actual"} */
  readonly title?: string;
}

/**
 * All numbers by which a revenue forecast is judged.
 *
 * @param actual n amounts, 0 or more, not all 0.
 * @param predicted n forecasts, 0 or more.
 * @throws {RangeError} If lengths differ, or an amount is negative or NaN.
 *
 * @example
 * ```ts
 * import { revenueMetrics } from "credible/ltv";
 * const { rmsle, gini } = revenueMetrics([0, 0, 3, 20], [0.1, 0.2, 1, 9]);
 * if (gini !== 1) throw new Error("the order is perfect");
 * ```
 */
export function revenueMetrics(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: RevenueMetricsOptions = {},
): RevenueMetrics {
  const { users, title = "Revenue, predicted against actual" } = options;
  for (const [name, values] of [["actual", actual], ["predicted", predicted]] as const) {
    for (let i = 0; i < values.length; i++) {
      ensure(values[i]! >= 0, "judge a revenue forecast", `${name}[${i}]`, "0 or more", values[i]);
    }
  }
  const numbers = {
    rows: actual.length,
    rmsle: rootMeanSquaredLogError(actual, predicted),
    rmse: rootMeanSquaredError(actual, predicted),
    mae: meanAbsoluteError(actual, predicted),
    r2: r2(actual, predicted),
    spearman: spearman(actual, predicted),
    gini: normalizedGini(actual, predicted),
    total: totalBias(actual, predicted, users),
    deciles: actual.length >= 20 ? decileCalibration(actual, predicted) : [],
  };
  return { ...numbers, [DISPLAY]: () => show(title, numbers) };
}

function show(title: string, { total, ...metrics }: Omit<RevenueMetrics, keyof Displayable>): MimeBundle {
  const error = `${(100 * total.relative).toFixed(1)} % (${total.z.toFixed(1)} standard errors)`;
  const rows = [
    ["RMSLE", metrics.rmsle.toFixed(4)],
    ["RMSE", metrics.rmse.toFixed(2)],
    ["MAE", metrics.mae.toFixed(3)],
    ["R²", metrics.r2.toFixed(3)],
    ["Spearman", metrics.spearman.toFixed(3)],
    ["normalised Gini", metrics.gini.toFixed(3)],
    ["total predicted", total.predicted.toFixed(0)],
    ["total spent", total.actual.toFixed(0)],
    ["bias of the total", error],
  ];
  return table(rows.map(([metric, value]) => ({ metric, value })), {
    caption: title,
    note: `${metrics.rows.toLocaleString("en")} rows`,
    columns: { value: { align: "right" } },
  })[DISPLAY]() as MimeBundle;
}
