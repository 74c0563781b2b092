import { ensure } from "../core/mod.ts";
import { auc } from "./auc.ts";
import { descending, ensureBinary, type Values } from "./binary.ts";

/** A ROC curve: one point a distinct score, from "nobody is called positive" to "everybody is". */
export interface RocCurve {
  /** Share of negatives called positive, from 0 to 1. */
  readonly falsePositiveRate: Float64Array;
  /** Share of positives called positive, from 0 to 1. */
  readonly truePositiveRate: Float64Array;
  /** A row is called positive when its score is at least this; Infinity first. */
  readonly thresholds: Float64Array;
}

/** Weights of the called rows of either class, at each distinct score from the highest. */
export interface Called {
  /** The distinct scores, descending. */
  readonly thresholds: Float64Array;
  /** Weight of positives at or above each. */
  readonly positives: Float64Array;
  /** Weight of negatives at or above each. */
  readonly negatives: Float64Array;
}

/** Counts what each threshold calls positive; rows without weight do not count. */
export function calledAt(labels: Values, scores: Values, weights?: Values): Called {
  const thresholds: number[] = [], positives: number[] = [], negatives: number[] = [];
  let positive = 0, negative = 0;
  for (const row of descending(scores)) {
    const weight = weights ? weights[row]! : 1;
    if (weight === 0) continue;
    if (labels[row] === 1) positive += weight;
    else negative += weight;
    if (thresholds.at(-1) !== scores[row]) thresholds.push(scores[row]!);
    positives[thresholds.length - 1] = positive;
    negatives[thresholds.length - 1] = negative;
  }
  return {
    thresholds: Float64Array.from(thresholds),
    positives: Float64Array.from(positives),
    negatives: Float64Array.from(negatives),
  };
}

/**
 * The ROC curve, with every distinct score.
 *
 * @param labels n values, 0 or 1.
 * @param scores n scores, larger for what looks positive.
 * @returns Rates of a class without rows are NaN.
 * @throws {RangeError} As {@linkcode auc}.
 */
export function rocCurve(labels: Values, scores: Values, weights?: Values): RocCurve {
  ensureBinary("compute the ROC curve", labels, scores, weights);
  const { thresholds, positives, negatives } = calledAt(labels, scores, weights);
  const rates = (called: Float64Array): Float64Array => {
    const total = called.at(-1) ?? 0;
    return Float64Array.from([0, ...called], (c) => c / total);
  };
  return {
    falsePositiveRate: rates(negatives),
    truePositiveRate: rates(positives),
    thresholds: Float64Array.of(Infinity, ...thresholds),
  };
}

/**
 * The area under the ROC curve up to a false positive rate, standardised by McClish (1989) so that chance is 0.5 and
 * perfection 1.
 *
 * @param maxFalsePositiveRate In (0, 1].
 * @returns NaN where a class has no row.
 * @throws {RangeError} As {@linkcode auc}, or if the rate is outside (0, 1].
 */
export function partialAuc(labels: Values, scores: Values, maxFalsePositiveRate: number): number {
  const limit = maxFalsePositiveRate;
  ensure(limit > 0 && limit <= 1, "compute a partial AUC", "maxFalsePositiveRate", "in (0, 1]", limit);
  const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(labels, scores);
  let area = 0;
  for (let i = 1; i < x.length && x[i - 1]! < limit; i++) {
    const end = Math.min(x[i]!, limit),
      share = x[i]! > x[i - 1]! ? (end - x[i - 1]!) / (x[i]! - x[i - 1]!) : 0;
    area += (end - x[i - 1]!) * (y[i - 1]! + share * (y[i]! - y[i - 1]!) / 2);
  }
  const chance = limit * limit / 2;
  return Number.isNaN(x.at(-1)! + y.at(-1)!) ? NaN : (1 + (area - chance) / (limit - chance)) / 2;
}

/**
 * Kolmogorov's distance between the scores of the two classes: the largest gap between the two rates of the ROC curve.
 *
 * @returns In [0, 1]; NaN where a class has no row.
 * @throws {RangeError} As {@linkcode auc}.
 */
export function ksDistance(labels: Values, scores: Values, weights?: Values): number {
  const { falsePositiveRate, truePositiveRate } = rocCurve(labels, scores, weights);
  return truePositiveRate.reduce(
    (most, rate, i) => Math.max(most, Math.abs(rate - falsePositiveRate[i]!)),
    0,
  );
}

/**
 * The Gini of a score, 2 AUC − 1, as banks have it: 0 is chance, 1 perfection.
 *
 * @throws {RangeError} As {@linkcode auc}.
 */
export function scoreGini(labels: Values, scores: Values, weights?: Values): number {
  return 2 * auc(labels, scores, weights) - 1;
}
