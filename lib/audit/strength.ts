import type { CategoryFacts, Facts, Target } from "./subject.ts";
import { isCategory } from "./subject.ts";

/** Rows looked at: strength does not need more, and a log of millions would. */
const MOST_ROWS = 50_000;
const FOLDS = 5;
/** Rows that the overall mean counts for in a level's mean. */
const SMOOTHING = 5;

/** How well one column alone ranks the target, and by what. */
export interface Strength {
  /** In [0.5, 1]: area under the ROC curve, or (1 + |rank correlation|) / 2 for a target that is a number. */
  readonly value: number;
  /** `values` of the column, or whether it is there at all (`presence`). */
  readonly by: "values" | "presence";
}

/**
 * How well one column alone ranks the target. Numbers are taken as they are, in the better direction; categories as
 * the target's mean by level on other rows (five folds), because a level's mean on its own rows knows the answer; two
 * levels are a number already. Where values are missing, whether they are there is tried too.
 *
 * @returns Strength in [0.5, 1]; 0.5 when nothing can be compared.
 */
export function strength(facts: Facts, target: Target): Strength {
  const rows = sampleRows(target.values);
  const y = Float64Array.from(rows, (i) => target.values[i]!);
  const scores = !isCategory(facts)
    ? Float64Array.from(rows, (i) => facts.column.values[i]!)
    : facts.distinct === 2
    ? Float64Array.from(rows, (i) => facts.column.codes[i]! < 0 ? NaN : facts.column.codes[i]!)
    : levelMeans(facts, rows, y);
  const values = concordance(scores, y, target.classes);
  if (facts.missing === 0) return { value: values, by: "values" };
  const there = Float64Array.from(rows, (i) => Number(isThere(facts, i)));
  const presence = concordance(there, y, target.classes);
  return presence > values ? { value: presence, by: "presence" } : { value: values, by: "values" };
}

/** Every k-th row that has a target, so that a sorted file is sampled from end to end. */
function sampleRows(y: Float64Array): Int32Array {
  const step = Math.max(1, Math.ceil(y.length / MOST_ROWS));
  const rows: number[] = [];
  for (let i = 0; i < y.length; i += step) if (!Number.isNaN(y[i]!)) rows.push(i);
  return Int32Array.from(rows);
}

function isThere(facts: Facts, row: number): boolean {
  return isCategory(facts) ? facts.column.codes[row]! >= 0 : !Number.isNaN(facts.column.values[row]!);
}

/** The target's mean by level, each row seen only by the other folds. */
function levelMeans(facts: CategoryFacts, rows: Int32Array, y: Float64Array): Float64Array {
  const levels = facts.column.levels.length + 1; // the last is "missing"
  const sums = new Float64Array(levels * FOLDS);
  const counts = new Float64Array(levels * FOLDS);
  const level = (r: number) => facts.column.codes[rows[r]!]! < 0 ? levels - 1 : facts.column.codes[rows[r]!]!;
  for (let r = 0; r < y.length; r++) {
    const cell = level(r) * FOLDS + foldOf(r);
    sums[cell]! += y[r]!;
    counts[cell]!++;
  }
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  return y.map((_, r) => {
    let sum = mean * SMOOTHING;
    let count = SMOOTHING;
    for (let k = 0; k < FOLDS; k++) {
      if (k === foldOf(r)) continue;
      sum += sums[level(r) * FOLDS + k]!;
      count += counts[level(r) * FOLDS + k]!;
    }
    return sum / count;
  });
}

/** Folds that follow neither the file's order nor a period in it (Knuth's multiplicative hash). */
function foldOf(row: number): number {
  return (Math.imul(row + 1, 0x9e3779b1) >>> 16) % FOLDS;
}

/** Concordance of scores and target in the better direction, over the rows where the score is there. */
function concordance(scores: Float64Array, y: Float64Array, classes: boolean): number {
  const value = classes ? area(scores, y) : (1 + rankCorrelation(scores, y)) / 2;
  return Number.isNaN(value) ? 0.5 : Math.max(value, 1 - value);
}

/** Mann–Whitney by a merge of the two sorted classes; ties count half. */
function area(scores: Float64Array, y: Float64Array): number {
  const there = (label: number) => scores.filter((s, i) => y[i] === label && !Number.isNaN(s)).sort();
  const [negative, positive] = [there(0), there(1)];
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (const p of positive) {
    while (below < negative.length && negative[below]! < p) below++;
    upTo = Math.max(upTo, below);
    while (upTo < negative.length && negative[upTo]! <= p) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (negative.length * positive.length);
}

/** Spearman's rank correlation over the rows where both are there. */
export function rankCorrelation(x: Float64Array, y: Float64Array): number {
  const both = Array.from(x.keys()).filter((i) => !Number.isNaN(x[i]!) && !Number.isNaN(y[i]!));
  const a = midRanks(Float64Array.from(both, (i) => x[i]!));
  const b = midRanks(Float64Array.from(both, (i) => y[i]!));
  const middle = (a.length + 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - middle) * (b[i]! - middle);
    aa += (a[i]! - middle) ** 2;
    bb += (b[i]! - middle) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Ranks from 1, ties at the middle of their ranks. */
export function midRanks(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const rank = new Map<number, number>();
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (end < sorted.length && sorted[end] === sorted[i]) end++;
    rank.set(sorted[i]!, (i + 1 + end) / 2);
    i = end;
  }
  return values.map((v) => rank.get(v)!);
}
