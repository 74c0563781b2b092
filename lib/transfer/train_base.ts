import { ensure, expit } from "../core/mod.ts";
import { logLoss } from "../evaluate/mod.ts";
import { type Industry, SCALE } from "../features/mod.ts";
import { Base, type BaseIndustry } from "./base.ts";
import { meanExpectedRaw } from "./expected_raw.ts";
import { drawIndustry, type IndustryRows } from "./industry_rows.ts";
import { learnIndustry, type LearntIndustry, type Skill, skillOf } from "./learn_industry.ts";

/** Options of {@linkcode trainBase}. */
export interface TrainBaseOptions {
  /** Rows of an industry at the most, drawn at random. @default {15000} */
  readonly rows?: number;
  /** Folds of everything that is judged. @default {5} */
  readonly folds?: number;
  /** Names the draws. @default {7} */
  readonly seed?: number;
  /** Told after each industry. */
  readonly onProgress?: (done: number, of: number, name: string) => void;
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Learns one small model from each industry, all on the common scale and of equal weight, and judges what they know about an industry
 * whose whole family they have not seen.
 *
 * @param industries Mapped tables with one outcome, of three families or more.
 * @returns A base that explains, predicts and turns into priors; it holds no row of the tables.
 * @throws {RangeError} If families are too few, outcomes differ, a name comes twice, or as `fitHarmoniser` does.
 */
export async function trainBase(
  industries: readonly Industry[],
  options: TrainBaseOptions = {},
): Promise<Base> {
  const { rows = 15_000, folds = 5, seed = 7, onProgress, signal } = options;
  const outcomes = [...new Set(industries.map(({ mapping }) => mapping.outcome ?? "churn"))];
  const names = new Set(industries.map(({ mapping }) => mapping.name));
  const families = new Set(industries.map(({ mapping }) => mapping.family));
  const action = "train a base";
  ensure(families.size >= 3, action, "the number of families of industries", "3 or more", families.size);
  ensure(outcomes.length === 1, action, "the outcome of all industries", "the same", outcomes);
  ensure(names.size === industries.length, action, "the names of industries", "different", industries.length);

  const drawn: IndustryRows[] = [], learnt: LearntIndustry[] = [];
  for (const industry of industries) {
    await breathe(signal);
    const one = drawIndustry(industry, { rows, folds, seed });
    drawn.push(one);
    learnt.push(learnIndustry(one));
    onProgress?.(learnt.length, industries.length, one.name);
  }
  const judged = learnt.map((one, k): BaseIndustry => ({
    ...one,
    others: skillOfOthers(drawn[k]!, learnt.filter(({ family }) => family !== one.family)),
    chanceLogLoss: chance(drawn[k]!),
  }));
  return new Base({ scale: SCALE, outcome: outcomes[0]!, rows, folds, seed }, judged);
}

/** Lets a progress bar and an abort be heard between two long steps. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}

/** Base rates do not travel: the score of others gets the intercept that fits the rows of the other folds. */
function skillOfOthers({ all, folds }: IndustryRows, others: readonly LearntIndustry[]): Skill {
  const raw = new Float64Array(all.y.length);
  for (const { split, test } of folds) {
    const scores = meanExpectedRaw(others.map(({ forest }) => forest), test.x, test.roles);
    split.test.forEach((row, i) => raw[row] = scores[i]!);
  }
  const shifted = raw.slice();
  for (const { split } of folds) {
    const of = (values: Float64Array): Float64Array => Float64Array.from(split.train, (row) => values[row]!);
    const intercept = interceptFor(of(raw), of(all.y));
    for (const row of split.test) shifted[row]! += intercept;
  }
  return skillOf(all.y, shifted);
}

/** The log loss of saying the rate of the other folds to everybody. */
function chance({ all, folds }: IndustryRows): number {
  const rate = new Float64Array(all.y.length);
  for (const { split } of folds) {
    const share = split.train.reduce((sum, row) => sum + all.y[row]!, 0) / split.train.length;
    for (const row of split.test) rate[row] = share;
  }
  return logLoss(all.y, rate);
}

/** What must be added to raw scores so that as many events are expected as happened: by bisection, as it rises with the shift. */
export function interceptFor(raw: Float64Array, y: Float64Array): number {
  const events = y.reduce((a, b) => a + b, 0);
  let [low, high] = [-50, 50];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    const expected = raw.reduce((sum, score) => sum + expit(score + middle), 0);
    if (expected < events) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
