import { ensure } from "../../core/mod.ts";
import type { CategoryColumn } from "../../data/mod.ts";
import { type Encoder, encoderOf, ensureTarget } from "./encoder.ts";

/** Options of {@linkcode fitTargetMean}. */
export interface TargetMeanOptions {
  /**
   * How far a level's mean is drawn to the mean of all. A number m counts the mean of all as m rows: (Σy + m·mean) / (n + m).
   * `"auto"` is the empirical Bayes choice λ = nV / (nV + v), with V the variance of all and v that of the level (Micci-
   * Barreca 2001, as in scikit-learn). `{ half, slope }` is λ = 1 / (1 + exp(−(n − half) / slope)), with λ = 0 for a level of
   * one row (as in category_encoders). @default {"auto"}
   */
  readonly smoothing?: number | "auto" | { readonly half: number; readonly slope: number };
}

/**
 * The target's mean by level, drawn to the mean of all. Knows the target of its own rows: encode training rows by
 * {@linkcode outOfFoldTargetMean}, and only rows that had no part in the fit by this encoder.
 *
 * @param y One number a training row: 0 and 1, or any quantity.
 * @returns An encoder that gives levels never seen the mean of all; missing values are a level if training had them.
 * @throws {RangeError} If y and the column differ in length, y has NaN, there is no row, or a number m is negative.
 *
 * @example
 * ```ts
 * import { categoryColumn } from "credible/data";
 * import { fitTargetMean } from "credible/features";
 * const city = categoryColumn("city", ["Bonn", "Bonn", "Köln"]);
 * fitTargetMean(city, [1, 0, 0], { smoothing: 1 }).transform(city)[0]!.values; // [0.444, 0.444, 0.167]
 * ```
 */
export function fitTargetMean(
  column: CategoryColumn,
  y: ArrayLike<number>,
  options: TargetMeanOptions = {},
): Encoder {
  return fitOn(column, y, allRows(y.length), options);
}

/**
 * The target's mean by level for the training rows themselves, each fold encoded by what the other rows say: a row's own
 * target never enters its encoding.
 *
 * @param folds Disjoint `test` positions that together are all rows, as the splits of `credible/evaluate` give them.
 * @returns One number a row.
 * @throws {RangeError} What {@linkcode fitTargetMean} throws, and if the folds leave out or repeat a row.
 */
export function outOfFoldTargetMean(
  column: CategoryColumn,
  y: ArrayLike<number>,
  folds: readonly { readonly test: ArrayLike<number> }[],
  options: TargetMeanOptions = {},
): Float64Array {
  const action = "encode out of fold";
  const encoded = new Float64Array(y.length).fill(NaN);
  const tested = new Int32Array(y.length);
  for (const { test } of folds) for (const row of Array.from(test)) tested[row]!++;
  ensure(
    tested.every((n) => n === 1),
    action,
    "folds",
    "test sets that hold each row once",
    `${folds.length} folds`,
  );
  for (const { test } of folds) {
    const inTest = new Set(Array.from(test));
    const encoder = fitOn(column, y, allRows(y.length).filter((row) => !inTest.has(row)), options);
    const [values] = encoder.transform({
      ...column,
      codes: Int32Array.from(test, (row) => column.codes[row]!),
    });
    for (const [k, row] of Array.from(test).entries()) encoded[row] = values!.values[k]!;
  }
  return encoded;
}

/**
 * The ordered target statistic: each training row is encoded by the rows before it, (Σy + a·mean) / (n + a), as CatBoost
 * does. New rows are encoded by all: `fitTargetMean(…, { smoothing: a })`.
 *
 * @param a How many rows the mean of all counts for. @default {1}
 */
export function orderedTargetMean(column: CategoryColumn, y: ArrayLike<number>, a = 1): Float64Array {
  ensureTarget(column, y, "encode in order");
  ensure(a > 0, "encode in order", "a", "above 0", a);
  const mean = meanOf(y, allRows(y.length));
  const sums = new Float64Array(column.levels.length + 1);
  const counts = new Float64Array(column.levels.length + 1);
  return Float64Array.from(column.codes, (code, i) => {
    const at = code < 0 ? column.levels.length : code;
    const value = (sums[at]! + mean * a) / (counts[at]! + a);
    sums[at]! += y[i]!;
    counts[at]!++;
    return value;
  });
}

function fitOn(
  column: CategoryColumn,
  y: ArrayLike<number>,
  rows: readonly number[],
  { smoothing = "auto" }: TargetMeanOptions,
): Encoder {
  const action = "encode by the target's mean";
  ensureTarget(column, y, action);
  ensure(rows.length > 0, action, "training rows", "at least one", rows.length);
  ensure(typeof smoothing !== "number" || smoothing >= 0, action, "smoothing", "0 or more", smoothing);
  const mean = meanOf(y, rows);
  const variance = rows.reduce((sum, i) => sum + (y[i]! - mean) ** 2, 0) / rows.length;
  const byLevel = Map.groupBy(rows, (i) => column.codes[i]!);
  const smoothed = (own: readonly number[]): number => {
    const level = meanOf(y, own);
    if (typeof smoothing === "number") {
      return (level * own.length + smoothing * mean) / (own.length + smoothing);
    }
    const weight = smoothing === "auto"
      ? trust(own.length * variance, own.reduce((sum, i) => sum + (y[i]! - level) ** 2, 0) / own.length)
      : own.length === 1
      ? 0
      : 1 / (1 + Math.exp(-(own.length - smoothing.half) / smoothing.slope));
    return weight * level + (1 - weight) * mean;
  };
  const missing = byLevel.get(-1);
  return encoderOf({
    kind: "lookup",
    column: column.name,
    output: `${column.name}:mean`,
    values: column.levels.flatMap((level, code) =>
      byLevel.has(code) ? [[level, smoothed(byLevel.get(code)!)]] : []
    ),
    unknown: mean,
    missing: missing ? smoothed(missing) : mean,
  });
}

/** Share of trust in a level: nV / (nV + v). A target without variance leaves nothing to trust. */
function trust(between: number, within: number): number {
  return between === 0 ? 0 : between / (between + within);
}

function meanOf(y: ArrayLike<number>, rows: readonly number[]): number {
  return rows.reduce((sum, i) => sum + y[i]!, 0) / rows.length;
}

function allRows(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
