import { ensure } from "../core/mod.ts";
import { ensureProbabilities, type Values } from "./binary.ts";

/** What acting on everybody above a threshold is worth, beside acting on all and on nobody (which is worth 0). */
export interface NetBenefit {
  /** The probability from which on a customer is called; its odds are the cost of a needless call over the worth of a right one. */
  readonly threshold: number;
  /** Right calls less needless ones, weighted by those odds, per customer: in customers kept. */
  readonly netBenefit: number;
  /** The same where everybody is called. */
  readonly all: number;
}

/**
 * Decision curve: whether decisions by these probabilities do more good than calling everybody or nobody, for every view of
 * what a needless call costs.
 *
 * @param thresholds In (0, 1). @default {0.05, 0.1, …, 0.5}
 * @throws {RangeError} If lengths differ, a label is not 0 or 1, a probability is outside [0, 1], or a threshold outside (0, 1).
 * @see Vickers and Elkin 2006, https://doi.org/10.1177/0272989X06295361
 *
 * @example
 * ```ts
 * import { decisionCurve } from "credible/evaluate";
 * const [at] = decisionCurve([0, 1, 0, 1], [0.1, 0.8, 0.3, 0.6], [0.2]);
 * at!.netBenefit; // two right calls and a needless one of four: 2/4 − 1/4 · 0.25 = 0.4375
 * ```
 */
export function decisionCurve(
  labels: Values,
  probabilities: Values,
  thresholds: readonly number[] = TWENTIETHS,
): NetBenefit[] {
  const action = "draw a decision curve", n = labels.length;
  ensureProbabilities(action, labels, probabilities);
  const positives = countOf(n, (i) => labels[i] === 1);
  return thresholds.map((threshold) => {
    ensure(threshold > 0 && threshold < 1, action, "thresholds", "in (0, 1)", threshold);
    const odds = threshold / (1 - threshold);
    const right = countOf(n, (i) => probabilities[i]! >= threshold && labels[i] === 1);
    const called = countOf(n, (i) => probabilities[i]! >= threshold);
    return {
      threshold,
      netBenefit: (right - (called - right) * odds) / n,
      all: (positives - (n - positives) * odds) / n,
    };
  });
}

const TWENTIETHS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5];

function countOf(n: number, holds: (row: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < n; i++) count += Number(holds(i));
  return count;
}
