import { type Check, check, ensure, type Matrix, matrix } from "../core/mod.ts";
import { paretoSmooth } from "../bayes/diagnostics/mod.ts";
import { cellChecks, makeCell, TIE } from "./cell.ts";
import { ensureLabels } from "./class_rows.ts";
import { type PredictedSets, predictedSets } from "./predicted_sets.ts";
import { ensureConfidence } from "./rank.ts";

/** Posterior draws of a model that was fitted on all n rows of a business, seen through its likelihood. */
export interface BayesRows {
  /** n labels, integers from 0. */
  readonly labels: ArrayLike<number>;
  /** Draws × n: the probability that a draw gives to each row's own label. */
  readonly training: Matrix;
  /** For each label, draws × m: the probability that a draw gives to this label for each row to predict. */
  readonly candidates: readonly Matrix[];
  /**
   * Fits again with a row to predict taken in under a label, where re-weighting cannot be trusted: the n + 1 posterior
   * predictive probabilities of the own labels, the new row's last.
   */
  readonly refit?: (row: number, label: number) => ArrayLike<number>;
}

/** Options of {@linkcode fullBayesSets}. */
export interface FullBayesOptions {
  /** In (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** Names of the labels. @default {"0", "1", …} */
  readonly classes?: readonly string[];
}

/** Sets by full conformal prediction. */
export interface FullBayesSets extends PredictedSets {
  /** m × K conformal p-values: a label is in the set when it exceeds 1 − confidence. */
  readonly pValues: Matrix;
  /** m × K Pareto shapes of the weights: below 0.7 they can be trusted; −Infinity where all weights are alike. */
  readonly kHat: Matrix;
  /** Too few rows, and how many weights could not be trusted. */
  readonly checks: readonly Check[];
}

/** From here on importance weights are not trusted (Vehtari et al. 2024). */
const K_LIMIT = 0.7;

/**
 * Full conformal prediction from one Bayesian fit: no row is spent on calibration and no model is fitted again. For each
 * row to predict and each label that it could have, the draws are re-weighted as if that pair had been among the data;
 * the score of all n + 1 rows is then one and the same function, their posterior predictive probability with the pair
 * taken in, which keeps them exchangeable. Where the weights cannot be trusted (Pareto k̂ ≥ 0.7) the pair is fitted
 * again if `refit` is given, else the label is kept.
 *
 * @returns Sets that cover at least `confidence`, at most 1 / (n + 1) more without ties.
 * @throws {RangeError} If sizes do not fit, or a probability is outside (0, 1].
 * @see Fong & Holmes 2021, https://arxiv.org/abs/2106.06137
 *
 * @example
 * ```ts
 * import type { Matrix } from "credible/core";
 * import { fullBayesSets } from "credible/conformal";
 * const draws: Matrix = { rows: 2, columns: 3, values: Float64Array.of(0.9, 0.8, 0.7, 0.8, 0.7, 0.9) };
 * const stays: Matrix = { rows: 2, columns: 1, values: Float64Array.of(0.9, 0.85) };
 * const churns: Matrix = { rows: 2, columns: 1, values: Float64Array.of(0.1, 0.15) };
 * const { pValues } = fullBayesSets({ labels: [0, 0, 1], training: draws, candidates: [stays, churns] });
 * if (pValues.values[1] !== 0.25) throw new Error("as a churner the row fits worse than all three others");
 * ```
 */
export function fullBayesSets(rows: BayesRows, options: FullBayesOptions = {}): FullBayesSets {
  const { confidence = 0.9 } = options, { labels, training, candidates } = rows;
  const action = "make full conformal sets", n = training.columns, K = candidates.length;
  ensureConfidence(action, confidence);
  ensure(K > 1, action, "the number of labels", "2 or more", K);
  ensureLabels(action, labels, n, K);
  const m = candidates[0]!.columns;
  for (const c of candidates) {
    ensure(
      c.rows === training.rows && c.columns === m,
      action,
      "candidates",
      `${training.rows} × ${m}`,
      `${c.rows} × ${c.columns}`,
    );
  }
  for (const source of [training, ...candidates]) ensureLikelihood(action, source);
  const classes = options.classes ?? candidates.map((_, k) => String(k));
  ensure(classes.length === K, action, "classes", `${K} long`, classes.length);
  const pValues = matrix(m, K), kHat = matrix(m, K), kept = matrix(m, K);
  let refitted = 0, untrusted = 0;
  for (let j = 0; j < m; j++) {
    for (let label = 0; label < K; label++) {
      const at = j * K + label, own = columnOf(candidates[label]!, j), { weights, k } = weightsOf(own);
      kHat.values[at] = k;
      const trusted = k < K_LIMIT;
      const scores = trusted || !rows.refit ? takenIn(training, own, weights) : rows.refit(j, label);
      ensure(scores.length === n + 1, action, "what refit gives", `${n + 1} long`, scores.length);
      pValues.values[at] = shareAtMostLast(scores);
      refitted += Number(!trusted && rows.refit !== undefined);
      untrusted += Number(!trusted && rows.refit === undefined);
      kept.values[at] = Number(pValues.values[at]! > 1 - confidence + TIE || (!trusted && !rows.refit));
    }
  }
  const checks = [
    ...cellChecks(makeCell("all rows", new Float64Array(n)), confidence),
    trustCheck(untrusted, refitted, m * K),
  ];
  const predicted = predictedSets({
    sets: Array.from({ length: m }, (_, j) => classes.flatMap((_, k) => kept.values[j * K + k] ? [k] : [])),
    classes,
    confidence,
    shares: classes.map((_, k) => Array.from(labels).filter((label) => label === k).length / n),
    checks: checks.filter(({ status }) => status !== "pass"),
  });
  return { ...predicted, pValues, kHat, checks };
}

/** Normalised weights of the draws once a pair is taken in: proportional to its likelihood, the tail smoothed. */
function weightsOf(likelihood: Float64Array): { weights: Float64Array; k: number } {
  const logs = likelihood.map(Math.log);
  const spread = logs.reduce((a, b) => Math.max(a, b), -Infinity) -
    logs.reduce((a, b) => Math.min(a, b), Infinity);
  if (spread < 1e-9 || logs.length < 25) { // no tail to smooth: alike, or too few draws to say
    const total = likelihood.reduce((a, b) => a + b, 0);
    return { weights: likelihood.map((l) => l / total), k: -Infinity };
  }
  const { logWeights, k } = paretoSmooth(logs);
  return { weights: logWeights.map(Math.exp), k };
}

/** The posterior predictive probability of each row's own label with the pair among the data; the pair's last. */
function takenIn(training: Matrix, own: Float64Array, weights: Float64Array): Float64Array {
  const { rows: draws, columns: n, values } = training, scores = new Float64Array(n + 1);
  for (let t = 0; t < draws; t++) {
    const weight = weights[t]!, start = t * n;
    for (let i = 0; i < n; i++) scores[i]! += weight * values[start + i]!;
    scores[n]! += weight * own[t]!;
  }
  return scores;
}

/** Of n + 1 rows, the share that fits no better than the last: low means that the last is strange. */
function shareAtMostLast(scores: ArrayLike<number>): number {
  const last = scores[scores.length - 1]!;
  let count = 0;
  for (let i = 0; i < scores.length; i++) count += Number(scores[i]! <= last + TIE);
  return count / scores.length;
}

function columnOf(m: Matrix, index: number): Float64Array {
  return Float64Array.from({ length: m.rows }, (_, t) => m.values[t * m.columns + index]!);
}

function ensureLikelihood(action: string, { values }: Matrix): void {
  for (let i = 0; i < values.length; i++) {
    ensure(values[i]! > 0 && values[i]! <= 1, action, "a probability", "in (0, 1]", values[i]);
  }
}

function trustCheck(untrusted: number, refitted: number, pairs: number): Check {
  return check({
    code: "paretoK",
    title: `pairs of row and label whose weights cannot be trusted, of ${pairs}` +
      (refitted > 0 ? ` (${refitted} more were fitted again)` : ""),
    value: untrusted,
    limit: { below: pairs },
    warn: { below: 1 },
    advice: "Their labels are kept: give `refit`, or fit with more draws",
    source: "Vehtari et al. 2024, https://www.jmlr.org/papers/v25/19-556.html",
  });
}
