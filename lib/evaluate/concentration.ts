import { ensure, sum } from "../core/mod.ts";
import { descending, ensurePairs, type Values } from "./binary.ts";

/**
 * How well predictions order amounts: the Gini of the actual values taken from the highest prediction down, over the best
 * that any order reaches. Ties keep the order of the input.
 *
 * @param actual n amounts, 0 or more, not all 0.
 * @returns At most 1, which is the perfect order; about 0 for a useless one; NaN where the amounts are all equal.
 * @throws {RangeError} On NaN, negative amounts, or lengths that differ.
 *
 * @example
 * ```ts
 * import { normalizedGini } from "credible/evaluate";
 * normalizedGini([0, 10, 200], [3, 8, 90]); // 1: the order is right
 * ```
 */
export function normalizedGini(actual: Values, predicted: Values): number {
  return gini(actual, predicted) / gini(actual, actual);
}

/** The Gini of actual amounts ordered by predictions, before {@linkcode normalizedGini} divides by the best. */
export function gini(actual: Values, predicted: Values): number {
  const action = "compute a Gini";
  ensurePairs(action, actual, predicted);
  const n = actual.length, total = ensureAmounts(action, actual);
  let running = 0, shares = 0;
  for (const row of descending(predicted)) {
    running += actual[row]!;
    shares += running / total;
  }
  return (shares - (n + 1) / 2) / n;
}

/** The Gini coefficient of amounts, from the Lorenz curve: 0 where all are equal, near 1 where one has everything. */
export function lorenzGini(amounts: Values): number {
  const total = ensureAmounts("compute a Gini", amounts);
  const n = amounts.length, sorted = Float64Array.from(amounts).sort();
  return 2 * sum(sorted.map((v, i) => (i + 1) * v)) / (n * total) - (n + 1) / n;
}

function ensureAmounts(action: string, amounts: Values): number {
  for (let i = 0; i < amounts.length; i++) {
    ensure(amounts[i]! >= 0, action, `actual[${i}]`, "0 or more", amounts[i]);
  }
  return sum(amounts);
}
