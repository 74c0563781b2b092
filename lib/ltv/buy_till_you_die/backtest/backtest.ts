import { DISPLAY, type Displayable, ensure, type MimeBundle } from "../../../core/mod.ts";
import type { Table } from "../../../data/mod.ts";
import type { Moment, TransactionColumns } from "../../../features/mod.ts";
import { table } from "../../../plot/mod.ts";
import { summariseBuyers } from "../buyers.ts";
import { type CohortOptions, cohortsOf } from "./cohorts.ts";
import { type BacktestCase, type Forecaster, targets } from "./forecasters.ts";
import { type BacktestScore, scoreForecast } from "./score.ts";
import { DAY } from "../../time.ts";

/** Options of {@linkcode backtest}. */
export interface BacktestOptions extends TransactionColumns {
  /** The moments at which forecasts are made. */
  readonly origins: readonly Moment[];
  /** How far ahead, in units of time. */
  readonly horizon: number;
  /** Forecasters by name. */
  readonly models: Readonly<Record<string, Forecaster>>;
  /** Days in a unit of time. @default {7} */
  readonly unitDays?: number;
  /** What is forecast: how often customers buy again, or what they pay, returns taken off. @default {"purchases"} */
  readonly target?: "purchases" | "value";
  /** How long a cohort is. @default {"month"} */
  readonly cohorts?: CohortOptions["by"];
  /** Of the intervals, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** The seed of forecasters that need one. @default {1} */
  readonly seed?: number;
}

/** How forecasters did, origin by origin. Shows itself as a table. */
export interface Backtest extends Displayable {
  /** One a forecaster and origin, in this order. */
  readonly scores: readonly BacktestScore[];
  /** Forecasters that had none at an origin, and why. */
  readonly without: readonly { readonly model: string; readonly origin: string; readonly reason: string }[];
  /** The scores of one forecaster. @throws {RangeError} If it has none. */
  of(model: string): readonly BacktestScore[];
}

/**
 * Rolling-origin backtest: at each origin forecasters see what was known before it, say what every customer will do within the
 * horizon, and are judged by what they did.
 *
 * @throws {RangeError} If a column is not there, an origin is no date, has nobody before it or no whole horizon after it.
 *
 * @example
 * ```ts
 * import { backtest, likeliest, ownRate, purchaseStory, simulateTransactions } from "credible/ltv";
 * const story = purchaseStory("BG/NBD", { r: 0.6, alpha: 5, a: 0.8, b: 2.5 });
 * const shop = simulateTransactions(story, { customers: 200, start: "2025-01-01", joinDays: 90, days: 365, seed: 7 });
 * const found = await backtest(shop, {
 *   customer: "customer", date: "date", amount: "amount",
 *   origins: ["2025-07-01"], horizon: 26,
 *   models: { "own rate": ownRate, "BG/NBD": likeliest("BG/NBD") },
 * });
 * found; // bias, errors and order by model
 * ```
 */
export async function backtest(transactions: Table, options: BacktestOptions): Promise<Backtest> {
  const { customer, date, amount, horizon, models, unitDays = 7, target = "purchases" } = options;
  const { confidence = 0.9, seed = 1 } = options,
    columns = { customer, date, amount },
    action = "run the backtest";
  ensure(horizon > 0 && horizon < Infinity, action, "horizon", "above 0", horizon);
  ensure(confidence > 0 && confidence < 1, action, "confidence", "in (0, 1)", confidence);
  ensure(Object.keys(models).length > 0, action, "models", "one or more", 0);
  const dates = transactions.numbers(date),
    scores: BacktestScore[] = [],
    without: Backtest["without"][number][] = [];
  const end = dates.reduce((last, d) => d > last ? d : last, -Infinity);
  for (const moment of options.origins) {
    const origin = new Date(moment).getTime(),
      name = dayOf(origin),
      until = origin + horizon * unitDays * DAY;
    ensure(
      until <= end + DAY,
      action,
      `the end of the horizon from ${name}`,
      `${dayOf(end + DAY)} or earlier, where the data end`,
      dayOf(until),
    );
    const known = transactions.filter((row) => dates[row]! < origin);
    const buyers = summariseBuyers(known, { ...columns, asOf: origin, unitDays });
    ensure(buyers.customers.length > 0, action, `customers before ${name}`, "one or more", 0);
    const cohorts = cohortsOf(buyers, { asOf: origin, unitDays, by: options.cohorts ?? "month" });
    const given: BacktestCase = {
      transactions: known,
      columns,
      origin,
      horizon,
      unitDays,
      buyers,
      cohorts,
      target,
      confidence,
      seed,
    };
    const before = targets(given, origin), after = targets({ ...given, transactions }, until);
    const actual = Float64Array.from(buyers.customers, (who) => after.get(who)! - before.get(who)!);
    for (const [model, forecast] of Object.entries(models)) {
      const found = await forecast(given);
      if (typeof found === "string") without.push({ model, origin: name, reason: found });
      else scores.push(scoreForecast({ model, origin: name, buyers, cohorts, actual, confidence }, found));
    }
  }
  return {
    scores,
    without,
    of: (model) => {
      const own = scores.filter((score) => score.model === model);
      ensure(
        own.length > 0,
        "read the backtest",
        "model",
        `one of ${[...new Set(scores.map((s) => s.model))]}`,
        model,
      );
      return own;
    },
    [DISPLAY]: () => show(scores, without, horizon, target),
  };
}

function dayOf(moment: number): string {
  ensure(Number.isFinite(moment), "run the backtest", "an origin", "a date", moment);
  return new Date(moment).toISOString().slice(0, 10);
}

function show(
  scores: readonly BacktestScore[],
  without: Backtest["without"],
  horizon: number,
  target: string,
): MimeBundle {
  const rows = scores.map((score) => ({
    origin: score.origin,
    model: score.model,
    actual: score.actualTotal,
    forecast: score.forecastTotal,
    bias: score.bias,
    MAE: score.meanAbsoluteError,
    RMSE: score.rootMeanSquaredError,
    Spearman: score.spearman,
    covered: score.coverage ?? NaN,
    total: score.total ? `${Math.round(score.total.low)}–${Math.round(score.total.high)}` : "–",
    held: score.totalCovered === undefined ? "–" : score.totalCovered ? "yes" : "no",
  }));
  const shown = table(rows, {
    caption: `Forecasts of ${target} within ${horizon}, by origin: totals, and errors of single customers`,
    columns: {
      bias: { percent: true },
      covered: { percent: true },
      total: { label: "total in" },
    },
    note:
      "covered: customers whose interval held what they did; total in: the interval of the total, and whether it held. " +
      without.map(({ model, origin, reason }) => `${model} has no forecast at ${origin}: ${reason}`).join(
        ". ",
      ),
  });
  return { "text/plain": shown.text, "text/html": shown.html };
}
