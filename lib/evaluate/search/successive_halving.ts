import { ensure } from "../../core/mod.ts";
import { drawSettings, Judge, ranked, type SearchOptions, type Trial } from "./search.ts";
import { type SearchResult, searchResult } from "./search_result.ts";
import type { Space } from "./space.ts";

/** How budgets grow while settings drop out. */
export interface HalvingOptions {
  /** What the first round may spend a setting: rounds, trees, rows; 1 or more. @default {1} */
  readonly minBudget?: number;
  /** What the last round may spend a setting. */
  readonly maxBudget: number;
  /** One of so many settings goes on, with so many times the budget; above 1. @default {3} */
  readonly factor?: number;
  /** How many settings begin. @default {as many as leave one for the last round} */
  readonly settings?: number;
}

/** Options of {@linkcode successiveHalving}. */
export interface SuccessiveHalvingOptions<S extends Space> extends SearchOptions<S>, HalvingOptions {}

/** One round of {@linkcode successiveHalving}. */
export interface HalvingRound {
  /** How many settings are judged. */
  readonly settings: number;
  /** What each may spend, a whole number. */
  readonly budget: number;
}

/**
 * The rounds of successive halving: with the factor η and s = ⌊log_η(max / min)⌋, round i = 0 … s judges ⌊n / η^i⌋ settings, at least one,
 * with max · η^(i − s) each. As long as that divides, every round costs the same.
 *
 * @throws {RangeError} Unless 1 ≤ minBudget ≤ maxBudget, factor > 1 and settings is a positive integer.
 *
 * @example
 * ```ts
 * import { halvingRounds } from "credible/evaluate";
 * halvingRounds({ maxBudget: 9 }); // 9 settings with a budget of 1, 3 with 3, 1 with 9
 * ```
 */
export function halvingRounds(options: HalvingOptions): HalvingRound[] {
  const { minBudget = 1, maxBudget, factor = 3 } = options;
  const action = "halve successively";
  ensure(minBudget >= 1, action, "minBudget", "1 or more", minBudget);
  ensure(
    maxBudget >= minBudget && maxBudget < Infinity,
    action,
    "maxBudget",
    "finite and ≥ minBudget",
    maxBudget,
  );
  ensure(factor > 1 && factor < Infinity, action, "factor", "above 1 and finite", factor);
  const last = roundsAfterFirst(maxBudget / minBudget, factor);
  const { settings = Math.round(factor ** last) } = options;
  ensure(Number.isInteger(settings) && settings >= 1, action, "settings", "a positive integer", settings);
  return Array.from({ length: last + 1 }, (_, i) => ({
    settings: Math.max(1, Math.floor(settings / factor ** i + ROUNDING)),
    budget: Math.round(maxBudget * factor ** (i - last)),
  }));
}

/** Keeps quotients and logarithms that are whole but for rounding from falling to the next whole number. */
const ROUNDING = 1e-9;

function roundsAfterFirst(ratio: number, factor: number): number {
  return Math.floor(Math.log(ratio) / Math.log(factor) + ROUNDING);
}

/**
 * The brackets of Hyperband: as many searches as there are ways to trade settings for budget, all of about the same cost. Each is an
 * options' part of {@linkcode successiveHalving}; the best of their bests hedges against small budgets that misjudge.
 *
 * @throws {RangeError} Unless maxBudget ≥ 1 and factor > 1.
 * @see Li et al. 2018, https://jmlr.org/papers/v18/16-558.html, algorithm 1
 */
export function hyperbandBrackets(
  maxBudget: number,
  factor = 3,
): (HalvingOptions & { readonly settings: number })[] {
  ensure(
    maxBudget >= 1 && maxBudget < Infinity,
    "lay out Hyperband",
    "maxBudget",
    "1 or more, finite",
    maxBudget,
  );
  ensure(factor > 1 && factor < Infinity, "lay out Hyperband", "factor", "above 1 and finite", factor);
  const most = roundsAfterFirst(maxBudget, factor);
  return Array.from({ length: most + 1 }, (_, k) => {
    const s = most - k;
    return {
      minBudget: maxBudget / factor ** s,
      maxBudget,
      factor,
      settings: Math.ceil((most + 1) / (s + 1) * factor ** s - ROUNDING),
    };
  });
}

/**
 * Chooses among many settings at the price of few: all are judged with a small budget, the better part goes on with a larger one, until the
 * last round has the full budget. `fit` heeds `context.budget`, as rounds of boosting, trees, or rows to fit on.
 *
 * @returns The best setting of the last round with all trials. Its score is optimistic, and `checks` says so.
 * @throws {RangeError} If an option is outside its range, or no setting of the last round has a score on every split.
 * @throws The signal's reason once it is aborted.
 * @see Jamieson and Talwalkar 2016, https://proceedings.mlr.press/v51/jamieson16.html
 *
 * @example
 * ```ts
 * import { mean } from "credible/core";
 * import { meanAbsoluteError, stratifiedFolds, successiveHalving, take, uniform } from "credible/evaluate";
 * const spend = [3, 5, 4, 8, 6, 7, 30, 5];
 * const { best } = await successiveHalving({
 *   space: { towardsZero: uniform(0, 1) },
 *   maxBudget: 4, // rows to fit on
 *   factor: 2,
 *   labels: spend,
 *   splits: stratifiedFolds(new Uint8Array(8), { folds: 4, seed: 7 }),
 *   metric: meanAbsoluteError,
 *   better: "lower",
 *   fit: ({ towardsZero }, train, { budget }) => {
 *     const level = (1 - towardsZero) * mean(take(spend, train.subarray(0, budget)));
 *     return (rows) => new Float64Array(rows.length).fill(level);
 *   },
 *   seed: 7,
 * });
 * best.budget; // 4
 * ```
 */
export async function successiveHalving<const S extends Space>(
  options: SuccessiveHalvingOptions<S>,
): Promise<SearchResult<S>> {
  const rounds = halvingRounds(options);
  using judge = new Judge(options, rounds.reduce((sum, { settings }) => sum + settings, 0));
  const trials: Trial<S>[] = [];
  let going = drawSettings(options.space, rounds[0]!.settings, options.seed)
    .map((setting, trial) => ({ trial, setting }));
  for (const { settings, budget } of rounds) {
    const judged: Trial<S>[] = [];
    for (const { trial, setting } of going.slice(0, settings)) {
      judged.push(await judge.judge(trial, setting, budget));
    }
    trials.push(...judged);
    going = ranked(judged, options.better);
  }
  return searchResult(options, trials);
}
