import { ensure, type Matrix } from "../core/mod.ts";
import type { Values } from "../evaluate/mod.ts";

/** What every fit of this folder takes besides the rows. */
export interface DesignOptions {
  /** Names of the columns, for messages and tables. @default `x1`, `x2`, … */
  readonly names?: readonly string[];
  /** How many customers each row stands for, 0 or more. @default 1 each */
  readonly weights?: Values;
  /** Known parts of the linear predictor, added without a coefficient. @default 0 each */
  readonly offsets?: Values;
  /** Whether there is an intercept; it is never penalised. @default {true} */
  readonly intercept?: boolean;
  /**
   * Penalises coefficients of columns brought to standard deviation 1 (the weighted one, by n), so that units do not matter;
   * without an intercept, to root mean square 1. Coefficients are always given back in the units of the columns.
   * @default {true}
   */
  readonly standardise?: boolean;
}

/** Checked rows as the solvers take them: columns apart, centred and scaled, weights that sum to 1. */
export interface Design {
  readonly n: number;
  readonly p: number;
  readonly names: readonly string[];
  /** Column by column; centred where there is an intercept. */
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weights: Float64Array;
  /** What the weights summed to before. */
  readonly totalWeight: number;
  readonly offsets: Float64Array;
  readonly intercept: boolean;
  /** What was taken from each column. */
  readonly centres: Float64Array;
  /** What each column was divided by. */
  readonly scales: Float64Array;
  /** Columns that may have a coefficient; the others are constant or follow from columns before them. */
  readonly free: readonly number[];
}

/**
 * Checks rows and brings them to the form of the solvers.
 *
 * @param action What is being done, for messages.
 * @throws {RangeError} For values that are not finite (with row and column), lengths that differ, weights below 0 or all 0.
 */
export function readDesign(action: string, x: Matrix, y: Values, options: DesignOptions): Design {
  const { intercept = true, standardise = true } = options;
  const { rows: n, columns: p } = x;
  const names = options.names ?? Array.from({ length: p }, (_, j) => `x${j + 1}`);
  ensure(n > 0, action, "x", "at least one row", n);
  ensure(names.length === p, action, "names", `one for each of ${p} columns`, names.length);
  ensure(new Set(names).size === p, action, "names", "different", names);
  ensureFinite(action, x, names);
  const target = readColumn(action, "y", y, n);
  const weights = readWeights(action, options.weights, n);
  const offsets = options.offsets ? readColumn(action, "offsets", options.offsets, n) : new Float64Array(n);
  const totalWeight = weights.reduce((a, b) => a + b, 0);
  const shares = weights.map((w) => w / totalWeight);

  const columns: Float64Array[] = [], free: number[] = [];
  const centres = new Float64Array(p), scales = new Float64Array(p).fill(1);
  for (let j = 0; j < p; j++) {
    const values = Float64Array.from({ length: n }, (_, i) => x.values[i * p + j]!);
    if (intercept) centres[j] = dot(values, shares);
    const left = values.map((v) => v - centres[j]!);
    const spread = Math.sqrt(weightedSquare(left, shares));
    const says = spread > n * Number.EPSILON * Math.sqrt(weightedSquare(values, shares));
    if (says) free.push(j);
    if (says && standardise) scales[j] = spread;
    columns.push(says ? left.map((v) => v / scales[j]!) : new Float64Array(n));
  }
  return {
    ...{ n, p, names, columns, y: target, weights: shares, totalWeight, offsets, intercept, centres, scales },
    free,
  };
}

/** The design with only those columns free that do not follow from columns before them, to 1e-7 as in R's `lm`. */
export function withoutAliases(design: Design): Design {
  const { columns, weights } = design;
  const roots = weights.map(Math.sqrt);
  const basis: Float64Array[] = [];
  const free = design.free.filter((j) => {
    const rest = columns[j]!.map((v, i) => v * roots[i]!);
    const whole = Math.sqrt(dot(rest, rest));
    for (let pass = 0; pass < 2; pass++) { // the second pass removes what rounding left in the first
      for (const direction of basis) {
        const share = dot(rest, direction);
        for (let i = 0; i < rest.length; i++) rest[i]! -= share * direction[i]!;
      }
    }
    const left = Math.sqrt(dot(rest, rest));
    if (left <= 1e-7 * whole) return false;
    basis.push(rest.map((v) => v / left));
    return true;
  });
  return { ...design, free };
}

/** The linear predictor of standardised coefficients, offsets included. */
export function linearPredictor(design: Design, intercept: number, beta: Float64Array): Float64Array {
  const eta = design.offsets.map((o) => o + intercept);
  for (const j of design.free) {
    const [b, column] = [beta[j]!, design.columns[j]!];
    if (b !== 0) { for (let i = 0; i < eta.length; i++) eta[i]! += b * column[i]!; }
  }
  return eta;
}

/** The columns that have a coefficient: ones for the intercept, then those that are free. */
export function designColumns(design: Design): readonly Float64Array[] {
  const free = design.free.map((j) => design.columns[j]!);
  return design.intercept ? [new Float64Array(design.n).fill(1), ...free] : free;
}

/** The sum of products. */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function weightedSquare(values: Float64Array, weights: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += weights[i]! * values[i]! ** 2;
  return total;
}

function ensureFinite(action: string, x: Matrix, names: readonly string[]): void {
  const at = x.values.findIndex((v) => !Number.isFinite(v));
  if (at < 0) return;
  const place = `x at row ${Math.floor(at / x.columns)}, column ${JSON.stringify(names[at % x.columns])}`;
  ensure(false, action, place, "finite (impute or drop what is missing first)", x.values[at]);
}

/** Checks a column of finite numbers. */
export function readColumn(action: string, name: string, values: Values, n: number): Float64Array {
  ensure(values.length === n, action, name, `${n} long, as x has rows`, values.length);
  const copy = Float64Array.from(values);
  const at = copy.findIndex((v) => !Number.isFinite(v));
  ensure(at < 0, action, `${name}[${at}]`, "finite", copy[at]);
  return copy;
}

function readWeights(action: string, values: Values | undefined, n: number): Float64Array {
  if (!values) return new Float64Array(n).fill(1);
  const weights = readColumn(action, "weights", values, n);
  const at = weights.findIndex((w) => w < 0);
  ensure(at < 0, action, `weights[${at}]`, "0 or more", weights[at]);
  ensure(weights.some((w) => w > 0), action, "weights", "above 0 somewhere", "0 everywhere");
  return weights;
}
