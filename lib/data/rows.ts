import { ensure } from "../core/mod.ts";
import { isBlank } from "./dialect.ts";
import { inferColumns, type InferOptions } from "./infer.ts";
import { categoryColumn, Table } from "./table.ts";

/** How rows of cells become a table. */
export interface RowsOptions extends InferOptions {
  /** Whether the first row names the columns. @default {found: it does, unless numbers stand where numbers follow} */
  readonly header?: boolean;
  /** What to do with lines that have too many or too few cells. `drop` keeps them apart as `rejects`. @default {"throw"} */
  readonly ragged?: "throw" | "drop";
  /** What to do with empty and repeated column names. `repair` gives them names of their own. @default {"throw"} */
  readonly names?: "throw" | "repair";
}

/** A table made of rows, with what was decided on the way. */
export interface FromRows {
  readonly table: Table;
  readonly rejects: Table;
  readonly notes: readonly string[];
}

/**
 * Types the rows of a file. Nothing is lost silently: a row that does not fit throws, or is in `rejects`.
 *
 * @param file The name of the file, for messages.
 * @param lines The line of the file on which each row starts.
 */
export function tableFromRows(
  file: string,
  rows: readonly (readonly string[])[],
  lines: readonly number[],
  options: RowsOptions = {},
): FromRows {
  const action = `open ${file}`;
  const present = keepPresent(rows);
  ensure(
    present.length > 0,
    action,
    "the file",
    "a table with a header and at least one row",
    "an empty file",
  );
  const hasHeader = options.header ?? looksLikeHeader(present.map((i) => rows[i]!));
  const first = rows[present[0]!]!;
  const data = hasHeader ? present.slice(1) : present;
  ensure(data.length > 0, action, "the file", "a header with at least one row under it", "0 rows");
  const { names, notes } = hasHeader
    ? columnNames(action, first, data.map((i) => rows[i]!), options.names ?? "throw")
    : { names: first.map((_, k) => `column_${k + 1}`), notes: ["no header: columns are numbered"] };
  const whole = data.filter((i) => rows[i]!.length === names.length);
  const ragged = data.filter((i) => rows[i]!.length !== names.length);
  if (ragged.length > 0) refuseRagged(action, options, names.length, ragged, rows, lines);
  ensure(whole.length > 0, action, "at least one line", `${names.length} cells long, as the header`, "none");
  const { columns, notes: types } = inferColumns(names, whole.map((i) => rows[i]!), options);
  const dropped = ragged.length > 0 ? [`${ragged.length} ragged lines dropped into rejects`] : [];
  return {
    table: new Table(file, columns),
    rejects: rejected(ragged, rows, lines),
    notes: [...notes, ...dropped, ...types],
  };
}

/** Rows with something on them; in a table of one column a blank line is a missing value, except at the end. */
function keepPresent(rows: readonly (readonly string[])[]): number[] {
  let end = rows.length;
  while (end > 0 && isBlank(rows[end - 1]!)) end--;
  const all = Array.from({ length: end }, (_, i) => i);
  return rows.some((row) => row.length > 1) ? all.filter((i) => !isBlank(rows[i]!)) : all;
}

/** Numbers in the first row above numbers are data; words above numbers, or words above words, are names. */
function looksLikeHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...rest] = rows.slice(0, 200);
  const isNumber = (text: string | undefined) =>
    text !== undefined && /^\s*[+-]?[\d.,]*\d[\d.,]*\s*$/.test(text);
  const numeric = first!.flatMap((_, k) => {
    const below = rest.map((row) => row[k]).filter((text) => text !== undefined && text !== "");
    return below.length > 0 && below.every(isNumber) ? [k] : [];
  });
  return numeric.length === 0 || !numeric.every((k) => isNumber(first![k]));
}

function columnNames(
  action: string,
  header: readonly string[],
  data: readonly (readonly string[])[],
  choice: "throw" | "repair",
): { names: string[]; notes: string[] } {
  const names = [...header];
  const notes: string[] = [];
  if (names[0]!.trim() === "" && countsRows(data.map((row) => row[0]!))) {
    names[0] = header.includes("row") ? "row_number" : "row";
    notes.push(`the first column counts rows and had no name: called ${names[0]}`);
  }
  const advice = 'pass { names: "repair" } to have them named by position';
  const seen = new Map<string, number>();
  for (const [k, name] of names.entries()) {
    const before = seen.get(name);
    if (name.trim() !== "" && before === undefined) {
      seen.set(name, k);
      continue;
    }
    const rule = before === undefined
      ? `a text; column ${k + 1} of ${names.length} has none`
      : `unique; columns ${before + 1} and ${k + 1} share one`;
    ensure(choice === "repair", action, "every column name", `${rule} (${advice})`, name);
    names[k] = freeName(name.trim() === "" ? `column_${k + 1}` : `${name}_${k + 1}`, [...header, ...names]);
    seen.set(names[k]!, k);
    notes.push(`column ${k + 1} called ${names[k]}`);
  }
  return { names, notes };
}

/** Whether cells run 0, 1, 2, … or 1, 2, 3, …, as the row numbers that R and pandas write. */
function countsRows(cells: readonly string[]): boolean {
  const start = Number(cells[0]);
  return (start === 0 || start === 1) && cells.every((cell, i) => cell !== "" && Number(cell) === start + i);
}

function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let n = 2; taken.includes(name); n++) name = `${wanted}_${n}`;
  return name;
}

function refuseRagged(
  action: string,
  options: RowsOptions,
  width: number,
  ragged: readonly number[],
  rows: readonly (readonly string[])[],
  lines: readonly number[],
): void {
  if (options.ragged === "drop") return;
  const shown = ragged.slice(0, 5).map((i) => `line ${lines[i]} has ${rows[i]!.length}`).join(", ");
  const more = ragged.length > 5 ? `, and ${ragged.length - 5} more` : "";
  throw new RangeError(
    `Cannot ${action}: every line must have ${width} cells as the first has, current value is ` +
      `${ragged.length} of ${rows.length} lines that do not (${shown}${more}); ` +
      `pass { ragged: "drop" } to put them apart as rejects, or { separator } if they are split in the wrong place`,
  );
}

function rejected(
  ragged: readonly number[],
  rows: readonly (readonly string[])[],
  lines: readonly number[],
): Table {
  return new Table("rejects", [
    { kind: "number", name: "line", values: Float64Array.from(ragged, (i) => lines[i]!) },
    { kind: "number", name: "cells", values: Float64Array.from(ragged, (i) => rows[i]!.length) },
    categoryColumn("text", ragged.map((i) => rows[i]!.join(" | "))),
  ]);
}
