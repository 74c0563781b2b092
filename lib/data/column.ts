/** Numbers; NaN is missing. */
export interface NumberColumn {
  /** Tells the three kinds apart. */
  readonly kind: "number";
  /** Unique in its table. */
  readonly name: string;
  /** One a row. */
  readonly values: Float64Array;
}

/** Text or truth values as codes into levels; code −1 is missing. Truth values have the levels `["false", "true"]`. */
export interface CategoryColumn {
  /** Tells the three kinds apart. */
  readonly kind: "category";
  /** Unique in its table. */
  readonly name: string;
  /** One a row: a position in `levels`, or −1. */
  readonly codes: Int32Array;
  /** The different values. */
  readonly levels: readonly string[];
}

/** Moments as milliseconds since 1970-01-01 UTC; NaN is missing. */
export interface DateColumn {
  /** Tells the three kinds apart. */
  readonly kind: "date";
  /** Unique in its table. */
  readonly name: string;
  /** One a row, in milliseconds. */
  readonly values: Float64Array;
}

/** One typed column. */
export type Column = NumberColumn | CategoryColumn | DateColumn;

/** How many rows a column has. */
export function lengthOf(column: Column): number {
  return column.kind === "category" ? column.codes.length : column.values.length;
}

/** Whether a row of a column is missing. */
export function isMissing(column: Column, row: number): boolean {
  return column.kind === "category" ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);
}

/** A row's value as text, whether the column was read as texts or as numbers; undefined where it is missing. */
export function textAt(column: Column, row: number): string | undefined {
  if (isMissing(column, row)) return undefined;
  return column.kind === "category" ? column.levels[column.codes[row]!]! : String(column.values[row]!);
}

/** How many rows of a column are missing. */
export function countMissing(column: Column): number {
  let missing = 0;
  for (let row = 0, rows = lengthOf(column); row < rows; row++) missing += Number(isMissing(column, row));
  return missing;
}

/**
 * Texts as a category column: levels sorted by code unit, `null` missing.
 *
 * @example
 * ```ts
 * import { categoryColumn } from "credible/data";
 * categoryColumn("plan", ["pro", null, "free"]); // codes [1, -1, 0], levels ["free", "pro"]
 * ```
 */
export function categoryColumn(name: string, texts: readonly (string | null)[]): CategoryColumn {
  const levels = [...new Set(texts)].filter((text) => text !== null).sort();
  const codeOf = new Map<string | null, number>(levels.map((level, code) => [level, code]));
  codeOf.set(null, -1);
  return { kind: "category", name, levels, codes: Int32Array.from(texts, (text) => codeOf.get(text)!) };
}

/** The rows of a column at these positions, in this order. */
export function takeColumn(column: Column, positions: ArrayLike<number>): Column {
  if (column.kind === "category") {
    return { ...column, codes: Int32Array.from(positions, (p) => column.codes[p]!) };
  }
  return { ...column, values: Float64Array.from(positions, (p) => column.values[p]!) };
}
