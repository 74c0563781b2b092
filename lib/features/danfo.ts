import { ensure } from "../core/mod.ts";
import { categoryColumn, type Column, Table } from "../data/mod.ts";

/** What danfojs's `DataFrame` takes: equally long columns by name. Missing numbers are NaN, missing text is null. */
export type DanfoColumns = Record<string, (number | string | Date | null)[]>;

/** What is read of a danfojs `DataFrame`; anything of this form will do, so danfojs itself is not needed. */
export interface DanfoFrame {
  /** The names of the columns. */
  readonly columns: readonly string[];
  /** The rows. */
  readonly values: readonly (readonly unknown[])[] | readonly unknown[];
}

/**
 * A table as danfojs takes it: `new dfd.DataFrame(toDanfo(table))`.
 *
 * @example
 * ```ts
 * import { categoryColumn, Table } from "credible/data";
 * import { fromDanfo, toDanfo } from "credible/features";
 * const table = new Table("shops", [categoryColumn("city", ["Bonn", null])]);
 * toDanfo(table); // { city: ["Bonn", null] }
 * fromDanfo({ columns: ["city"], values: [["Bonn"], [null]] }, "shops"); // the table again
 * ```
 */
export function toDanfo(table: Table): DanfoColumns {
  return Object.fromEntries(table.columns.map((column) => [column.name, cells(column)]));
}

/**
 * A danfojs `DataFrame` as a table. Numbers and truth values become numbers, dates dates, all else text; null, undefined and
 * NaN are missing.
 *
 * @throws {RangeError} If a row is shorter or longer than the list of columns.
 */
export function fromDanfo(frame: DanfoFrame, name = "danfo"): Table {
  const rows = frame.values.map((row) => Array.isArray(row) ? row as unknown[] : [row]);
  for (const [i, row] of rows.entries()) {
    ensure(
      row.length === frame.columns.length,
      "read the DataFrame",
      `row ${i}`,
      `${frame.columns.length} long`,
      row.length,
    );
  }
  return new Table(name, frame.columns.map((column, k) => toColumn(column, rows.map((row) => row[k]))));
}

function cells(column: Column): (number | string | Date | null)[] {
  if (column.kind === "category") return Array.from(column.codes, (code) => column.levels[code] ?? null);
  if (column.kind === "number") return Array.from(column.values);
  return Array.from(column.values, (moment) => Number.isNaN(moment) ? null : new Date(moment));
}

function toColumn(name: string, values: readonly unknown[]): Column {
  const gone = (v: unknown) => v === null || v === undefined || Number.isNaN(v);
  const known = values.filter((v) => !gone(v));
  if (known.length > 0 && known.every((v) => v instanceof Date)) {
    return {
      kind: "date",
      name,
      values: Float64Array.from(values, (v) => v instanceof Date ? v.getTime() : NaN),
    };
  }
  if (known.every((v) => typeof v === "number" || typeof v === "boolean")) {
    return { kind: "number", name, values: Float64Array.from(values, (v) => gone(v) ? NaN : Number(v)) };
  }
  return categoryColumn(name, values.map((v) => gone(v) ? null : String(v)));
}
