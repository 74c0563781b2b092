import { ensure } from "../../core/mod.ts";
import { drawSettings, Judge, type SearchOptions, type Trial } from "./search.ts";
import { type SearchResult, searchResult } from "./search_result.ts";
import type { Space } from "./space.ts";

/** Options of {@linkcode randomSearch}. */
export interface RandomSearchOptions<S extends Space> extends SearchOptions<S> {
  /** How many settings are drawn. @default {30} */
  readonly settings?: number;
}

/**
 * Chooses among settings drawn at random, each judged by cross-validation on the same splits. Where few of the dimensions matter, this finds
 * more than a grid of as many settings, which tries few values of each.
 *
 * @returns The best setting with all trials. Its score is optimistic, and `checks` says by how much at a guess.
 * @throws {RangeError} If an option is outside its range, or no setting has a score on every split.
 * @throws The signal's reason once it is aborted.
 * @see Bergstra and Bengio 2012, https://www.jmlr.org/papers/v13/bergstra12a.html
 *
 * @example
 * ```ts
 * import { mean } from "credible/core";
 * import { meanAbsoluteError, randomSearch, stratifiedFolds, take, uniform } from "credible/evaluate";
 * const spend = [3, 5, 4, 8, 6, 7, 30, 5];
 * const { best } = await randomSearch({
 *   space: { towardsZero: uniform(0, 1) },
 *   settings: 10,
 *   labels: spend,
 *   splits: stratifiedFolds(new Uint8Array(8), { folds: 4, seed: 7 }),
 *   metric: meanAbsoluteError,
 *   better: "lower",
 *   fit: ({ towardsZero }, train) => {
 *     const level = (1 - towardsZero) * mean(take(spend, train));
 *     return (rows) => new Float64Array(rows.length).fill(level);
 *   },
 *   seed: 7,
 * });
 * best.setting.towardsZero; // some, because one customer spends far more than the others
 * ```
 */
export async function randomSearch<const S extends Space>(
  options: RandomSearchOptions<S>,
): Promise<SearchResult<S>> {
  const { space, seed, settings = 30 } = options;
  ensure(Number.isInteger(settings) && settings >= 1, "search", "settings", "a positive integer", settings);
  using judge = new Judge(options, settings);
  const trials: Trial<S>[] = [];
  for (const [trial, setting] of drawSettings(space, settings, seed).entries()) {
    trials.push(await judge.judge(trial, setting, Infinity));
  }
  return searchResult(options, trials);
}
