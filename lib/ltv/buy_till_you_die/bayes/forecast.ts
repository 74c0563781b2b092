import {
  createRng,
  DISPLAY,
  type Displayable,
  ensure,
  mean,
  type MimeBundle,
  quantileSorted,
  type Rng,
} from "../../../core/mod.ts";
import { type Interval, interval } from "../../../evaluate/mod.ts";
import { table } from "../../../plot/mod.ts";
import { type Buyers, ensureBuyers, type Numbers } from "../buyers.ts";
import { ensureHorizon } from "../fit.ts";
import { byCohort } from "./cohort_fit.ts";
import { CustomerDraws, ensureConfidence, type Estimates } from "./estimates.ts";
import { type PurchaseFit, takeBuyers } from "./fit_purchases.ts";
import type { SpendFit } from "./fit_spend.ts";
import { type PurchaseStory, purchaseTimes } from "./story.ts";

/** Options of {@linkcode forecastPurchases}. */
export interface ForecastOptions {
  /** How far ahead, in the fit's unit of time. */
  readonly horizon: number;
  /** Each customer's cohort, as in the fit. @default none, which is right where the fit has none */
  readonly cohorts?: readonly string[];
  /** Each customer's segment: totals are given by segment, too. */
  readonly segments?: readonly string[];
  /** What purchases bring: a fit, and the mean of each customer's purchases so far; not above 0 where it is not known. */
  readonly spend?: { readonly fit: SpendFit; readonly meanSpend: Numbers };
  /**
   * The sd of the log of an effect that all customers of the period share (a season, the economy): buying customers all buy
   * faster or slower by it. {@linkcode periodSd} estimates it from a backtest. @default {0}
   */
  readonly periodSd?: number;
  /** What a unit of time costs: 0.001 is 0.1 % a week. Values are worth less the later they come. @default {0} */
  readonly discountRate?: number;
  /** Of all intervals, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** Draws of the posterior, each with luck of its own. @default {400} */
  readonly draws?: number;
  /** Of the luck. @default that of the fit */
  readonly seed?: number;
}

/** What a segment will buy, luck included. */
export interface SegmentTotal {
  /** Its name; `all` for everybody. */
  readonly segment: string;
  /** How many customers it has. */
  readonly customers: number;
  /** Their purchases. */
  readonly purchases: Interval;
  /** What these bring, where spend was given. */
  readonly value?: Interval;
}

/** What customers will do. Shows the totals. */
export interface PurchaseForecast extends Displayable {
  /** How far ahead. */
  readonly horizon: number;
  /** The probability that each still buys; intervals say what is not known of the parameters. */
  readonly alive: Estimates;
  /** Expected purchases of each; intervals say what is not known of the parameters. */
  readonly expected: Estimates;
  /** Purchases of each as they may come, luck included. */
  readonly purchases: Estimates;
  /** What each may bring, luck included; where spend was given. */
  readonly value?: Estimates;
  /** Everybody, then the segments in the order of their names. */
  readonly totals: readonly SegmentTotal[];
}

/**
 * What customers will buy within a horizon: under each thinned draw of the posterior, each customer's future is played once, by
 * the story of the model. Sums of such futures are draws of sums, so totals and segments have intervals that hold what is not
 * known of the parameters, the luck of every customer, and the effect of the period on all of them (adding up customers'
 * intervals would not do).
 *
 * @throws {RangeError} For counts or times that cannot be, labels that are not one a customer, or an option out of range.
 *
 * @example
 * ```ts
 * import { fitPurchases, forecastPurchases } from "credible/ltv";
 * const buyers = { frequency: [2, 0, 5, 0], recency: [30, 0, 34, 0], age: [39, 38, 37, 36] };
 * const fit = await fitPurchases(buyers, { seed: 7, warmup: 300, draws: 300 });
 * const forecast = forecastPurchases(fit, buyers, { horizon: 26 });
 * forecast.alive.mean; // one a customer
 * forecast.totals[0]!.purchases; // of all, with its interval
 * ```
 */
export function forecastPurchases(
  fit: PurchaseFit,
  buyers: Buyers,
  options: ForecastOptions,
): PurchaseForecast {
  const { horizon, confidence = 0.9, draws = 400, seed = fit.posterior.seed, spend } = options;
  const n = buyers.frequency.length, kept = Math.min(draws, fit.posterior.chains * fit.posterior.draws);
  ensureOptions(buyers, options);
  const every = Math.ceil(kept / EXPECTATIONS);
  const alive = new CustomerDraws(n, kept), expected = new CustomerDraws(n, Math.ceil(kept / every));
  const purchases = new CustomerDraws(n, kept), value = spend && new CustomerDraws(n, kept);
  const effects = periodEffects(options.periodSd ?? 0, kept, seed);
  for (const [cohort, own] of byCohort(n, options.cohorts)) {
    const past = unrepeated(takeBuyers(buyers, own)), stories = fit.models(cohort, kept);
    const spends = spend?.fit.models(cohort, kept);
    stories.forEach((story, d) => {
      const living = story.model.aliveProbability(past.buyers);
      const ahead = d % every === 0 ? story.model.futurePurchases(past.buyers, horizon) : undefined;
      const luck = createRng(seed, "purchases ahead", d).split(`cohort ${cohort}`);
      own.forEach((i, k) => {
        const who = past.which[k]!;
        alive.of(i)[d] = living[who]!;
        if (ahead) expected.of(i)[d / every] = ahead[who]!;
        const times = futureOf(story, buyers, i, living[who]!, effects[d]!, horizon, luck);
        purchases.of(i)[d] = times.length;
        if (value && times.length > 0) {
          const { p, q, v } = spends![d % spends!.length]!.parameters;
          const own = spend.meanSpend[i]!, x = own > 0 ? buyers.frequency[i]! : 0;
          const rate = luck.gamma(q + p * x, v + (x > 0 ? x * own : 0));
          value.of(i)[d] = worth(times, p, rate, options.discountRate ?? 0, luck);
        }
      });
    });
  }
  const totals = totalsOf(purchases, value, options.segments, confidence);
  return {
    horizon,
    alive: alive.estimates(confidence),
    expected: expected.estimates(confidence),
    purchases: purchases.estimates(confidence),
    ...(value ? { value: value.estimates(confidence) } : {}),
    totals,
    [DISPLAY]: () => show(fit, totals, horizon, confidence),
  };
}

/** Under so many draws expectations are computed: they hold no luck, and the formulas are dear. */
const EXPECTATIONS = 100;

/** The purchases of a customer under one draw, if still a customer. */
function futureOf(
  story: PurchaseStory,
  buyers: Buyers,
  customer: number,
  alive: number,
  effect: number,
  horizon: number,
  luck: Rng,
): number[] {
  if (luck.uniform() >= alive) return [];
  const living = story.alive(buyers.frequency[customer]!, buyers.age[customer]!, luck);
  return purchaseTimes({ ...living, rate: living.rate * effect }, horizon, luck);
}

/** What purchases at these times bring: each gamma around the customer's mean. */
function worth(
  times: readonly number[],
  p: number,
  rate: number,
  discountRate: number,
  luck: Rng,
): number {
  if (discountRate === 0) return luck.gamma(p * times.length, rate);
  return times.reduce((sum, time) => sum + luck.gamma(p, rate) * (1 + discountRate) ** -time, 0);
}

/** One effect a draw, of mean 1. */
function periodEffects(sd: number, draws: number, seed: number): Float64Array {
  const luck = createRng(seed, "the period's effect");
  return Float64Array.from({ length: draws }, () => Math.exp(sd * luck.normal() - sd * sd / 2));
}

/** Equal customers once, and which of them each customer is. */
function unrepeated({ frequency, recency, age }: Buyers): { buyers: Buyers; which: Uint32Array } {
  const known = new Map<string, number>(), rows: number[] = [];
  const which = Uint32Array.from(frequency, (x, i) => {
    const key = `${x} ${recency[i]} ${age[i]}`, own = known.get(key) ?? rows.push(i) - 1;
    known.set(key, own);
    return own;
  });
  return { buyers: takeBuyers({ frequency, recency, age }, rows), which };
}

function totalsOf(
  purchases: CustomerDraws,
  value: CustomerDraws | undefined,
  segments: readonly string[] | undefined,
  confidence: number,
): SegmentTotal[] {
  const groups = new Map([
    ["all", Array.from({ length: purchases.customers }, (_, i) => i)],
    ...segments ? byCohort(purchases.customers, segments) : [],
  ]);
  return [...groups].map(([segment, own]) => ({
    segment,
    customers: own.length,
    purchases: middle(purchases.sum(own), confidence),
    ...(value ? { value: middle(value.sum(own), confidence) } : {}),
  }));
}

function middle(draws: Float64Array, confidence: number): Interval {
  const sorted = draws.slice().sort(), tail = (1 - confidence) / 2;
  return interval({
    estimate: mean(sorted),
    low: quantileSorted(sorted, tail),
    high: quantileSorted(sorted, 1 - tail),
    confidence,
    method: "posterior predictive",
  });
}

function ensureOptions(buyers: Buyers, options: ForecastOptions): void {
  const { horizon, segments, spend, periodSd = 0, discountRate = 0, confidence = 0.9, draws = 400 } = options;
  const action = "forecast purchases", n = buyers.frequency.length;
  ensureBuyers(action, buyers);
  ensureHorizon(horizon);
  ensureConfidence(action, confidence);
  ensure(Number.isInteger(draws) && draws >= 1, action, "draws", "a positive integer", draws);
  ensure(periodSd >= 0 && periodSd < Infinity, action, "periodSd", "0 or more", periodSd);
  ensure(discountRate > -1 && discountRate < Infinity, action, "discountRate", "above −1", discountRate);
  ensure(!segments || segments.length === n, action, "segments", `${n} long`, segments?.length);
  ensure(!spend || spend.meanSpend.length === n, action, "meanSpend", `${n} long`, spend?.meanSpend.length);
}

function show(
  fit: PurchaseFit,
  totals: readonly SegmentTotal[],
  horizon: number,
  confidence: number,
): MimeBundle {
  const rows = totals.map(({ segment, customers, purchases, value }) => ({
    segment,
    customers,
    purchases: purchases.estimate,
    from: purchases.low,
    to: purchases.high,
    ...(value ? { value: value.estimate, "value from": value.low, "value to": value.high } : {}),
  }));
  const caption = `${fit.name}: purchases within ${horizon}, ${100 * confidence} % intervals, luck included`;
  const note = fit.priorOnly.length > 0
    ? `Prior only, no word of the data: ${fit.priorOnly.join(", ")}. ${fit.verdict.sentence}`
    : fit.verdict.status === "fail"
    ? fit.verdict.sentence
    : "";
  const shown = table(rows, { caption, note });
  return { "text/plain": shown.text, "text/html": shown.html };
}
