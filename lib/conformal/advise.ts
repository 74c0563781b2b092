import { DISPLAY, type Displayable, ensure } from "../core/mod.ts";
import { table } from "../plot/mod.ts";
import { coverageLaw } from "./coverage_law.ts";
import { attainableCoverage, rowsNeeded } from "./rank.ts";

/** One way to spend labelled customers. */
export interface Plan {
  /** The method. */
  readonly method:
    | "split in half"
    | "split, fewest to calibrate"
    | "CV+ (10 folds)"
    | "jackknife+"
    | "full Bayesian";
  /** Rows that the final model learns from. */
  readonly train: number;
  /** Rows whose errors set the threshold. */
  readonly calibrate: number;
  /** How often the model is fitted. */
  readonly fits: number;
  /** What is proven, in words. */
  readonly promise: string;
  /** Average coverage to expect. */
  readonly expected: number;
  /** Where coverage lies in 95 of 100 calibration sets; NaN where no law is known. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** Options of {@linkcode advise}. */
export interface AdviseOptions {
  /** How many of the rows are of the rarer label: decides whether it can have a promise of its own. */
  readonly positives?: number;
}

/** How to spend labelled customers; shows itself as a table. */
export interface Advice extends Displayable {
  /** Every way that the rows allow. */
  readonly plans: readonly Plan[];
  /** The one to take. */
  readonly take: Plan;
  /** Why, and what else to know. */
  readonly sentence: string;
}

/** Below this many rows of a business, each is too dear to be spent on calibration alone. */
const SPLIT_FROM = 150;

/**
 * How to spend n labelled customers between learning and calibration: halves, as few calibration rows as the confidence
 * allows, or none at all by cross or full conformal prediction.
 *
 * @param n Labelled customers of the business.
 * @param confidence In (0, 1). @default {0.9}
 * @throws {RangeError} If n is no positive integer, or confidence is outside (0, 1).
 *
 * @example
 * ```ts
 * import { advise } from "credible/conformal";
 * const { take, sentence } = advise(80, 0.9);
 * if (take.train !== 80) throw new Error("no row of 80 is spent on calibration alone");
 * ```
 */
export function advise(n: number, confidence = 0.9, options: AdviseOptions = {}): Advice {
  const action = "advise on labelled customers", { positives } = options;
  ensure(Number.isInteger(n) && n > 0, action, "n", "a positive integer", n);
  const needed = rowsNeeded(confidence);
  const least = percent(Math.max(0, 2 * confidence - 1)), near = `near ${percent(confidence)} in practice`;
  const split = (method: Plan["method"], calibrate: number): Plan => {
    const law = coverageLaw(calibrate, confidence), [low, high] = law.range();
    const promise = `${percent(confidence)} on average`;
    return { method, train: n - calibrate, calibrate, fits: 1, promise, expected: law.expected, low, high };
  };
  const whole = (method: Plan["method"], fits: number, promise: string, expected: number): Plan => {
    return { method, train: n, calibrate: n, fits, promise, expected, low: NaN, high: NaN };
  };
  const plans = [
    ...(Math.floor(n / 2) >= needed ? [split("split in half", Math.floor(n / 2))] : []),
    ...(n > 2 * needed ? [split("split, fewest to calibrate", needed)] : []),
    whole("CV+ (10 folds)", Math.min(10, n) + 1, `${least} less √(2/n), ${near}`, confidence),
    whole("jackknife+", n + 1, `${least}, ${near}`, confidence),
    whole(
      "full Bayesian",
      1,
      `${percent(confidence)} on average, k̂ < 0.7`,
      attainableCoverage(n, confidence),
    ),
  ];
  const take = plans.find((p) => p.method === (n >= SPLIT_FROM ? "split in half" : "full Bayesian")) ??
    plans.find((p) => p.method === "full Bayesian")!;
  const sentence = say(n, confidence, needed, take, positives);
  return { plans, take, sentence, [DISPLAY]: () => show(plans, n, confidence, sentence)[DISPLAY]() };
}

function say(n: number, confidence: number, needed: number, take: Plan, positives?: number): string {
  const first = n < needed
    ? `${n} rows are too few for ${
      percent(confidence)
    } by any method: sets hold every label until there are ${needed}.`
    : take.method === "full Bayesian"
    ? `Take full Bayesian conformal prediction, or CV+ where the model is not Bayesian: below ${SPLIT_FROM} rows ` +
      `none is spent on calibration alone.`
    : `Take a split: with ${n} rows the model loses little, and the law of its coverage is known.`;
  const second = positives === undefined
    ? ""
    : positives < needed
    ? ` The rarer label has ${positives} rows and needs ${needed} for a promise of its own: pool it over businesses, or say so.`
    : ` The rarer label has ${positives} rows, enough for a promise of its own.`;
  return first + second;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))} %`;
}

function show(plans: readonly Plan[], n: number, confidence: number, note: string): ReturnType<typeof table> {
  return table(plans.map((plan) => ({ ...plan })), {
    caption: `How to spend ${n} labelled customers at ${percent(confidence)}`,
    columns: {
      train: { label: "learn from" },
      calibrate: { label: "judged on" },
      expected: { label: "coverage on average", percent: true, digits: 1 },
      low: { label: "in 95 of 100: from", percent: true, digits: 1 },
      high: { label: "to", percent: true, digits: 1 },
    },
    note,
  });
}
