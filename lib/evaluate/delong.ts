import {
  countBelow,
  countUpTo,
  DISPLAY,
  type Displayable,
  expit,
  logit,
  mean,
  variance,
} from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";
import { ensureBinary, ensureConfidence, sortedOf, type Values } from "./binary.ts";
import { type Interval, interval, intervalText } from "./interval.ts";

/** Options of {@linkcode aucInterval}. */
export interface AucIntervalOptions {
  /** In (0, 1). @default {0.95} */
  readonly confidence?: number;
  /** `logit` stays inside (0, 1) and covers better for small samples and high areas; `plain` is cut at 0 and 1. @default {"logit"} */
  readonly scale?: "logit" | "plain";
}

/**
 * The AUC with DeLong's interval, which needs no resampling.
 *
 * Where the classes separate perfectly DeLong's variance is 0 and says nothing; then the interval is Newcombe's, from the
 * variance that an area has under its bound.
 *
 * @param labels n values, 0 or 1.
 * @param scores n scores, larger for what looks positive.
 * @returns NaN throughout where a class has no row; ends NaN where one has a single row.
 * @throws {RangeError} As {@linkcode auc}, or if confidence is outside (0, 1).
 * @see DeLong et al. 1988, https://doi.org/10.2307/2531595; Sun and Xu 2014, https://doi.org/10.1109/LSP.2014.2337313;
 * Newcombe 2006 (method 5), https://doi.org/10.1002/sim.2324
 *
 * @example
 * ```ts
 * import { aucInterval } from "credible/evaluate";
 * const { estimate, low, high } = aucInterval([0, 0, 1, 0, 1, 1], [0.1, 0.4, 0.35, 0.2, 0.8, 0.6]);
 * ```
 */
export function aucInterval(labels: Values, scores: Values, options: AucIntervalOptions = {}): Interval {
  const { confidence = 0.95, scale = "logit" } = options;
  const action = "compute the interval of an AUC";
  ensureBinary(action, labels, scores);
  ensureConfidence(action, confidence);
  const { ofPositives, ofNegatives } = placements(labels, scores);
  const estimate = mean(ofPositives);
  const standardError = Math.sqrt(delongVariance(ofPositives, ofNegatives));
  const z = normal().isf((1 - confidence) / 2);
  if (standardError === 0) {
    const [low, high] = newcombe(estimate, ofPositives.length, ofNegatives.length, z);
    return interval({ estimate, low, high, confidence, standardError, method: "Newcombe 2006, method 5" });
  }
  const [low, high] = scale === "logit"
    ? logitEnds(estimate, z * standardError)
    : [Math.max(0, estimate - z * standardError), Math.min(1, estimate + z * standardError)];
  const method = `DeLong 1988${scale === "logit" ? " on the logit scale" : ""}`;
  return interval({ estimate, low, high, confidence, standardError, method });
}

/** Two models compared on the same rows; shows itself as the last line of a cell. */
export interface AucComparison extends Displayable {
  /** The area of the first scores. */
  readonly first: number;
  /** The area of the second scores. */
  readonly second: number;
  /** First minus second. */
  readonly difference: Interval;
  /** Two-sided, for no difference; 1 where the scores order the rows alike. */
  readonly pValue: number;
}

/**
 * DeLong's paired test: whether two scores of the same rows have the same AUC.
 *
 * @throws {RangeError} As {@linkcode aucInterval}.
 */
export function compareAuc(
  labels: Values,
  first: Values,
  second: Values,
  options: { readonly confidence?: number } = {},
): AucComparison {
  const { confidence = 0.95 } = options;
  const action = "compare two AUCs";
  ensureBinary(action, labels, first);
  ensureBinary(action, labels, second);
  ensureConfidence(action, confidence);
  const a = placements(labels, first), b = placements(labels, second);
  // The variance of a difference is that of the differences, row by row: the covariance needs no formula of its own.
  const positives = a.ofPositives.map((v, i) => v - b.ofPositives[i]!);
  const negatives = a.ofNegatives.map((v, i) => v - b.ofNegatives[i]!);
  const standardError = Math.sqrt(delongVariance(positives, negatives));
  const estimate = mean(positives);
  const reach = normal().isf((1 - confidence) / 2) * standardError;
  const difference = interval({
    estimate,
    low: Math.max(-1, estimate - reach),
    high: Math.min(1, estimate + reach),
    confidence,
    standardError,
    method: "paired DeLong 1988",
  });
  const areas = { first: mean(a.ofPositives), second: mean(b.ofPositives) };
  const pValue = standardError === 0 && estimate === 0
    ? 1
    : 2 * normal().sf(Math.abs(estimate) / standardError);
  const text = `AUC ${areas.first.toFixed(3)} and ${areas.second.toFixed(3)}, difference ` +
    `${intervalText(difference)}, p = ${pValue.toPrecision(2)}, ${difference.method}`;
  return { ...areas, difference, pValue, [DISPLAY]: () => ({ "text/plain": text }) };
}

/** How each row stands among the rows of the other class: the share that it beats, ties counting half. */
interface Placements {
  /** For each positive, the share of negatives below. Its mean is the AUC. */
  readonly ofPositives: Float64Array;
  /** For each negative, the share of positives above. */
  readonly ofNegatives: Float64Array;
}

function placements(labels: Values, scores: Values): Placements {
  const negatives = sortedOf(0, labels, scores), positives = sortedOf(1, labels, scores);
  const ofPositives = new Float64Array(positives.length), ofNegatives = new Float64Array(negatives.length);
  let p = 0, n = 0;
  for (let i = 0; i < labels.length; i++) {
    const score = scores[i]!;
    if (labels[i] === 1) ofPositives[p++] = shareBelow(negatives, score);
    else ofNegatives[n++] = 1 - shareBelow(positives, score);
  }
  return { ofPositives, ofNegatives };
}

function shareBelow(sorted: Float64Array, score: number): number {
  return (countBelow(sorted, score) + countUpTo(sorted, score)) / 2 / sorted.length;
}

function delongVariance(ofPositives: Float64Array, ofNegatives: Float64Array): number {
  return variance(ofPositives) / ofPositives.length + variance(ofNegatives) / ofNegatives.length;
}

/** The delta method: the logit of A has the standard error se / (A (1 − A)). */
function logitEnds(estimate: number, reach: number): [number, number] {
  const centre = logit(estimate), half = reach / (estimate * (1 - estimate));
  return [expit(centre - half), expit(centre + half)];
}

/** The areas θ from which the estimate is z standard errors away, by Hanley and McNeil's variance at θ. */
function newcombe(estimate: number, positives: number, negatives: number, z: number): [number, number] {
  const spare = (positives + negatives) / 2 - 1;
  const within = (theta: number): boolean => {
    const spread = 1 + spare * ((1 - theta) / (2 - theta) + theta / (1 + theta));
    return (theta - estimate) ** 2 <= z * z * theta * (1 - theta) * spread / (positives * negatives);
  };
  const edge = (inside: number, outside: number): number => {
    for (let i = 0; i < 60; i++) {
      const middle = (inside + outside) / 2;
      if (within(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return [edge(estimate, 0), edge(estimate, 1)];
}
