import { ensure, type Matrix } from "../../core/mod.ts";

/** Rows of a regression that belong to groups, such as customers of businesses. */
export interface GroupedRows {
  /** Predictors, a column of ones for the intercept included. */
  readonly x: Matrix;
  /** Outcomes, one per row. */
  readonly y: Float64Array;
  /** The group of each row, 0 to `groups` − 1. A group may have no rows. */
  readonly group: Int32Array;
  /** How many groups. */
  readonly groups: number;
  /** Known part of the linear predictor, one per row. @default {0} */
  readonly offset?: Float64Array;
}

/**
 * A log likelihood as a function of coefficients by group. The caller writes `beta` and `auxiliary`, calls `evaluate`, and
 * reads `gradient` and `auxiliaryGradient`: buffers are shared, because this is the hot loop.
 */
export interface Likelihood {
  readonly groups: number;
  /** Coefficients of a group: one per column of `x`, or several where there is more than one linear predictor. */
  readonly columns: number;
  /** Coefficients `[group][column]`. */
  readonly beta: Float64Array;
  /** d log likelihood / d beta, after `evaluate`. */
  readonly gradient: Float64Array;
  /** Parameters of the family beside the mean, such as a standard deviation. */
  readonly auxiliary: Float64Array;
  /** d log likelihood / d auxiliary, after `evaluate`. */
  readonly auxiliaryGradient: Float64Array;
  /** The log likelihood; NaN or −Infinity where a predictor overflows. */
  evaluate(): number;
}

/** Checks shapes and values. @throws {RangeError} Naming the part and row that is wrong. */
export function ensureRows(rows: GroupedRows): void {
  const action = "build the likelihood", { x, y, group, groups, offset } = rows;
  ensure(y.length === x.rows, action, "y", `${x.rows} long`, y.length);
  ensure(group.length === x.rows, action, "group", `${x.rows} long`, group.length);
  ensure(Number.isInteger(groups) && groups >= 1, action, "groups", "1 or more", groups);
  ensure(x.columns >= 1, action, "the number of columns", "1 or more", x.columns);
  ensure(!offset || offset.length === x.rows, action, "offset", `${x.rows} long`, offset?.length);
  for (let i = 0; i < x.values.length; i++) {
    if (!Number.isFinite(x.values[i]!)) {
      const at = `x[${Math.floor(i / x.columns)}, ${i % x.columns}]`;
      ensure(false, action, at, "finite", x.values[i]);
    }
  }
  for (let i = 0; i < x.rows; i++) {
    const g = group[i]!;
    ensure(g >= 0 && g < groups, action, `group[${i}]`, `in 0 to ${groups - 1}`, g);
    if (offset) ensure(Number.isFinite(offset[i]!), action, `offset[${i}]`, "finite", offset[i]);
  }
}

/** Checks how often each row counts. @throws {RangeError} Naming the weight that is wrong. */
export function ensureWeights(weights: Float64Array | undefined, rows: number): void {
  const action = "build the likelihood";
  ensure(!weights || weights.length === rows, action, "weights", `${rows} long`, weights?.length);
  weights?.forEach((w, i) => ensure(w >= 0 && w < Infinity, action, `weights[${i}]`, "0 or more", w));
}

/** Checks that outcomes are positions of levels. @throws {RangeError} Naming the outcome that is none. */
export function ensureLevels(y: Float64Array, levels: number): void {
  const action = "build the likelihood";
  ensure(Number.isInteger(levels) && levels >= 2, action, "the number of levels", "2 or more", levels);
  y.forEach((v, i) =>
    ensure(
      Number.isInteger(v) && v >= 0 && v < levels,
      action,
      `y[${i}]`,
      `an integer from 0 to ${levels - 1}`,
      v,
    )
  );
}

/** The positions of rows, group after group, and where each group starts (`groups + 1` entries). */
export function sortByGroup({ group, groups }: GroupedRows): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(groups + 1);
  for (const g of group) starts[g + 1]!++;
  for (let g = 0; g < groups; g++) starts[g + 1]! += starts[g]!;
  const next = starts.slice(), order = new Int32Array(group.length);
  group.forEach((g, i) => order[next[g]!++] = i);
  return { order, starts };
}
