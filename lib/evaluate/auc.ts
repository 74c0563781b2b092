import { descending, ensureBinary, sortedOf, type Values } from "./binary.ts";

/**
 * The area under the ROC curve: how often a positive row scores above a negative one, ties counting half.
 *
 * @param labels n values, 0 or 1.
 * @param scores n scores, larger for what looks positive; any scale.
 * @param weights n weights, 0 or more. @default {all 1}
 * @returns A number in [0, 1]; NaN where one of the classes has no row (or no weight).
 * @throws {RangeError} If lengths differ, a label is not 0 or 1, a score is NaN or a weight negative.
 *
 * @example
 * ```ts
 * import { auc } from "credible/evaluate";
 * auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // 0.75
 * ```
 */
export function auc(labels: Values, scores: Values, weights?: Values): number {
  ensureBinary("compute the AUC", labels, scores, weights);
  return weights ? weightedAuc(labels, scores, weights) : plainAuc(labels, scores);
}

/** By merging the two sorted classes: counts are whole numbers, so that nothing is rounded before the division. */
function plainAuc(labels: Values, scores: Values): number {
  const negatives = sortedOf(0, labels, scores), positives = sortedOf(1, labels, scores);
  let doubled = 0, below = 0, notAbove = 0;
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    if (notAbove < below) notAbove = below;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++;
    doubled += below + notAbove;
  }
  return doubled / (2 * negatives.length * positives.length);
}

function weightedAuc(labels: Values, scores: Values, weights: Values): number {
  const order = descending(scores);
  let area = 0, positive = 0, negative = 0;
  for (let start = 0; start < order.length;) {
    const score = scores[order[start]!]!;
    let tiedPositive = 0, tiedNegative = 0;
    for (; start < order.length && scores[order[start]!] === score; start++) {
      const row = order[start]!;
      if (labels[row] === 1) tiedPositive += weights[row]!;
      else tiedNegative += weights[row]!;
    }
    area += tiedNegative * (positive + tiedPositive / 2);
    positive += tiedPositive;
    negative += tiedNegative;
  }
  return area / (positive * negative);
}
