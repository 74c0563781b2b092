/**
 * Judging several classes, numbered 0 to K − 1.
 *
 * @module
 */
import { column, ensure, type Matrix, mean, row } from "../core/mod.ts";
import { auc } from "./auc.ts";
import { ensureSameLength, type Values, weightedMean } from "./binary.ts";

/** Counts of each true class (row) called each class (column). */
export function confusionMatrix(labels: Values, called: Values, classes: number): Matrix {
  const action = "count the calls of classes";
  ensure(Number.isInteger(classes) && classes > 0, action, "classes", "a positive integer", classes);
  ensureSameLength(action, "called", called, labels);
  ensureClasses(action, "labels", labels, classes);
  ensureClasses(action, "called", called, classes);
  const values = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) values[labels[i]! * classes + called[i]!]!++;
  return { rows: classes, columns: classes, values };
}

/** What each class is called by: the most probable of its row, the first of equals. */
export function mostProbable(probabilities: Matrix): Uint32Array {
  return Uint32Array.from({ length: probabilities.rows }, (_, i) => {
    const p = row(probabilities, i);
    return p.reduce((best, value, k) => value > p[best]! ? k : best, 0);
  });
}

/** The mean of −log of the probability given to the class that it was; Infinity where that was 0. */
export function multiclassLogLoss(labels: Values, probabilities: Matrix): number {
  ensureDistributions("compute the log loss", labels, probabilities);
  const given = (i: number): number => probabilities.values[i * probabilities.columns + labels[i]!]!;
  return weightedMean(labels.length, (i) => -Math.log(given(i)));
}

/** Share of the rows whose class is among the k most probable ones; a tie counts against the row. */
export function topAccuracy(labels: Values, probabilities: Matrix, k: number): number {
  const action = "compute the top accuracy";
  ensureDistributions(action, labels, probabilities);
  ensure(Number.isInteger(k) && k > 0, action, "k", "a positive integer", k);
  return weightedMean(labels.length, (i) => {
    const p = row(probabilities, i), own = p[labels[i]!]!;
    return Number(p.filter((value, other) => other !== labels[i] && value >= own).length < k);
  });
}

/** How the classes' AUCs are put together. */
export interface MulticlassAucOptions {
  /** `rest`: each class against all others; `pairs`: Hand and Till (2001), each pair of classes by itself. @default {"rest"} */
  readonly against?: "rest" | "pairs";
  /** Whether classes count alike or by their rows; `rest` only. @default {"macro"} */
  readonly average?: "macro" | "weighted";
}

/**
 * The AUC of several classes.
 *
 * @param labels n classes; one without rows makes the answer NaN.
 * @param probabilities n × K, rows summing to 1.
 * @see Hand and Till 2001, https://doi.org/10.1023/A:1010920819831
 */
export function multiclassAuc(
  labels: Values,
  probabilities: Matrix,
  options: MulticlassAucOptions = {},
): number {
  const { against = "rest", average = "macro" } = options;
  ensureDistributions("compute the AUC", labels, probabilities);
  const classes = Array.from({ length: probabilities.columns }, (_, k) => k);
  const scores = classes.map((k) => column(probabilities, k));
  if (against === "pairs") {
    return mean(
      classes.flatMap((j) => classes.filter((k) => k !== j).map((k) => pairAuc(labels, scores[j]!, j, k))),
    );
  }
  const isClass = (k: number): Values => Float64Array.from(labels, (label) => Number(label === k));
  const weights = Float64Array.from(classes, (k) => average === "macro" ? 1 : mean(isClass(k)));
  return weightedMean(classes.length, (k) => auc(isClass(k), scores[k]!), weights);
}

/** How well the score of class j tells it from class k. */
function pairAuc(labels: Values, score: Float64Array, j: number, k: number): number {
  const rows = Array.from(labels, (label, i) => ({ label, i })).filter(({ label }) =>
    label === j || label === k
  );
  return auc(rows.map(({ label }) => Number(label === j)), rows.map(({ i }) => score[i]!));
}

/** Precision, recall and F1 of classes put together. */
export interface ClassScores {
  /** Share of the called that are right. */
  readonly precision: number;
  /** Share of the class that is called. */
  readonly recall: number;
  /** Harmonic mean of the two, averaged after it is taken. */
  readonly f1: number;
}

/**
 * Precision, recall and F1 from a confusion matrix. A class that is never called (or has no row) counts as 0.
 *
 * @param average `macro` counts classes alike, `weighted` by their rows, `micro` pools all rows (all three are then the accuracy).
 */
export function classScores(confusion: Matrix, average: "macro" | "weighted" | "micro"): ClassScores {
  const { hits, truth, called, n } = margins(confusion);
  if (average === "micro") {
    const accuracy = confusionAccuracy(confusion);
    return { precision: accuracy, recall: accuracy, f1: accuracy };
  }
  const weights = average === "macro" ? undefined : truth.map((t) => t / n);
  const over = (of: (k: number) => number): number => weightedMean(hits.length, (k) => of(k) || 0, weights);
  return {
    precision: over((k) => hits[k]! / called[k]!),
    recall: over((k) => hits[k]! / truth[k]!),
    f1: over((k) => 2 * hits[k]! / (truth[k]! + called[k]!)),
  };
}

/** Share of right calls; NaN without rows. */
export function confusionAccuracy(confusion: Matrix): number {
  const { hits, n } = margins(confusion);
  return hits.reduce((a, b) => a + b, 0) / n;
}

/** Mean recall over the classes that have rows. */
export function confusionBalancedAccuracy(confusion: Matrix): number {
  const { hits, truth } = margins(confusion);
  return mean(Float64Array.from(hits, (h, k) => h / truth[k]!).filter((recall) => !Number.isNaN(recall)));
}

/** Matthews' correlation for K classes (Gorodkin 2004), in [−1, 1]; NaN where all is one class, or called one. */
export function confusionMatthews(confusion: Matrix): number {
  const { hits, truth, called, n } = margins(confusion);
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((total, v, k) => total + v * b[k]!, 0);
  const agreement = hits.reduce((a, b) => a + b, 0) * n - dot(truth, called);
  return agreement / (Math.sqrt(n * n - dot(called, called)) * Math.sqrt(n * n - dot(truth, truth)));
}

/** Cohen's kappa; `quadratic` weighs a wrong call by the square of how many classes it is off, for ordered classes. */
export function confusionKappa(confusion: Matrix, weights: "none" | "quadratic" = "none"): number {
  const { truth, called, n } = margins(confusion);
  let observed = 0, expected = 0;
  for (let i = 0; i < confusion.rows; i++) {
    for (let j = 0; j < confusion.columns; j++) {
      const cost = weights === "quadratic" ? (i - j) ** 2 : Number(i !== j);
      observed += cost * confusion.values[i * confusion.columns + j]!;
      expected += cost * truth[i]! * called[j]! / n;
    }
  }
  return 1 - observed / expected;
}

function margins(
  confusion: Matrix,
): { hits: Float64Array; truth: Float64Array; called: Float64Array; n: number } {
  const { rows: k, columns, values } = confusion;
  ensure(k === columns, "judge a confusion matrix", "confusion", "square", `${k} × ${columns}`);
  const hits = new Float64Array(k), truth = new Float64Array(k), called = new Float64Array(k);
  values.forEach((count, at) => {
    const i = Math.floor(at / k), j = at % k;
    truth[i]! += count;
    called[j]! += count;
    if (i === j) hits[i] = count;
  });
  return { hits, truth, called, n: truth.reduce((a, b) => a + b, 0) };
}

function ensureClasses(action: string, name: string, values: Values, classes: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const known = Number.isInteger(value) && value >= 0 && value < classes;
    ensure(known, action, `${name}[${i}]`, `an integer in [0, ${classes})`, value);
  }
}

function ensureDistributions(action: string, labels: Values, probabilities: Matrix): void {
  ensure(
    probabilities.rows === labels.length,
    action,
    "probabilities",
    `${labels.length} rows`,
    probabilities.rows,
  );
  ensureClasses(action, "labels", labels, probabilities.columns);
  for (let i = 0; i < probabilities.rows; i++) {
    const p = row(probabilities, i), total = p.reduce((a, b) => a + b, 0);
    const fits = Math.abs(total - 1) < 1e-6 && p.every((v) => v >= 0);
    ensure(fits, action, `probabilities[${i}]`, "0 or more with a sum of 1", [...p]);
  }
}
