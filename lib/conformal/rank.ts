import { ensure } from "../core/mod.ts";

/** A confidence is read as a decimal of twelve digits, so that 1 − 0.7 = 0.30000000000000004 means 0.3. */
const UNITS = 10n ** 12n;

/**
 * Which order statistic of n scores is the conformal threshold: k = ⌈(n + 1) · confidence⌉, in exact arithmetic. In
 * doubles `(n + 1) * (1 - alpha)` lands on the wrong side of an integer for many everyday n.
 *
 * @param n How many scores, an integer of 0 or more.
 * @param confidence Wanted coverage, in (0, 1).
 * @returns From 1 to n + 1; n + 1 says that there are too few scores, and the threshold is Infinity.
 * @throws {RangeError} If n is no such integer, or confidence is outside (0, 1).
 *
 * @example
 * ```ts
 * import { quantileRank } from "credible/conformal";
 * if (quantileRank(9, 0.9) !== 9 || quantileRank(8, 0.9) !== 9) throw new Error("9 rows are the fewest at 90 %");
 * ```
 */
export function quantileRank(n: number, confidence: number): number {
  const action = "find the conformal rank";
  ensure(Number.isSafeInteger(n) && n >= 0, action, "n", "an integer, 0 or more", n);
  const share = shareOf(action, confidence);
  return Math.max(1, Number((BigInt(n + 1) * share + UNITS - 1n) / UNITS));
}

/**
 * The k-th smallest score, k from {@linkcode quantileRank}: what a new, exchangeable score stays at or below with at
 * least the given confidence.
 *
 * @param scores n scores in any order, of rows that nothing was fitted on.
 * @returns Infinity when there are too few scores for the confidence.
 * @throws {RangeError} If a score is NaN, or confidence is outside (0, 1).
 * @see Lei et al. 2018, https://arxiv.org/abs/1604.04173, section 2.
 *
 * @example
 * ```ts
 * import { conformalThreshold } from "credible/conformal";
 * if (conformalThreshold([3, 1, 2], 0.5) !== 2) throw new Error("the second of three");
 * if (conformalThreshold([3, 1, 2], 0.9) !== Infinity) throw new Error("three are too few");
 * ```
 */
export function conformalThreshold(scores: ArrayLike<number>, confidence: number): number {
  ensureScores("find the conformal threshold", scores);
  const rank = quantileRank(scores.length, confidence);
  return rank > scores.length ? Infinity : Float64Array.from(scores).sort()[rank - 1]!;
}

/**
 * The fewest rows with which a finite threshold can keep the confidence: 9 at 90 %, 19 at 95 %.
 *
 * @throws {RangeError} If confidence is outside (0, 1).
 */
export function rowsNeeded(confidence: number): number {
  const share = shareOf("count the rows needed", confidence);
  if (share >= UNITS) return Infinity;
  return Number((UNITS + (UNITS - share) - 1n) / (UNITS - share)) - 1;
}

/**
 * The coverage that n tie-free scores attain on average: ⌈(n + 1) · confidence⌉ / (n + 1), at or above what was asked.
 *
 * @returns 1 when there are too few rows: everything is covered.
 */
export function attainableCoverage(n: number, confidence: number): number {
  return quantileRank(n, confidence) / (n + 1);
}

/** Throws where a score is NaN: it has no place in an order. */
export function ensureScores(action: string, scores: ArrayLike<number>): void {
  for (let i = 0; i < scores.length; i++) {
    ensure(!Number.isNaN(scores[i]), action, `scores[${i}]`, "a number", scores[i]);
  }
}

/** Throws unless a confidence lies inside (0, 1). */
export function ensureConfidence(action: string, confidence: number): void {
  ensure(confidence > 0 && confidence < 1, action, "confidence", "in (0, 1)", confidence);
}

function shareOf(action: string, confidence: number): bigint {
  ensureConfidence(action, confidence);
  return BigInt(Math.round(confidence * Number(UNITS)));
}
