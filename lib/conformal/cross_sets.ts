import { type Check, countBelow, ensure, type Matrix, row } from "../core/mod.ts";
import { cellChecks, makeCell, TIE } from "./cell.ts";
import { ensureLength } from "./cells.ts";
import { ensureLabels, type Probabilities, toMatrix } from "./class_rows.ts";
import { type ClassScore, classScore, type ClassScoreSpec, lac } from "./class_scores.ts";
import { ensureFolds } from "./folds.ts";
import { type PredictedSets, predictedSets } from "./predicted_sets.ts";
import { ensureConfidence, quantileRank } from "./rank.ts";

/** Out-of-fold probabilities of labels. */
export interface CrossCalibration {
  /** n labels, integers from 0. */
  readonly labels: ArrayLike<number>;
  /** Probabilities of each row by the model that was fitted without its fold. */
  readonly outOfFold: Probabilities;
  /** The fold of each row, an integer from 0. Folds within businesses, or businesses, will do. */
  readonly folds: ArrayLike<number>;
}

/** Out-of-fold probabilities of labels, and what each fold's model says of the rows to predict. */
export interface CrossClasses extends CrossCalibration {
  /** For each fold, what the model fitted without it says of the rows to predict. */
  readonly predictions: readonly Probabilities[];
}

/** Options of {@linkcode crossSets}. */
export interface CrossSetsOptions {
  /** In (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** How labels are scored; deterministic. @default {lac()} */
  readonly score?: ClassScore;
  /** `true` compares within each label, so that the promise holds for each, at the price of larger sets. @default {false} */
  readonly byClass?: boolean;
  /** Names of the labels. @default {"0", "1", …} */
  readonly classes?: readonly string[];
}

/** Prediction sets from the models of all folds: immutable, and plain JSON when saved. */
export interface CrossClassSets {
  /** Wanted coverage, in (0, 1). */
  readonly confidence: number;
  /** Names of the labels. */
  readonly classes: readonly string[];
  /** Too few rows; empty when all is well. */
  readonly checks: readonly Check[];
  /** The set of each row, from what the model of each fold says of it. */
  predict(predictions: readonly Probabilities[]): PredictedSets;
  /** Plain data from which {@linkcode loadCrossSets} makes the same sets. */
  toJSON(): CrossSetsJson;
}

/** {@linkcode CrossClassSets} as plain data. */
export interface CrossSetsJson {
  /** What this is. */
  readonly format: "credible.crossSets";
  /** Of the format. */
  readonly version: 1;
  /** Wanted coverage. */
  readonly confidence: number;
  /** The score. */
  readonly score: ClassScoreSpec;
  /** Whether rows are compared within each label only. */
  readonly byClass: boolean;
  /** Names of the labels. */
  readonly classes: readonly string[];
  /** For each fold and label, the ascending scores of its rows. */
  readonly scores: readonly (readonly (readonly number[])[])[];
}

/**
 * Prediction sets that spend no row on calibration (CV+): a label stays unless it fits worse than the rows' own labels
 * did, in too many comparisons under one and the same model. Covers at least 2 · confidence − 1, less at most √(2 / n)
 * with folds of more than a row, and near `confidence` in practice.
 *
 * @throws {RangeError} If lengths differ, a fold has no prediction, or the score is randomised.
 * @see Romano, Sesia & Candès 2020, https://arxiv.org/abs/2006.02544, section 3.
 *
 * @example
 * ```ts
 * import { crossSets } from "credible/conformal";
 * const predicted = crossSets({
 *   labels: [0, 1, 0, 1],
 *   outOfFold: [0.2, 0.7, 0.4, 0.9],
 *   folds: [0, 0, 1, 1],
 *   predictions: [[0.95], [0.9]],
 * }, { confidence: 0.6 });
 * predicted.sets[0]; // [1]
 * ```
 */
export function crossSets(rows: CrossClasses, options: CrossSetsOptions = {}): PredictedSets {
  return fitCrossSets(rows, options, rows.predictions.length).predict(rows.predictions);
}

/**
 * The first half of {@linkcode crossSets}: keeps the scores of the out-of-fold rows, to predict any rows later.
 *
 * @param folds How many models predict. @default {the largest fold and one}
 * @throws {RangeError} If lengths differ, a fold is none of `folds`, or the score is randomised.
 */
export function fitCrossSets(
  rows: CrossCalibration,
  options: CrossSetsOptions = {},
  folds: number = Array.from(rows.folds).reduce((a, b) => Math.max(a, b), -1) + 1,
): CrossClassSets {
  const { confidence = 0.9, score = lac(), byClass = false } = options;
  const action = "make cross-conformal sets";
  ensureConfidence(action, confidence);
  ensure(!score.randomised, action, "score", "deterministic", score.spec.name);
  const p = toMatrix(action, rows.outOfFold), n = p.rows, K = p.columns;
  ensureLabels(action, rows.labels, n, K);
  ensureFolds(action, rows.folds, n, folds);
  const classes = options.classes ?? Array.from({ length: K }, (_, k) => String(k));
  ensureLength(action, "classes", classes, K);
  const scores: number[][][] = Array.from({ length: folds }, () => classes.map(() => []));
  for (let i = 0; i < n; i++) {
    const label = rows.labels[i]!;
    scores[rows.folds[i]!]![label]!.push(score.scores(row(p, i), 0)[label]!);
  }
  for (const own of scores.flat()) own.sort((a, b) => a - b);
  return build({
    format: "credible.crossSets",
    version: 1,
    confidence,
    score: score.spec,
    byClass,
    classes,
    scores,
  });
}

/**
 * Makes cross-conformal sets again from what {@linkcode CrossClassSets.toJSON} gave.
 *
 * @throws {RangeError} If this is no such data, or of a version that is not known here.
 */
export function loadCrossSets(json: CrossSetsJson): CrossClassSets {
  const action = "load cross-conformal sets";
  ensure(json.format === "credible.crossSets", action, "format", "credible.crossSets", json.format);
  ensure(json.version === 1, action, "version", "1", json.version);
  return build(json);
}

function build(json: CrossSetsJson): CrossClassSets {
  const { confidence, byClass, classes, scores } = json, K = classes.length;
  const score = classScore(json.score);
  const ofClass = classes.map((_, k) => Float64Array.from(scores.flatMap((fold) => fold[k]!)));
  const total = ofClass.reduce((sum, own) => sum + own.length, 0);
  const checks = byClass
    ? classes.flatMap((name, k) => cellChecks(makeCell(name, ofClass[k]!), confidence))
    : cellChecks(makeCell("all rows", new Float64Array(total)), confidence);
  // #{i : s_i < s} < (1 − α)(n + 1), among the rows that a label is compared with
  const ranks = ofClass.map((own) => quantileRank(byClass ? own.length : total, confidence));
  const rivals = scores.map((fold) =>
    classes.map((_, k) => byClass ? fold[k]! : fold.flat().sort((a, b) => a - b))
  );
  const keptLabels = (perFold: readonly Matrix[], j: number): number[] => {
    const worse = new Float64Array(K);
    perFold.forEach((p, fold) => {
      score.scores(row(p, j), 0).forEach((s, k) => worse[k]! += countBelow(rivals[fold]![k]!, s - TIE));
    });
    return Array.from(worse.keys()).filter((k) => worse[k]! < ranks[k]!);
  };
  return {
    confidence,
    classes,
    checks,
    predict: (predictions) => {
      const action = "predict cross-conformal sets";
      ensureLength(action, "predictions", predictions, scores.length);
      const perFold = predictions.map((p) => toMatrix(action, p)), m = perFold[0]?.rows ?? 0;
      perFold.forEach((p) => ensure(p.columns === K, action, "probabilities", `${K} wide`, p.columns));
      return predictedSets({
        sets: Array.from({ length: m }, (_, j) => keptLabels(perFold, j)),
        classes,
        confidence,
        shares: ofClass.map((own) => own.length / total),
        checks,
      });
    },
    toJSON: () => json,
  };
}
