import { ensure, suggest } from "../core/mod.ts";

/** Numbers; NaN is missing. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  readonly values: Float64Array;
}

/** Text or truth values as codes into levels; code −1 is missing. Truth values have the levels `["false", "true"]`. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** Moments as milliseconds since 1970-01-01 UTC; NaN is missing. */
export interface DateColumn {
  readonly kind: "date";
  readonly name: string;
  readonly values: Float64Array;
}

/** One typed column. */
export type Column = NumberColumn | CategoryColumn | DateColumn;

/**
 * A table of typed columns of equal length. Immutable: every method that changes something returns a new table.
 *
 * @example
 * ```ts
 * import { Table } from "credible/data";
 * const shops = new Table("shops", [
 *   { kind: "number", name: "visits", values: Float64Array.of(3, 8) },
 *   { kind: "category", name: "city", codes: Int32Array.of(0, 1), levels: ["Bonn", "Köln"] },
 * ]);
 * shops.numbers("visits"); // Float64Array [3, 8]
 * ```
 */
export class Table {
  readonly name: string;
  /** How many rows. */
  readonly rows: number;
  readonly columns: readonly Column[];

  /** @throws {RangeError} If columns differ in length or two have one name. */
  constructor(name: string, columns: readonly Column[]) {
    const rows = columns.length === 0 ? 0 : lengthOf(columns[0]!);
    const seen = new Set<string>();
    for (const column of columns) {
      const action = `make the table ${JSON.stringify(name)}`;
      ensure(lengthOf(column) === rows, action, `the length of ${column.name}`, `${rows}`, lengthOf(column));
      ensure(!seen.has(column.name), action, "a column name", "unique", column.name);
      seen.add(column.name);
    }
    this.name = name;
    this.rows = rows;
    this.columns = columns;
  }

  /** The names of the columns, in order. */
  get names(): string[] {
    return this.columns.map((c) => c.name);
  }

  /** @throws {RangeError} If there is none of that name; the message offers the nearest. */
  column(name: string): Column {
    const found = this.columns.find((c) => c.name === name);
    if (found) return found;
    throw new RangeError(
      `Cannot read column ${JSON.stringify(name)} of ${this.name}: ${suggest(name, this.names)}`,
    );
  }

  /** The values of a number or date column. @throws {TypeError} If it holds categories. */
  numbers(name: string): Float64Array {
    const column = this.column(name);
    if (column.kind !== "category") return column.values;
    throw new TypeError(
      `Cannot read ${JSON.stringify(name)} of ${this.name} as numbers: it holds categories`,
    );
  }

  /** A category column. @throws {TypeError} If it holds numbers or dates. */
  categories(name: string): CategoryColumn {
    const column = this.column(name);
    if (column.kind === "category") return column;
    throw new TypeError(
      `Cannot read ${JSON.stringify(name)} of ${this.name} as categories: it holds ${column.kind}s`,
    );
  }

  /** The columns of these names, in this order. */
  select(names: readonly string[]): Table {
    return this.derive(names.map((name) => this.column(name)));
  }

  /** All columns but these. */
  without(names: readonly string[]): Table {
    for (const name of names) this.column(name);
    return this.derive(this.columns.filter((c) => !names.includes(c.name)));
  }

  /** Adds a column, or replaces the one of that name. */
  with(column: Column): Table {
    const others = this.columns.filter((c) => c.name !== column.name);
    return this.derive(
      others.length === this.columns.length
        ? [...others, column]
        : this.columns.map((c) => c.name === column.name ? column : c),
    );
  }

  /** The rows at these positions, in this order; a position may repeat. */
  take(positions: ArrayLike<number>): Table {
    return this.derive(this.columns.map((c) => takeColumn(c, positions)));
  }

  /** The rows for which `keep` says so. */
  filter(keep: (row: number) => boolean): Table {
    return this.take(Int32Array.from(Array.from({ length: this.rows }, (_, i) => i).filter(keep)));
  }

  /** Another table in this one's place: same name and whatever else goes with the table. */
  protected derive(columns: readonly Column[]): Table {
    return new Table(this.name, columns);
  }
}

/** How many rows a column has. */
export function lengthOf(column: Column): number {
  return column.kind === "category" ? column.codes.length : column.values.length;
}

/** Whether a row of a column is missing. */
export function isMissing(column: Column, row: number): boolean {
  return column.kind === "category" ? column.codes[row]! < 0 : Number.isNaN(column.values[row]!);
}

function takeColumn(column: Column, positions: ArrayLike<number>): Column {
  if (column.kind === "category") {
    return { ...column, codes: Int32Array.from(positions, (p) => column.codes[p]!) };
  }
  return { ...column, values: Float64Array.from(positions, (p) => column.values[p]!) };
}
