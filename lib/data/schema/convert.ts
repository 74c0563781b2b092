import { type CategoryColumn, categoryColumn, type Column, isMissing } from "../table.ts";
import type { ColumnRule } from "./declaration.ts";
import { NUMBER_PATTERN } from "./sql.ts";
import { parseMoment } from "./types.ts";

const NUMBER = new RegExp(`^(?:${NUMBER_PATTERN})$`);
const TRUTH = ["false", "true"];

/** A column as it is declared; cells of another type become missing. It agrees with what the SQL takes for a breach of type. */
export function convertColumn(column: Column, { type }: ColumnRule): Column {
  const { name } = column;
  if (type === "number" || type === "date") {
    const kind = type === "date" ? "date" : "number";
    if (column.kind === "category") return { kind, name, values: valuesOf(column, type) };
    const fits = column.kind === kind;
    return { kind, name, values: column.values.map((x) => fits && Number.isFinite(x) ? x : NaN) };
  }
  if (column.kind === "category") return type === "boolean" ? relevel(column) : column;
  const write = column.kind === "date" ? () => null : type === "boolean" ? asTruth : asDigits;
  const categories = categoryColumn(name, Array.from(column.values, write));
  return type === "boolean" ? relevel(categories) : categories;
}

/** The cell as text for a person: nothing where it is missing. */
export function cellText(column: Column, row: number): string {
  if (isMissing(column, row)) return "";
  if (column.kind === "category") return column.levels[column.codes[row]!]!;
  const value = column.values[row]!;
  if (column.kind === "number" || !Number.isFinite(value)) return String(value);
  return new Date(value).toISOString().replace("T00:00:00.000Z", "");
}

function valuesOf({ codes, levels }: CategoryColumn, type: "number" | "date"): Float64Array {
  const values = levels.map((level) => {
    if (type === "date") return parseMoment(level);
    return NUMBER.test(level.trim()) ? Number(level) : NaN;
  });
  return Float64Array.from(codes, (code) => values[code] ?? NaN);
}

function relevel(column: CategoryColumn): CategoryColumn {
  const codes = column.levels.map((level) => TRUTH.indexOf(level.toLowerCase()));
  return { ...column, codes: column.codes.map((code) => codes[code] ?? -1), levels: TRUTH };
}

function asTruth(value: number): string | null {
  return TRUTH[value] ?? null;
}

/** Whole numbers as their digits: a postal code read as a number is text again. */
function asDigits(value: number): string | null {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value + 0) : null;
}
