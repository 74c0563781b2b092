import { countBelow, ensure } from "../core/mod.ts";
import { fitIncreasing, isotonicAt } from "../calibration/mod.ts";
import { ensureLabels } from "./class_rows.ts";
import { ensureLength } from "./cells.ts";
import { ensureScores } from "./rank.ts";

/** A probability between two: one of them is calibrated, whatever the label turns out to be. */
export interface VennAbersRow {
  /** As if the row's label were 0. */
  readonly low: number;
  /** As if the row's label were 1. */
  readonly high: number;
  /** One probability from both, the minimax choice for the log loss: high / (1 − low + high). */
  readonly probability: number;
}

/** Fitted Venn–Abers probabilities: immutable, and plain JSON when saved. */
export interface VennAbers {
  /** The two probabilities of each score, and the one between them. */
  predict(scores: ArrayLike<number>): VennAbersRow[];
  /** Plain data from which {@linkcode loadVennAbers} makes the same probabilities. */
  toJSON(): VennAbersJson;
}

/** {@linkcode VennAbers} as plain data. */
export interface VennAbersJson {
  /** What this is. */
  readonly format: "credible.vennAbers";
  /** Distinct calibration scores, ascending. */
  readonly scores: readonly number[];
  /** 2 m + 1 values: below the first score, at it, between it and the second, … */
  readonly low: readonly number[];
  /** In the same places. */
  readonly high: readonly number[];
}

/**
 * Inductive Venn–Abers prediction: isotonic calibration done twice for each row, once with it as a 0 and once as a 1.
 * The width between the two says how little the calibration rows know there; few rows give wide pairs, not wrong ones.
 *
 * @param scores n scores or probabilities of rows that the model was not fitted on.
 * @param labels n labels, 0 or 1.
 * @throws {RangeError} If there is no row, a score is not finite, or a label is not 0 or 1.
 * @see Vovk, Petej & Fedorova 2015, https://arxiv.org/abs/1511.00213
 *
 * @example
 * ```ts
 * import { fitVennAbers } from "credible/conformal";
 * const churn = fitVennAbers([0.1, 0.2, 0.4, 0.6, 0.8, 0.9], [0, 0, 1, 0, 1, 1]);
 * const [customer] = churn.predict([0.7]);
 * if (!(customer!.low <= customer!.probability && customer!.probability <= customer!.high)) throw new Error("between");
 * ```
 */
export function fitVennAbers(scores: ArrayLike<number>, labels: ArrayLike<number>): VennAbers {
  const action = "fit Venn–Abers probabilities", n = scores.length;
  ensure(n > 0, action, "the number of rows", "1 or more", n);
  ensureScores(action, scores);
  ensureLabels(action, labels, n, 2);
  const distinct = [...new Set(Array.from(scores))].sort((a, b) => a - b);
  // Only the order counts, so ranks stand for scores: no place can fall on a score by rounding.
  const rank = new Map(distinct.map((score, i) => [score, 2 * i + 1]));
  const x = [...Array.from(scores, (score) => rank.get(score)!), NaN], y = [...Array.from(labels), NaN];
  const withLabel = (label: 0 | 1): number[] =>
    Array.from({ length: 2 * distinct.length + 1 }, (_, place) => {
      x[n] = place;
      y[n] = label;
      return isotonicAt(fitIncreasing(x, y), place);
    });
  return loadVennAbers({
    format: "credible.vennAbers",
    scores: distinct,
    low: withLabel(0),
    high: withLabel(1),
  });
}

/** Makes Venn–Abers probabilities again from what {@linkcode VennAbers.toJSON} gave. */
export function loadVennAbers(json: VennAbersJson): VennAbers {
  const action = "load Venn–Abers probabilities", m = json.scores.length;
  ensure(json.format === "credible.vennAbers", action, "format", "credible.vennAbers", json.format);
  ensureLength(action, "low", json.low, 2 * m + 1);
  ensureLength(action, "high", json.high, 2 * m + 1);
  return {
    predict: (scores) => {
      ensureScores("predict Venn–Abers probabilities", scores);
      return Array.from(scores, (score) => {
        const place = placeOf(json.scores, score), low = json.low[place]!, high = json.high[place]!;
        return { low, high, probability: high / (1 - low + high) };
      });
    },
    toJSON: () => json,
  };
}

/** 2 i + 1 at the i-th score, 2 i below it. */
function placeOf(sorted: readonly number[], score: number): number {
  const below = countBelow(sorted, score);
  return sorted[below] === score ? 2 * below + 1 : 2 * below;
}
