import { ensure } from "../core/mod.ts";

/** A column of numbers. */
export type Values = ArrayLike<number>;

/**
 * Throws unless labels are 0 or 1, scores are numbers (an order by NaN means nothing) and all are equally long.
 */
export function ensureBinary(action: string, labels: Values, scores: Values, weights?: Values): void {
  ensureSameLength(action, "scores", scores, labels);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    ensure(label === 0 || label === 1, action, `labels[${i}]`, "0 or 1", label);
    ensure(!Number.isNaN(scores[i]), action, `scores[${i}]`, "a number", scores[i]);
  }
  ensureWeights(action, weights, labels.length);
}

/** Throws unless predictions are probabilities, besides what {@linkcode ensureBinary} asks. */
export function ensureProbabilities(
  action: string,
  labels: Values,
  probabilities: Values,
  weights?: Values,
): void {
  ensureBinary(action, labels, probabilities, weights);
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    ensure(p >= 0 && p <= 1, action, `probabilities[${i}]`, "in [0, 1]", p);
  }
}

/** Throws unless weights, where given, are one a row, finite and not negative. */
export function ensureWeights(action: string, weights: Values | undefined, rows: number): void {
  if (!weights) return;
  ensure(weights.length === rows, action, "weights", `${rows} long`, weights.length);
  for (let i = 0; i < rows; i++) {
    const weight = weights[i]!;
    ensure(weight >= 0 && weight < Infinity, action, `weights[${i}]`, "finite, 0 or more", weight);
  }
}

/** Throws unless a column is as long as another. */
export function ensureSameLength(action: string, name: string, values: Values, other: Values): void {
  ensure(values.length === other.length, action, name, `${other.length} long`, values.length);
}

/** Throws unless the two columns are equally long and hold numbers. */
export function ensurePairs(action: string, actual: Values, predicted: Values): void {
  ensureSameLength(action, "predicted", predicted, actual);
  for (let i = 0; i < actual.length; i++) {
    ensure(!Number.isNaN(actual[i]), action, `actual[${i}]`, "a number", actual[i]);
    ensure(!Number.isNaN(predicted[i]), action, `predicted[${i}]`, "a number", predicted[i]);
  }
}

/** Throws unless a confidence lies inside (0, 1). */
export function ensureConfidence(action: string, confidence: number): void {
  ensure(confidence > 0 && confidence < 1, action, "confidence", "in (0, 1)", confidence);
}

/** The rows from the largest score to the smallest; ties keep the order of the input. */
export function descending(scores: Values): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, i) => i)
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
}

/** The scores of the rows with this label, ascending. */
export function sortedOf(label: 0 | 1, labels: Values, scores: Values): Float64Array {
  return Float64Array.from(scores).filter((_, i) => labels[i] === label).sort();
}

/** The weighted mean of a function of the row; NaN without rows or weight. */
export function weightedMean(rows: number, of: (row: number) => number, weights?: Values): number {
  let total = 0, weight = 0;
  for (let i = 0; i < rows; i++) {
    const w = weights ? weights[i]! : 1;
    if (w === 0) continue; // a row without weight does not count, even where its value is infinite
    total += w * of(i);
    weight += w;
  }
  return total / weight;
}
