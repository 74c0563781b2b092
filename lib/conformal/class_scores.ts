import { ensure } from "../core/mod.ts";
import { TIE } from "./cell.ts";

/**
 * How badly each label fits a row of probabilities. The set of a row holds the labels whose score is at most the
 * threshold.
 */
export interface ClassScore {
  /** What was chosen, as plain data: {@linkcode classScore} makes the score again from it. */
  readonly spec: ClassScoreSpec;
  /** Whether scores use a uniform a row: sets are then exact with ties, and differ between seeds. */
  readonly randomised: boolean;
  /** The score of every label, given the row's probabilities and its uniform in (0, 1). */
  scores(probabilities: ArrayLike<number>, uniform: number): Float64Array;
  /** The labels in the set, ascending, at a threshold for each label. */
  members(probabilities: ArrayLike<number>, thresholds: ArrayLike<number>, uniform: number): number[];
}

/** Which score, as plain data. */
export type ClassScoreSpec =
  | { readonly name: "lac" | "margin" }
  | {
    readonly name: "aps" | "raps";
    readonly randomised: boolean;
    readonly sets: SetForm;
    readonly penalty: number;
    readonly freeRank: number;
  };

/**
 * How adaptive sets are read off: `score` holds labels whose score is at most the threshold (exact, may be empty);
 * `reaching` takes labels from the top until their sum reaches it (never empty, larger); `within` stops before it is
 * passed, but keeps the top label (smaller: can cover less than promised).
 */
export type SetForm = "score" | "reaching" | "within";

/** Options of {@linkcode aps}. */
export interface ApsOptions {
  /** Subtract a uniform share of the label's own probability: exact coverage, but sets that depend on the seed. @default {false} */
  readonly randomised?: boolean;
  /** How sets are read off the sum. @default {"score"} */
  readonly sets?: SetForm;
}

/** Options of {@linkcode raps}. */
export interface RapsOptions extends ApsOptions {
  /** Added for each rank beyond `freeRank`: λ of the paper, 0 or more. @default {0.01} */
  readonly penalty?: number;
  /** Ranks without penalty: k_reg of the paper. @default {1} */
  readonly freeRank?: number;
}

/** One minus the label's own probability: the smallest sets on average (Sadinle et al. 2019). Deterministic. */
export function lac(): ClassScore {
  return simple({ name: "lac" }, (p) => {
    const scores = new Float64Array(p.length);
    for (let k = 0; k < p.length; k++) scores[k] = 1 - p[k]!;
    return scores;
  });
}

/** The largest other probability less the label's own, in [−1, 1]. Deterministic; with two classes the same sets as LAC. */
export function margin(): ClassScore {
  return simple({ name: "margin" }, (p) => {
    const best = Array.from(p).reduce((a, b, i) => b > p[a]! ? i : a, 0);
    const second = Array.from(p).reduce((a, b, i) => i === best ? a : Math.max(a, b), 0);
    return Float64Array.from(p, (own, i) => (i === best ? second : p[best]!) - own);
  });
}

/**
 * Adaptive sets: the sum of probabilities from the largest down to the label's own, which evens coverage between easy
 * and hard rows.
 *
 * @see Romano, Sesia & Candès 2020, https://arxiv.org/abs/2006.02544
 */
export function aps(options: ApsOptions = {}): ClassScore {
  const { randomised = false, sets = "score" } = options;
  return adaptive({ name: "aps", randomised, sets, penalty: 0, freeRank: 0 });
}

/**
 * Adaptive sets with a penalty on low ranks, for many classes.
 *
 * @throws {RangeError} If the penalty is negative, or freeRank is no integer of 0 or more.
 * @see Angelopoulos et al. 2021, https://arxiv.org/abs/2009.14193
 */
export function raps(options: RapsOptions = {}): ClassScore {
  const { randomised = false, sets = "score", penalty = 0.01, freeRank = 1 } = options;
  ensure(penalty >= 0 && penalty < Infinity, "score labels", "penalty", "finite, 0 or more", penalty);
  ensure(Number.isInteger(freeRank) && freeRank >= 0, "score labels", "freeRank", "0 or more", freeRank);
  return adaptive({ name: "raps", randomised, sets, penalty, freeRank });
}

/** The score that plain data describes. */
export function classScore(spec: ClassScoreSpec): ClassScore {
  if (spec.name === "lac") return lac();
  if (spec.name === "margin") return margin();
  ensure(spec.name === "aps" || spec.name === "raps", "score labels", "name", "a known score", spec.name);
  return adaptive(spec);
}

function simple(spec: ClassScoreSpec, scores: ClassScore["scores"]): ClassScore {
  return {
    spec,
    randomised: false,
    scores,
    members: (p, thresholds, u) => atMost(scores(p, u), thresholds),
  };
}

function atMost(scores: Float64Array, thresholds: ArrayLike<number>): number[] {
  const labels: number[] = [];
  for (let k = 0; k < scores.length; k++) if (scores[k]! <= thresholds[k]! + TIE) labels.push(k);
  return labels;
}

function adaptive(spec: Exclude<ClassScoreSpec, { name: "lac" | "margin" }>): ClassScore {
  const { randomised, sets, penalty, freeRank } = spec;
  const scores: ClassScore["scores"] = (p, u) => {
    const { through } = cumulate(p, penalty, freeRank);
    return randomised ? through.map((sum, label) => sum - u * p[label]!) : through;
  };
  const members: ClassScore["members"] = (p, thresholds, u) => {
    if (sets === "score") return atMost(scores(p, u), thresholds);
    const { through, before } = cumulate(p, penalty, freeRank);
    const labels = Array.from(through.keys());
    if (sets === "reaching") return labels.filter((k) => before[k]! < thresholds[k]! - TIE);
    return labels.filter((k) => through[k]! <= thresholds[k]! + TIE || before[k] === 0);
  };
  return { spec, randomised, scores, members };
}

/** For every label, the penalised sum of probabilities through it and before it; the first label has 0 before it. */
function cumulate(
  p: ArrayLike<number>,
  penalty: number,
  freeRank: number,
): { through: Float64Array; before: Float64Array } {
  const order = Array.from(p, (_, label) => label).sort((a, b) => p[b]! - p[a]! || a - b);
  const through = new Float64Array(p.length), before = new Float64Array(p.length);
  let total = 0, last = 0;
  order.forEach((label, place) => {
    total += p[label]!;
    before[label] = last;
    last = through[label] = total + penalty * Math.max(0, place + 1 - freeRank);
  });
  return { through, before };
}
