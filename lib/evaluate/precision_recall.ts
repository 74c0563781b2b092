import { ensureBinary, type Values } from "./binary.ts";
import { calledAt } from "./roc.ts";

/** A precision-recall curve: one point a distinct score, from the highest, after the point of recall 0. */
export interface PrecisionRecallCurve {
  /** Share of the called rows that are positive; 1 where none is called. */
  readonly precision: Float64Array;
  /** Share of the positives that are called, from 0 to 1. */
  readonly recall: Float64Array;
  /** A row is called positive when its score is at least this; Infinity first. */
  readonly thresholds: Float64Array;
}

/**
 * The precision-recall curve.
 *
 * @param labels n values, 0 or 1.
 * @param scores n scores, larger for what looks positive.
 * @returns Recall is NaN without positives.
 * @throws {RangeError} As {@linkcode auc}.
 */
export function precisionRecallCurve(labels: Values, scores: Values, weights?: Values): PrecisionRecallCurve {
  ensureBinary("compute the precision-recall curve", labels, scores, weights);
  const { thresholds, positives, negatives } = calledAt(labels, scores, weights);
  const total = positives.at(-1) ?? 0;
  return {
    precision: Float64Array.of(1, ...positives.map((p, i) => p / (p + negatives[i]!))),
    recall: Float64Array.from([0, ...positives], (p) => p / total),
    thresholds: Float64Array.of(Infinity, ...thresholds),
  };
}

/**
 * The average precision: precision at each threshold, weighted by the recall that it adds. Its level for a useless score is
 * the base rate.
 *
 * @returns In (0, 1]; NaN without positives.
 * @throws {RangeError} As {@linkcode auc}.
 *
 * @example
 * ```ts
 * import { averagePrecision } from "credible/evaluate";
 * averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.83
 * ```
 */
export function averagePrecision(labels: Values, scores: Values, weights?: Values): number {
  const { precision, recall } = precisionRecallCurve(labels, scores, weights);
  return stepped(recall, (i) => precision[i]!);
}

/**
 * The area under the precision-recall curve by trapezoids. Straight lines between its points promise more than can be had:
 * prefer {@linkcode averagePrecision}.
 *
 * @throws {RangeError} As {@linkcode auc}.
 */
export function precisionRecallAuc(labels: Values, scores: Values, weights?: Values): number {
  const { precision, recall } = precisionRecallCurve(labels, scores, weights);
  return stepped(recall, (i) => (precision[i]! + precision[i - 1]!) / 2);
}

function stepped(recall: Float64Array, height: (i: number) => number): number {
  let area = 0;
  for (let i = 1; i < recall.length; i++) area += (recall[i]! - recall[i - 1]!) * height(i);
  return recall.length > 1 ? area : NaN;
}
