import { DISPLAY, type Displayable, ensure, mean, standardDeviation } from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";
import { type PeriodEffect, poolPeriods } from "./period_effect.ts";
import {
  drawTotals,
  ensureTotalsRows,
  type Totals,
  type TotalsOptions,
  type TotalsRows,
  type TotalsState,
} from "./totals.ts";

/** Customers whose revenue is known, and what was said of them by a fit that had not seen them. */
export interface TotalsHistory {
  /** P of a purchase, in [0, 1]. */
  readonly probability: ArrayLike<number>;
  /** The mean of revenue, 0 or more. */
  readonly expectedRevenue: ArrayLike<number>;
  /** What came, 0 or more. */
  readonly revenue: ArrayLike<number>;
  /** The period of each, such as the number of its week. */
  readonly periods: ArrayLike<number>;
  /** Whose row it is. */
  readonly users: ArrayLike<number>;
}

/** Options of {@linkcode fitTotals}. */
export interface FitTotalsOptions {
  /** How far periods may lie apart before data, in logs: the scale of a half-Normal. @default {0.3} */
  readonly tauScale?: number;
}

/** Draws totals with intervals: immutable, and plain JSON when saved. */
export interface TotalsModel extends Displayable {
  /** What it draws from. */
  readonly state: TotalsState;
  /** Totals of customers by segment. */
  predict(rows: TotalsRows, options: TotalsOptions): Totals;
  /** Plain data from which {@linkcode loadTotals} draws the same totals. */
  toJSON(): TotalsState;
}

/** The fewest purchases from which the shape of spending is taken; as few as the stages learn from. */
const FEWEST_BUYERS = 10;

/**
 * Learns from past periods how totals scatter, for posterior predictive intervals. A drawn world has
 *
 * - **parameters**: the level of buying and of spending with what past periods leave open, and the shape of spending by a Bayesian bootstrap
 *   over users, which takes any shape, whales included;
 * - a **shared period effect** on both, as far from the mean as past periods lie apart (hierarchical, pooled by
 *   {@linkcode poolRandomEffects}): it does not even out over customers;
 * - **customers**: each buys or not and spends what a past buyer spent over what was expected.
 *
 * Intervals of single customers cannot be added up to this: the sum of lower ends is far too low, as not everybody is unlucky at once, and a
 * normal about the sum of means knows neither parameters nor the period.
 *
 * @throws {RangeError} If lengths differ, an amount is unknown or below 0, or fewer than 10 customers bought.
 * @see Gelman et al. 2013, chapters 5 and 7; Rubin 1981, https://doi.org/10.1214/aos/1176345338
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { fitTotals } from "credible/ltv";
 * const rng = createRng(7, "example"), n = 2000;
 * const revenue = Array.from({ length: n }, () => rng.bernoulli(0.1) ? Math.exp(rng.normal()) : 0);
 * const said = { probability: revenue.map(() => 0.1), expectedRevenue: revenue.map(() => 0.1 * Math.exp(0.5)) };
 * const weeks = revenue.map((_, i) => i % 4), users = revenue.map((_, i) => i);
 * const totals = fitTotals({ ...said, revenue, periods: weeks, users });
 * const { low, high } = totals.predict(said, { seed: 7, draws: 200 }).all; // about 330 lies between
 * ```
 */
export function fitTotals(history: TotalsHistory, options: FitTotalsOptions = {}): TotalsModel {
  const { tauScale = 0.3 } = options, action = "learn totals";
  const { probability, expectedRevenue, revenue, periods, users } = history, n = probability.length;
  ensureTotalsRows(action, history);
  for (const [name, values] of Object.entries({ revenue, users })) {
    ensure(values.length === n, action, name, `${n} long`, values.length);
  }
  for (let i = 0; i < n; i++) {
    const amount = revenue[i]!;
    ensure(amount >= 0 && amount < Infinity, action, `revenue[${i}]`, "0 or more, and known", amount);
    ensure(amount === 0 || probability[i]! > 0, action, `probability[${i}]`, "above 0 for who bought", 0);
  }
  const bought = Array.from(probability, (_, i) => i).filter((i) => revenue[i]! > 0);
  const enough = bought.length >= FEWEST_BUYERS;
  ensure(
    enough,
    action,
    "revenue",
    `above 0 for ${FEWEST_BUYERS} customers or more`,
    `${bought.length} of them`,
  );
  const buyers = poolPeriods(buyingByPeriod(history), tauScale);
  const sizes = bought.map((i) => expectedRevenue[i]! / probability[i]!);
  const logs = bought.map((i, j) => Math.log(revenue[i]! / sizes[j]!));
  const spend = poolPeriods(spendingByPeriod(logs, bought.map((i) => periods[i]!)), tauScale);
  const owners = bought.map((i) => users[i]!),
    numbers = new Map([...new Set(owners)].map((user, k) => [user, k]));
  return loadTotals({
    format: "credible.totals",
    version: 2,
    buyers: summary(buyers),
    spend: summary(spend),
    errors: logs.map((log, j) => log - (spend.byPeriod.get(periods[bought[j]!]!) ?? spend.mean)),
    sizes,
    owners: owners.map((user) => numbers.get(user)!),
    users: numbers.size,
  });
}

/**
 * Makes totals again from what {@linkcode TotalsModel.toJSON} gave.
 *
 * @throws {RangeError} If this is no such data, or of an unknown version.
 */
export function loadTotals(state: TotalsState): TotalsModel {
  ensure(state.format === "credible.totals", "load totals", "format", "credible.totals", state.format);
  ensure(state.version === 2, "load totals", "version", "2", state.version);
  return {
    state,
    predict: (rows, options) => drawTotals(state, rows, options),
    toJSON: () => state,
    [DISPLAY]: () =>
      table(
        [{ part: "log odds to buy", ...state.buyers }, { part: "log of what is spent", ...state.spend }],
        {
          caption: `What a period adds to every customer, from ${state.errors.length} purchases`,
          columns: { sd: { label: "sd of a new period" }, tau: { label: "sd between periods" } },
        },
      )[DISPLAY](),
  };
}

function summary({ mean, predictiveSd, tau }: PeriodEffect): TotalsState["buyers"] {
  return { mean, sd: predictiveSd, tau };
}

type Estimates = Map<number, { readonly estimate: number; readonly error: number }>;

/** By period, the log of buyers over expected ones, on the scale of odds, with half a buyer more so that none is no infinity. */
function buyingByPeriod({ probability, revenue, periods }: TotalsHistory): Estimates {
  const counts = new Map<number, { bought: number; expected: number; variance: number }>();
  for (let i = 0; i < probability.length; i++) {
    const p = probability[i]!, own = counts.get(periods[i]!) ?? { bought: 0, expected: 0, variance: 0 };
    own.bought += Number(revenue[i]! > 0);
    own.expected += p;
    own.variance += p * (1 - p);
    counts.set(periods[i]!, own);
  }
  const usable = [...counts].filter(([, { variance }]) => variance > 0);
  // d log(odds) = d expected / variance: a step in log odds moves the expected count by the variance.
  return new Map(usable.map(([period, { bought, expected, variance }]) => {
    const steepness = expected / variance;
    const estimate = steepness * Math.log((bought + 0.5) / (expected + 0.5));
    return [period, { estimate, error: steepness * Math.sqrt(variance) / (expected + 0.5) }];
  }));
}

/** By period, the mean log of what was spent over what was expected. */
function spendingByPeriod(logs: readonly number[], periods: readonly number[]): Estimates {
  const spread = standardDeviation(logs), byPeriod = Map.groupBy(logs.keys(), (j) => periods[j]!);
  return new Map([...byPeriod].map(([period, rows]) => {
    const own = rows.map((j) => logs[j]!);
    return [period, { estimate: mean(own), error: Math.max(spread, 1e-9) / Math.sqrt(own.length) }];
  }));
}
