import { type Matrix, matrix, mean } from "../../../core/mod.ts";
import type { Table } from "../../../data/mod.ts";
import { rfm, type TransactionColumns } from "../../../features/mod.ts";
import { boost, poisson, predict, tweedie } from "../../../trees/mod.ts";
import type { SampleOptions } from "../../../bayes/mod.ts";
import type { CohortFit } from "../bayes/cohort_fit.ts";
import { fitPurchases, type FitPurchasesOptions } from "../bayes/fit_purchases.ts";
import { fitSpend } from "../bayes/fit_spend.ts";
import { forecastPurchases, type SegmentTotal } from "../bayes/forecast.ts";
import type { PurchaseModelName } from "../bayes/story.ts";
import { fitBgNbd } from "../bg_nbd.ts";
import type { BuyerModel } from "../buyer_model.ts";
import { type BuyerSummary, summariseBuyers } from "../buyers.ts";
import type { Fit } from "../fit.ts";
import { fitMbgNbd } from "../mbg_nbd.ts";
import { fitParetoNbd } from "../pareto_nbd.ts";
import { DAY } from "../../time.ts";

/** What a forecaster knows at an origin. */
export interface BacktestCase {
  /** Transactions before the origin, and nothing later. */
  readonly transactions: Table;
  /** Which of its columns are what. */
  readonly columns: TransactionColumns;
  /** The origin, in milliseconds since 1970 UTC. */
  readonly origin: number;
  /** How far ahead, in units of time. */
  readonly horizon: number;
  /** Days in a unit. */
  readonly unitDays: number;
  /** The customers as of the origin. */
  readonly buyers: BuyerSummary;
  /** Each customer's cohort. */
  readonly cohorts: readonly string[];
  /** What is forecast. */
  readonly target: "purchases" | "value";
  /** Of the intervals. */
  readonly confidence: number;
  /** The seed. */
  readonly seed: number;
}

/** A forecast at an origin: one number a customer, in their order. */
export interface BacktestForecast {
  /** What is expected. */
  readonly mean: Float64Array;
  /** Lower ends, where the forecaster has intervals. */
  readonly low?: Float64Array;
  /** Upper ends. */
  readonly high?: Float64Array;
  /** The total of all, with its interval. */
  readonly total?: { readonly low: number; readonly high: number };
}

/** Says what customers will do, or why it cannot. */
export type Forecaster = (
  known: BacktestCase,
) => BacktestForecast | string | Promise<BacktestForecast | string>;

/** Naive: everybody goes on at the rate of the past, at the mean spend of the past. */
export function ownRate({ buyers, horizon, target }: BacktestCase): BacktestForecast {
  const spend = meanSpends(buyers);
  return {
    mean: Float64Array.from(buyers.frequency, (x, i) => {
      const age = buyers.age[i]!, ahead = age > 0 ? x / age * horizon : 0;
      return target === "value" ? ahead * spend[i]! : ahead;
    }),
  };
}

/** Naive: the next period repeats the last one of the same length; the first purchase of a customer is not repeated. */
export function lastPeriod(known: BacktestCase): BacktestForecast {
  const { buyers, target } = known, before = past(known, known.horizon), spend = meanSpends(buyers);
  return {
    mean: Float64Array.from(buyers.frequency, (x, i) => {
      const again = x - (before.frequency.get(buyers.customers[i]!) ?? 0);
      return target === "value" ? again * spend[i]! : again;
    }),
  };
}

const FITS: Readonly<Record<PurchaseModelName, (buyers: BuyerSummary) => Fit<BuyerModel<unknown>>>> = {
  "BG/NBD": fitBgNbd,
  "MBG/NBD": fitMbgNbd,
  "Pareto/NBD": fitParetoNbd,
};

/** A buy-till-you-die model by maximum likelihood: no intervals, and no forecast where there is no maximum. */
export function likeliest(name: PurchaseModelName): Forecaster {
  return ({ buyers, horizon, target }) => {
    const { model, checks } = FITS[name](buyers);
    if (!model) return checks[0]!.title;
    const ahead = model.futurePurchases(buyers, horizon), spend = meanSpends(buyers);
    return { mean: target === "value" ? ahead.map((count, i) => count * spend[i]!) : ahead };
  };
}

/** Options of {@linkcode bayesian}. */
export interface BayesianOptions extends Omit<FitPurchasesOptions, "cohorts" | "seed"> {
  /** Whether cohorts differ, partially pooled. @default {false} */
  readonly hierarchical?: boolean;
  /** The sd of the log of an effect that all customers of a period share. @default {0} */
  readonly periodSd?: number;
  /** Draws of the forecast. @default {400} */
  readonly forecastDraws?: number;
}

/**
 * A Bayesian buy-till-you-die model, with Gamma-Gamma where value is asked for. A fit that fails its checks is sampled once more,
 * with three times the draws; one that fails again forecasts nothing.
 */
export function bayesian(options: BayesianOptions = {}): Forecaster {
  const { hierarchical = false, periodSd = 0, forecastDraws = 400, ...sampling } = options;
  return async ({ buyers, horizon, target, cohorts, confidence, seed }) => {
    const groups = hierarchical ? { cohorts } : {};
    const fit = await believable(sampling, (own) => fitPurchases(buyers, { ...own, ...groups, seed }));
    if (fit.verdict.status === "fail") return fit.verdict.sentence;
    const spend = target === "value"
      ? await believable(sampling, (own) => fitSpend(knownSpend(buyers), { ...own, ...groups, seed }))
      : undefined;
    if (spend?.verdict.status === "fail") return spend.verdict.sentence;
    const forecast = forecastPurchases(fit, buyers, {
      horizon,
      confidence,
      periodSd,
      draws: forecastDraws,
      ...groups,
      ...(spend ? { spend: { fit: spend, meanSpend: buyers.meanSpend } } : {}),
    });
    const each = forecast.value ?? forecast.purchases;
    const total = forecast.totals[0] as SegmentTotal;
    return {
      mean: spend ? forecast.value!.mean : forecast.expected.mean,
      low: each.low,
      high: each.high,
      total: total.value ?? total.purchases,
    };
  };
}

/** A fit, from more draws where the first does not pass. */
async function believable<Sampling extends SampleOptions, Made>(
  sampling: Sampling,
  fit: (sampling: Sampling) => Promise<CohortFit<Made>>,
): Promise<CohortFit<Made>> {
  const { warmup = 1000, draws = 1000 } = sampling, first = await fit(sampling);
  if (first.verdict.status !== "fail") return first;
  return await fit({ ...sampling, warmup: 2 * warmup, draws: 3 * draws });
}

/** Options of {@linkcode boosted}. */
export interface BoostedOptions {
  /** Rounds of boosting. @default {150} */
  readonly rounds?: number;
  /** Fewest customers in a leaf. @default {50} */
  readonly minRows?: number;
}

/**
 * Boosted trees on what is known of a customer, learnt one step earlier: features as of `window` before the origin, target
 * within `window`. The window is the horizon, or half of the past where that is shorter; then the forecast is stretched in
 * proportion, for want of a longer past.
 */
export function boosted({ rounds = 150, minRows = 50 }: BoostedOptions = {}): Forecaster {
  return (known) => {
    const { buyers, horizon, transactions, columns, origin, unitDays, target, seed } = known;
    const dates = transactions.numbers(columns.date).filter((d) => !Number.isNaN(d));
    const start = dates.reduce((least, d) => Math.min(least, d), origin);
    const window = Math.min(horizon, Math.floor((origin - start) / DAY / unitDays / 2));
    if (window < 1) return "the past is too short to learn from";
    const before = past(known, window), now = targets(known, origin);
    if (before.buyers.customers.length < 4 * minRows) {
      return `only ${before.buyers.customers.length} customers to learn from`;
    }
    const earlier = targets(known, origin - window * unitDays * DAY);
    const spent = Float64Array.from(
      before.buyers.customers,
      (who) => Math.max(0, (now.get(who) ?? 0) - (earlier.get(who) ?? 0)),
    );
    const forest = boost(features(before.buyers), spent, {
      loss: target === "value" ? tweedie() : poisson,
      rounds,
      minRows,
      learningRate: 0.05,
      leaves: 8,
      seed,
    });
    const { values } = predict(forest, features(buyers));
    return { mean: values.map((value) => value * horizon / window) };
  };
}

/** Frequency, recency, silence, age, rate and mean spend. */
function features({ frequency, recency, age, meanSpend }: BuyerSummary): Matrix {
  const columns = 6, values = new Float64Array(frequency.length * columns);
  for (let i = 0; i < frequency.length; i++) {
    const [x, last, whole] = [frequency[i]!, recency[i]!, age[i]!];
    values.set([x, last, whole - last, whole, x / Math.max(whole, 1e-9), meanSpend[i]!], i * columns);
  }
  return matrix(frequency.length, columns, values);
}

/** The customers as of some units before the origin. */
function past(
  { transactions, columns, origin, unitDays }: BacktestCase,
  units: number,
): { readonly buyers: BuyerSummary; readonly frequency: ReadonlyMap<string, number> } {
  const buyers = summariseBuyers(transactions, {
    ...columns,
    asOf: origin - units * unitDays * DAY,
    unitDays,
  });
  return { buyers, frequency: new Map(buyers.customers.map((who, i) => [who, buyers.frequency[i]!])) };
}

/** What each customer had bought (repeat purchases) or paid by a moment. */
export function targets(
  { transactions, columns, target }: Pick<BacktestCase, "transactions" | "columns" | "target">,
  moment: number,
): Map<string, number> {
  const known = rfm(transactions, { ...columns, asOf: moment }),
    { codes, levels } = known.categories("customer");
  const values = target === "value"
    ? known.numbers("monetary")
    : known.numbers("frequency").map((days) => days - 1);
  return new Map(Array.from(codes, (code, i) => [levels[code]!, values[i]!]));
}

/** The mean spend of each customer, and the mean over customers where it is not known. */
function meanSpends({ meanSpend }: BuyerSummary): Float64Array {
  const known = meanSpend.filter((spend) => spend > 0), all = known.length > 0 ? mean(known) : 0;
  return meanSpend.map((spend) => spend > 0 ? spend : all);
}

/** Spend of customers with something paid; of those whose returns took it all, nothing is known. */
export function knownSpend({ frequency, meanSpend }: BuyerSummary): {
  readonly frequency: Float64Array;
  readonly meanSpend: Float64Array;
} {
  return { frequency: Float64Array.from(frequency, (x, i) => meanSpend[i]! > 0 ? x : 0), meanSpend };
}
