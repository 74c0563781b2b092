import { ensure } from "../core/mod.ts";
import { ensureBinary, type Values } from "./binary.ts";

/** Counts of right and wrong calls, and the rates that follow; a rate over no rows is NaN. */
export interface Confusion {
  /** Positives called positive. */
  readonly truePositives: number;
  /** Negatives called positive. */
  readonly falsePositives: number;
  /** Negatives called negative. */
  readonly trueNegatives: number;
  /** Positives called negative. */
  readonly falseNegatives: number;
  /** Share of right calls. */
  readonly accuracy: number;
  /** Share of the called that are positive. */
  readonly precision: number;
  /** Share of the positives that are called. */
  readonly recall: number;
  /** Share of the negatives that are not called. */
  readonly specificity: number;
  /** Mean of recall and specificity. */
  readonly balancedAccuracy: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Matthews' correlation of call and truth, in [−1, 1]. */
  readonly matthews: number;
  /** Cohen's kappa: agreement beyond chance. */
  readonly kappa: number;
}

/**
 * Judges the calls "positive when the score is at least the threshold".
 *
 * @param labels n values, 0 or 1.
 * @param scores n scores, larger for what looks positive.
 * @throws {RangeError} As {@linkcode auc}, or if the threshold is NaN.
 *
 * @example
 * ```ts
 * import { confusionAt } from "credible/evaluate";
 * const { precision, recall } = confusionAt([0, 0, 1, 1], [0.1, 0.6, 0.35, 0.8], 0.5); // both one half
 * ```
 */
export function confusionAt(labels: Values, scores: Values, threshold: number): Confusion {
  const action = "count right and wrong calls";
  ensureBinary(action, labels, scores);
  ensure(!Number.isNaN(threshold), action, "threshold", "a number", threshold);
  const counts = [0, 0, 0, 0]; // negatives not called and called, positives not called and called
  for (let i = 0; i < labels.length; i++) counts[2 * labels[i]! + Number(scores[i]! >= threshold)]!++;
  const [tn, fp, fn, tp] = counts as [number, number, number, number];
  const n = labels.length, called = tp + fp, positives = tp + fn, negatives = tn + fp;
  const recall = tp / positives, specificity = tn / negatives;
  const chance = (called * positives + (n - called) * negatives) / (n * n);
  return {
    truePositives: tp,
    falsePositives: fp,
    trueNegatives: tn,
    falseNegatives: fn,
    accuracy: (tp + tn) / n,
    precision: tp / called,
    recall,
    specificity,
    balancedAccuracy: (recall + specificity) / 2,
    f1: fScore({ truePositives: tp, falsePositives: fp, falseNegatives: fn }, 1),
    matthews: (tp * tn - fp * fn) / (Math.sqrt(called * positives) * Math.sqrt((n - called) * negatives)),
    kappa: ((tp + tn) / n - chance) / (1 - chance),
  };
}

/**
 * The F score: recall counts `beta` times as much as precision.
 *
 * @param beta Positive and finite; 2 where a missed customer costs more than a call in vain.
 * @returns In [0, 1]; NaN where nothing is positive and nothing called.
 * @throws {RangeError} If beta is not positive and finite.
 */
export function fScore(
  counts: Pick<Confusion, "truePositives" | "falsePositives" | "falseNegatives">,
  beta: number,
): number {
  ensure(beta > 0 && beta < Infinity, "compute an F score", "beta", "positive and finite", beta);
  const weight = beta * beta, hits = (1 + weight) * counts.truePositives;
  return hits / (hits + weight * counts.falseNegatives + counts.falsePositives);
}
