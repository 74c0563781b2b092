import { DISPLAY, type Displayable, ensure, type MimeBundle, suggest } from "../core/mod.ts";
import { type CategoryColumn, type Column, lengthOf, takeColumn } from "./column.ts";
import { showTable } from "./show.ts";

export * from "./column.ts";

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
export class Table implements Displayable {
  /** How pages and messages call it. */
  readonly name: string;
  /** How many rows. */
  readonly rows: number;
  /** In order. */
  readonly columns: readonly Column[];

  /** Pairs a name with columns. @throws {RangeError} If columns differ in length or two have one name. */
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

  /** The column of a name. @throws {RangeError} If there is none; the message offers the nearest. */
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
  select(names: readonly string[]): this {
    return this.derive(names.map((name) => this.column(name)));
  }

  /** All columns but these. */
  without(names: readonly string[]): this {
    for (const name of names) this.column(name);
    return this.derive(this.columns.filter((c) => !names.includes(c.name)));
  }

  /** Adds a column, or replaces the one of that name. */
  with(column: Column): this {
    const others = this.columns.filter((c) => c.name !== column.name);
    return this.derive(
      others.length === this.columns.length
        ? [...others, column]
        : this.columns.map((c) => c.name === column.name ? column : c),
    );
  }

  /** The rows at these positions, in this order; a position may repeat. */
  take(positions: ArrayLike<number>): this {
    return this.derive(this.columns.map((c) => takeColumn(c, positions)));
  }

  /** The rows for which `keep` says so. */
  filter(keep: (row: number) => boolean): this {
    const kept: number[] = [];
    for (let row = 0; row < this.rows; row++) if (keep(row)) kept.push(row);
    return this.take(kept);
  }

  /** Another table in this one's place: same name and whatever else goes with the table. */
  protected derive(columns: readonly Column[]): this {
    return new Table(this.name, columns) as this;
  }

  /** Shows its first rows with the type and the missing values of each column; personal columns are masked. */
  [DISPLAY](): MimeBundle {
    return showTable(this, { title: this.name });
  }
}
