import { type Check, check, DISPLAY, type Displayable, ensure, notApplicable } from "../core/mod.ts";
import { beta, betaln } from "../core/distributions/mod.ts";
import { quantileRank } from "./rank.ts";

/** How the true coverage of one calibration set varies, before a single test row is seen. */
export interface CoverageLaw extends Displayable {
  /** Calibration rows. */
  readonly n: number;
  /** What was asked for, in (0, 1). */
  readonly confidence: number;
  /** The coverage on average over calibration sets: the attainable level, at or above `confidence`. */
  readonly expected: number;
  /**
   * Where the coverage of one calibration set lies with probability `within`, equal tails.
   *
   * @param within In (0, 1). @default {0.95}
   */
  range(within?: number): readonly [number, number];
  /** The chance that this calibration set covers less than `coverage`. */
  chanceBelow(coverage: number): number;
}

/**
 * The law of coverage of split conformal prediction with n tie-free calibration scores: Beta(k, n + 1 − k) with
 * k = ⌈(n + 1) · confidence⌉. With ties coverage is larger. It is conditional on the calibration set, so it says how
 * far off one analysis can be by luck: at n = 50 and 90 %, between 81 and 97 %.
 *
 * @param n Calibration rows, 0 or more.
 * @param confidence Wanted coverage, in (0, 1).
 * @throws {RangeError} If n is no such integer, or confidence is outside (0, 1).
 * @see Vovk 2012, https://arxiv.org/abs/1209.2673, proposition 2a.
 *
 * @example
 * ```ts
 * import { coverageLaw } from "credible/conformal";
 * const [low, high] = coverageLaw(50, 0.9).range(); // 0.81 to 0.97
 * ```
 */
export function coverageLaw(n: number, confidence: number): CoverageLaw {
  const rank = quantileRank(n, confidence);
  const everything = rank > n;
  const law = everything ? undefined : beta(rank, n + 1 - rank);
  const range = (within = 0.95): readonly [number, number] => {
    ensure(within > 0 && within < 1, "give the range of coverage", "within", "in (0, 1)", within);
    return law ? [law.ppf((1 - within) / 2), law.isf((1 - within) / 2)] : [1, 1];
  };
  return {
    n,
    confidence,
    expected: rank / (n + 1),
    range,
    chanceBelow: (coverage) => law ? law.cdf(coverage) : Number(coverage > 1),
    [DISPLAY]: () => ({ "text/plain": lawText(n, confidence, rank / (n + 1), range()) }),
  };
}

/**
 * Whether a coverage counted on m test rows is bad luck or a broken promise: the count is compared with its
 * beta-binomial law, which holds the luck of the calibration set and that of the test set. More coverage than promised
 * is no failure.
 *
 * @param covered How many of the m test rows were covered.
 * @returns A warning below the lower 2.5 %, a failure below the lower 0.1 %.
 * @throws {RangeError} Unless covered and m are integers with 0 ≤ covered ≤ m.
 *
 * @example
 * ```ts
 * import { coverageCheck, coverageLaw } from "credible/conformal";
 * const law = coverageLaw(50, 0.9);
 * if (coverageCheck(87, 100, law).status !== "pass") throw new Error("87 % is luck here");
 * if (coverageCheck(60, 100, law).status !== "fail") throw new Error("60 % is not");
 * ```
 */
export function coverageCheck(covered: number, m: number, law: CoverageLaw): Check {
  const action = "judge the coverage";
  ensure(Number.isSafeInteger(m) && m >= 0, action, "m", "an integer, 0 or more", m);
  const counted = Number.isSafeInteger(covered) && covered >= 0 && covered <= m;
  ensure(counted, action, "covered", `an integer in [0, ${m}]`, covered);
  const title = `coverage on ${m} test rows beside what ${law.n} calibration rows allow`;
  if (m === 0) return notApplicable("coverage", title, "there is no test row");
  const rank = quantileRank(law.n, law.confidence);
  if (rank > law.n) {
    return notApplicable(
      "coverage",
      title,
      `${law.n} calibration rows are too few: every set holds everything`,
    );
  }
  const [fail, warn] = lowerTails(m, rank, law.n + 1 - rank, [0.001, 0.025]);
  return check({
    code: "coverage",
    title,
    value: covered / m,
    limit: { between: [fail! / m, 1] },
    warn: { between: [warn! / m, 1] },
    advice:
      "Rows to predict differ from the calibration rows: compare their features, and weight or recalibrate",
    source: "Vovk 2012, https://arxiv.org/abs/1209.2673",
  });
}

/** The smallest counts whose lower tail in the beta-binomial law exceeds each level. */
function lowerTails(m: number, a: number, b: number, levels: readonly number[]): number[] {
  let logP = betaln(a, b + m) - betaln(a, b), below = 0;
  const found: number[] = [];
  for (let j = 0; j <= m && found.length < levels.length; j++) {
    below += Math.exp(logP);
    while (found.length < levels.length && below > levels[found.length]!) found.push(j);
    logP += Math.log((m - j) / (j + 1)) + Math.log((j + a) / (m - j - 1 + b));
  }
  while (found.length < levels.length) found.push(m);
  return found;
}

function lawText(n: number, confidence: number, expected: number, range: readonly [number, number]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  if (expected >= 1) {
    return `${n} calibration rows are too few for ${percent(confidence)}: everything is covered`;
  }
  return `${n} calibration rows at ${percent(confidence)}: coverage ${percent(expected)} on average, ` +
    `${percent(range[0])} to ${percent(range[1])} in 95 of 100 calibration sets`;
}
