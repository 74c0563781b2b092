import { normal } from "../core/distributions/mod.ts";
import { auc } from "../evaluate/mod.ts";
import type { CategoryFacts, Facts, Target } from "./subject.ts";
import { isCategory } from "./subject.ts";

/** Rows looked at, of each class: strength does not need more, and a log of millions would take long. */
const MOST_ROWS = 10_000;
const FOLDS = 5;
/** Rows that the overall mean counts for in a level's mean. */
const SMOOTHING = 5;

/** How well one column alone ranks the target, and by what. */
export interface Strength {
  /** In [0.5, 1]: area under the ROC curve, or (1 + |rank correlation|) / 2 for a target that is a number. */
  readonly value: number;
  /** `values` of the column, or whether it is there at all (`presence`). */
  readonly by: "values" | "presence";
  /** In [0, 1]: how likely a column that knows nothing would rank the target as well; few rows make it large. */
  readonly chance: number;
}

/**
 * How well one column alone ranks the target. Numbers are taken as they are, in the better direction; categories as
 * the target's mean by level on other rows (five folds), because a level's mean on its own rows knows the answer; two
 * levels are a number already. Where values are missing, whether they are there is tried too.
 *
 * @returns Strength in [0.5, 1]; 0.5 when nothing can be compared.
 */
export function strength(facts: Facts, target: Target): Strength {
  const known = measured.get(facts);
  if (known?.target === target) return known.strength;
  const strength = measure(facts, target);
  measured.set(facts, { target, strength });
  return strength;
}

/** Facts do not change, and a study of limits asks for the same strengths again and again. */
const measured = new WeakMap<Facts, { readonly target: Target; readonly strength: Strength }>();

function measure(facts: Facts, target: Target): Strength {
  const rows = sampleRows(target);
  const y = at(target.values, rows);
  const scores = !isCategory(facts)
    ? at(facts.column.values, rows)
    : facts.distinct === 2
    ? at(facts.column.codes, rows).map((code) => code < 0 ? NaN : code)
    : levelMeans(facts, rows, y);
  const values = concordance(scores, y, target.classes);
  if (facts.missing === 0) return { ...values, by: "values" };
  const there = Float64Array.from(rows, (i) => Number(isThere(facts, i)));
  const presence = concordance(there, y, target.classes);
  return presence.value > values.value ? { ...presence, by: "presence" } : { ...values, by: "values" };
}

/**
 * Every k-th row that has a target, so that a sorted file is sampled from end to end. The classes are thinned apart: no
 * ranking depends on how many rows a class has, and 200 positives in a million rows all stay.
 */
function sampleRows({ values, classes }: Target): Int32Array {
  const kept: number[] = [];
  for (const label of classes ? [0, 1] : [undefined]) {
    const of = label === undefined ? (v: number) => v === v : (v: number) => v === label;
    let count = 0;
    for (const v of values) count += Number(of(v));
    const step = Math.max(1, Math.ceil(count / MOST_ROWS));
    for (let i = 0, seen = 0; i < values.length; i++) if (of(values[i]!) && seen++ % step === 0) kept.push(i);
  }
  return Int32Array.from(kept);
}

function at(values: ArrayLike<number>, rows: Int32Array): Float64Array {
  const taken = new Float64Array(rows.length);
  for (let k = 0; k < rows.length; k++) taken[k] = values[rows[k]!]!;
  return taken;
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
function concordance(scores: Float64Array, y: Float64Array, classes: boolean): Omit<Strength, "by"> {
  const [x, z] = whereScored(scores, y);
  const correlation = rankCorrelation(x, z);
  if (Number.isNaN(correlation)) return { value: 0.5, chance: 1 };
  const value = classes ? auc(z, x) : (1 + correlation) / 2;
  return { value: Math.max(value, 1 - value), chance: chanceOf(correlation, z, classes) };
}

/**
 * The two-sided chance of a rank correlation without any link, by the normal law of r √(n − 1), which for two classes is
 * the test of Mann and Whitney with ties; never below that of the best order of these rows, which the law forgets.
 */
function chanceOf(correlation: number, y: Float64Array, classes: boolean): number {
  const byLaw = 2 * normal().sf(Math.abs(correlation) * Math.sqrt(y.length - 1));
  return Math.min(1, Math.max(byLaw, chanceOfBestOrder(y, classes)));
}

/** The least chance that these rows can show: 2 / C(n, k) with k rows of a class, 2 / n! for a target that is a number. */
export function chanceOfBestOrder(y: Float64Array, classes: boolean): number {
  const ones = y.reduce((sum, v) => sum + Number(v === 1), 0);
  const steps = classes ? Math.min(ones, y.length - ones) : y.length;
  let chance = 2;
  for (let k = 0; k < steps && chance > 0; k++) chance *= (classes ? steps - k : 1) / (y.length - k);
  return chance;
}

function whereScored(scores: Float64Array, y: Float64Array): [Float64Array, Float64Array] {
  const [x, z] = [new Float64Array(y.length), new Float64Array(y.length)];
  let n = 0;
  for (let i = 0; i < y.length; i++) {
    if (Number.isNaN(scores[i]!)) continue;
    x[n] = scores[i]!;
    z[n++] = y[i]!;
  }
  return [x.subarray(0, n), z.subarray(0, n)];
}

/** Spearman's rank correlation. */
function rankCorrelation(x: Float64Array, y: Float64Array): number {
  const [a, b] = [midRanks(x), midRanks(y)];
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
