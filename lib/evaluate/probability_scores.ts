/**
 * Scores that judge probabilities themselves, not only their order.
 *
 * @module
 */
import { ensure } from "../core/mod.ts";
import { ensureProbabilities, type Values, weightedMean } from "./binary.ts";

/** Options of {@linkcode logLoss}. */
export interface LogLossOptions {
  /** One a row, 0 or more. @default {all 1} */
  readonly weights?: Values;
  /** Probabilities are moved at least this far from 0 and 1; 0 leaves them. In [0, 0.5). @default {0} */
  readonly clip?: number;
}

/**
 * The mean of −log of the probability that was given to what happened, in nats.
 *
 * @returns 0 or more; Infinity where something happened to which probability 0 was given; NaN without rows.
 * @throws {RangeError} If lengths differ, a label is not 0 or 1 or a probability is outside [0, 1].
 *
 * @example
 * ```ts
 * import { logLoss } from "credible/evaluate";
 * logLoss([1, 0], [0.5, 0.5]); // log 2
 * ```
 */
export function logLoss(labels: Values, probabilities: Values, options: LogLossOptions = {}): number {
  const { weights, clip = 0 } = options;
  const action = "compute the log loss";
  ensureProbabilities(action, labels, probabilities, weights);
  ensure(clip >= 0 && clip < 0.5, action, "clip", "in [0, 0.5)", clip);
  return weightedMean(labels.length, (i) => {
    const p = Math.min(1 - clip, Math.max(clip, probabilities[i]!));
    return labels[i] === 1 ? -Math.log(p) : -Math.log1p(-p);
  }, weights);
}

/**
 * The mean squared distance between probability and outcome: 0 is perfect, 0.25 a coin's.
 *
 * @returns In [0, 1]; NaN without rows.
 * @throws {RangeError} As {@linkcode logLoss}.
 */
export function brierScore(labels: Values, probabilities: Values, weights?: Values): number {
  ensureProbabilities("compute the Brier score", labels, probabilities, weights);
  return weightedMean(labels.length, (i) => (labels[i]! - probabilities[i]!) ** 2, weights);
}
