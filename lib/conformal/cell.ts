import { type Check, countBelow, ensure, quantileSorted } from "../core/mod.ts";
import { ensureConfidence, ensureScores, quantileRank, rowsNeeded } from "./rank.ts";

/** Calibration scores that share one threshold: all rows, those of a class, of a group, or of another fold. */
export interface Cell {
  /** Whose rows these are. */
  readonly name: string;
  /** Ascending. */
  readonly scores: Float64Array;
  /** In the order of the scores; absent where all rows count alike. */
  readonly weights?: Float64Array;
  /** Sums of the weights up to each score, so that a row's threshold is found by halving. */
  readonly reached?: Float64Array;
  /** What is counted against {@linkcode rowsNeeded}: rows, or businesses where these are exchanged. @default {the scores} */
  readonly units: number;
}

/** Makes a cell: scores sorted, their weights along. */
export function makeCell(
  name: string,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
  units: number = scores.length,
): Cell {
  ensureScores("calibrate", scores);
  if (!weights) return { name, scores: Float64Array.from(scores).sort(), units };
  ensureWeights("calibrate", weights, scores.length);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const ordered = Float64Array.from(order, (i) => weights[i]!);
  let sum = 0;
  const reached = ordered.map((weight) => sum += weight);
  return { name, scores: Float64Array.from(order, (i) => scores[i]!), weights: ordered, reached, units };
}

/** The threshold of a cell for a row of this weight. */
export function thresholdOf(cell: Cell, confidence: number, testWeight = 1): number {
  if (cell.reached) return weightedSorted(cell.scores, cell.reached, testWeight, confidence);
  const rank = quantileRank(cell.scores.length, confidence);
  return rank > cell.scores.length ? Infinity : cell.scores[rank - 1]!;
}

/**
 * The conformal threshold when rows count by their likelihood ratio: the smallest score at which the weighted share of
 * calibration rows, *out of a total that holds the test row's own weight at Infinity*, reaches the confidence. Leaving that
 * weight out goes unnoticed with a thousand rows and breaks the promise with thirty.
 *
 * @param scores n calibration scores.
 * @param weights n weights: how much more often such a row occurs among those to predict. Any common factor will do.
 * @param testWeight The same for the row to predict.
 * @returns Infinity where the weights leave too few rows.
 * @throws {RangeError} If weights are negative or not finite, a score is NaN, or confidence is outside (0, 1).
 * @see Tibshirani et al. 2019, https://arxiv.org/abs/1904.06019, corollary 1.
 *
 * @example
 * ```ts
 * import { weightedThreshold } from "credible/conformal";
 * const scores = [1, 2, 3, 4, 5, 6, 7, 8, 9], ones = scores.map(() => 1);
 * if (weightedThreshold(scores, ones, 1, 0.9) !== 9) throw new Error("as without weights");
 * if (weightedThreshold(scores, ones, 2, 0.9) !== Infinity) throw new Error("a rare kind of row");
 * ```
 */
export function weightedThreshold(
  scores: ArrayLike<number>,
  weights: ArrayLike<number>,
  testWeight: number,
  confidence: number,
): number {
  ensureConfidence("find the weighted threshold", confidence);
  const usable = testWeight >= 0 && testWeight < Infinity;
  ensure(usable, "find the weighted threshold", "testWeight", "finite, 0 or more", testWeight);
  const cell = makeCell("all", scores, weights);
  return weightedSorted(cell.scores, cell.reached!, testWeight, confidence);
}

function weightedSorted(
  scores: Float64Array,
  reached: Float64Array,
  testWeight: number,
  confidence: number,
): number {
  const total = (reached.at(-1) ?? 0) + testWeight;
  const wanted = confidence * total * (1 - 1e-12); // a sum of equal weights must not miss its share by rounding
  // A score without any weight at or below it is no threshold, even where the wanted sum is 0.
  return scores[countBelow(reached, Math.max(wanted, Number.MIN_VALUE))] ?? Infinity;
}

/**
 * How many equally weighted rows these are worth (Kish): (Σ w)² / Σ w².
 *
 * @returns 0 without weight.
 */
export function effectiveRows(weights: ArrayLike<number>): number {
  let total = 0, squares = 0;
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]!;
    squares += weights[i]! ** 2;
  }
  return total > 0 ? total * total / squares : 0;
}

/** The conformal p-value of a score: (1 + how many calibration scores are at least as large) / (n + 1). */
export function pValueOf(cell: Cell, score: number, testWeight = 1): number {
  const n = cell.scores.length, below = countBelow(cell.scores, score - TIE);
  if (!cell.reached) return (n - below + 1) / (n + 1);
  const total = (cell.reached[n - 1] ?? 0) + testWeight;
  return (total - (cell.reached[below - 1] ?? 0)) / total;
}

/** Scores nearer than this are one: sums of probabilities that are equal on paper differ by rounding. */
export const TIE = 1e-12;

/** What is to be said about a cell: too few rows, or weights that leave too few. */
export function cellChecks(cell: Cell, confidence: number): Check[] {
  const needed = rowsNeeded(confidence);
  const percent = `${Number((100 * confidence).toPrecision(4))} %`;
  const units = cell.units === cell.scores.length ? "calibration rows" : "businesses";
  if (cell.units < needed) {
    return [{
      code: "calibrationRows",
      title: `${cell.name}: ${cell.units} ${units}, ${needed} are needed at ${percent}`,
      status: "warn",
      value: cell.units,
      limit: { above: needed - 1 },
      advice: `Nothing can be left out until there are ${needed - cell.units} more: sets hold every label, ` +
        `intervals are infinite. Pool with other rows, or ask for less confidence`,
    }];
  }
  if (!cell.weights || units === "businesses") return [];
  const effective = effectiveRows(cell.weights);
  const typical = quantileSorted(cell.weights.toSorted(), 0.5);
  if (effective >= needed && thresholdOf(cell, confidence, typical) < Infinity) return [];
  return [{
    code: "effectiveRows",
    title: `${cell.name}: ${cell.scores.length} weighted rows are worth ${effective.toFixed(1)}`,
    status: "warn",
    value: effective,
    limit: { above: needed },
    advice:
      "Few calibration rows resemble those to predict: expect sets that hold everything, or collect labels there",
  }];
}

/** Throws unless weights are one a row, finite and not negative. */
export function ensureWeights(action: string, weights: ArrayLike<number>, rows: number): void {
  ensure(weights.length === rows, action, "weights", `${rows} long`, weights.length);
  for (let i = 0; i < rows; i++) {
    const weight = weights[i]!;
    ensure(weight >= 0 && weight < Infinity, action, `weights[${i}]`, "finite, 0 or more", weight);
  }
}

/** A cell as plain JSON. */
export interface CellJson {
  /** Whose rows these are. */
  readonly name: string;
  /** Ascending; Infinity is a text. */
  readonly scores: readonly (number | string)[];
  /** In the order of the scores. */
  readonly weights?: readonly number[];
  /** What is counted against the rows needed. */
  readonly units: number;
}

/** Writes a cell as plain JSON. */
export function cellToJson(cell: Cell): CellJson {
  const scores = Array.from(cell.scores, (score) => Number.isFinite(score) ? score : String(score));
  const base = { name: cell.name, scores, units: cell.units };
  return cell.weights ? { ...base, weights: [...cell.weights] } : base;
}

/** Reads what {@linkcode cellToJson} wrote. */
export function cellFromJson(json: CellJson): Cell {
  return makeCell(json.name, json.scores.map(Number), json.weights, json.units);
}
