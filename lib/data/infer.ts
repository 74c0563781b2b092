import { ensure } from "../core/mod.ts";
import type { CategoryColumn, Column, DateColumn, NumberColumn } from "./column.ts";
import { type DateFormat, datesOf, guessFormat, parseFormat } from "./dates.ts";

/** How the cells of a file become typed columns. */
export interface InferOptions {
  /**
   * Texts that mean missing. Nothing else does: `NA`, `unknown` or a blank stay visible as levels, for an audit to find.
   * @default {[""]}
   */
  readonly missing?: readonly string[];
  /** The decimal mark of every number column. @default {found column by column} */
  readonly decimal?: "." | ",";
  /** Columns to read as a type whatever they look like; a cell that does not fit throws. */
  readonly types?: Readonly<Record<string, "number" | "text">>;
  /** Columns of dates and how they are written, e.g. `{ Date: "dd-mm-yy" }`; a cell that does not fit throws. */
  readonly dates?: Readonly<Record<string, string>>;
}

/** Typed columns, with what had to be decided about them in words. */
export interface Inferred {
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
}

/** Cells of a column as codes into the distinct texts, in order of appearance; −1 is missing. */
interface Encoded {
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

type Mark = "." | ",";

const PLAIN: Record<Mark, RegExp> = {
  ".": /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d+)?$/,
  ",": /^[+-]?(?:\d+|\d{1,3}(?:[. \u00a0\u202f]\d{3})+)?(?:,\d*)?$/,
};

/** A whole number that is a name, not a quantity. */
const IDENTIFIER = /^[+-]?0\d/;

/**
 * Types whole columns of texts. A column is numbers, dates or truth values only if every cell present is; else it is text as
 * it stands. Numbers with zeros in front (`00123`) or beyond 2^53 are names, so text. A day and month that could be swapped
 * throughout (`03/04/2025`) stay text, and a note says so.
 *
 * @param names The columns, in order.
 * @param rows Rows of as many cells.
 */
export function inferColumns(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  options: InferOptions = {},
): Inferred {
  const missing = new Set(options.missing ?? [""]);
  const encoded = names.map((_, k) => encode(rows, k, missing));
  const marks = encoded.map(({ levels }, k) =>
    otherwise(options, names[k]!) ? undefined : numberMark(levels)
  );
  const fallback = options.decimal ?? (marks.includes(",") && !marks.includes(".") ? "," : ".");
  const columns: Column[] = [];
  const notes: string[] = [];
  for (const [k, name] of names.entries()) {
    const { column, note } = inferColumn(name, encoded[k]!, marks[k], fallback, options);
    columns.push(column);
    if (note) notes.push(note);
  }
  const commas = names.filter((_, k) => marks[k] === ",");
  if (commas.length > 0) notes.unshift(`decimal comma in ${list(commas)}`);
  return { columns, notes };
}

/** The decimal mark of rows of cells: a comma where a column can only be read so, and none can only be read with a point. */
export function decimalMark(rows: readonly (readonly string[])[], columns: number): "." | "," {
  const whole = rows.filter((row) => row.length === columns);
  const marks = Array.from({ length: columns }, (_, k) => numberMark(encode(whole, k, new Set([""])).levels));
  return marks.includes(",") && !marks.includes(".") ? "," : ".";
}

/** Each distinct text is looked at once from here on. */
function encode(rows: readonly (readonly string[])[], k: number, missing: ReadonlySet<string>): Encoded {
  const codeOf = new Map<string, number>();
  for (const text of missing) codeOf.set(text, -1);
  const levels: string[] = [];
  const codes = new Int32Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const text = rows[row]![k]!;
    let code = codeOf.get(text);
    if (code === undefined) {
      code = levels.push(text) - 1;
      codeOf.set(text, code);
    }
    codes[row] = code;
  }
  return { codes, levels };
}

/** Whether a column was asked to be anything but numbers, and so says nothing about the decimal mark. */
function otherwise(options: InferOptions, name: string): boolean {
  return options.types?.[name] === "text" || options.dates?.[name] !== undefined;
}

function inferColumn(
  name: string,
  cells: Encoded,
  mark: Mark | "either" | undefined,
  fallback: Mark,
  options: InferOptions,
): { column: Column; note?: string } {
  const { levels } = cells;
  const dates = options.dates?.[name];
  if (dates !== undefined) return { column: dateColumn(name, cells, parseFormat(dates)) };
  if (options.types?.[name] === "text") return { column: textColumn(name, cells) };
  if (options.types?.[name] === "number") {
    return { column: numberColumn(name, cells, mark === "." || mark === "," ? mark : fallback) };
  }
  if (levels.length === 0) {
    return { column: numberColumn(name, cells, fallback), note: `${name} is empty throughout` };
  }
  if (mark !== undefined) {
    return { column: numberColumn(name, cells, mark === "either" ? fallback : mark) };
  }
  if (levels.every((text) => /^(?:true|false)$/i.test(text))) {
    const codes = cells.codes.map((code) => code < 0 ? -1 : Number(levels[code]!.toLowerCase() === "true"));
    return { column: { kind: "category", name, codes, levels: ["false", "true"] } };
  }
  const format = guessFormat(levels);
  if (format === "ambiguous") {
    const note = `${name} could be day-month or month-day: kept as text ` +
      `(say which, e.g. dates: { ${JSON.stringify(name)}: "dd/mm/yyyy" })`;
    return { column: textColumn(name, cells), note };
  }
  return { column: format ? dateColumn(name, cells, format) : textColumn(name, cells) };
}

/** Which decimal mark makes every text a number; undefined if none does. */
function numberMark(levels: readonly string[]): Mark | "either" | undefined {
  let point = true;
  let comma = true;
  for (const level of levels) {
    const text = level.trim();
    if (!/\d/.test(text) || IDENTIFIER.test(text)) return undefined;
    if (/^[+-]?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text))) return undefined;
    point &&= PLAIN["."].test(text);
    comma &&= PLAIN[","].test(text) && !/^[+-]?0[. \u00a0\u202f]/.test(text);
    if (!point && !comma) return undefined;
  }
  if (levels.length === 0) return undefined;
  return point && comma ? "either" : point ? "." : ",";
}

function numberColumn(name: string, { codes, levels }: Encoded, mark: Mark): NumberColumn {
  const parsed = Float64Array.from(levels, (text) => parseNumber(text.trim(), mark));
  const wrong = parsed.findIndex(Number.isNaN);
  const row = codes.indexOf(wrong) + 1;
  ensure(wrong < 0, `read ${JSON.stringify(name)} as numbers`, `row ${row}`, "a number", levels[wrong]);
  return { kind: "number", name, values: spread(codes, parsed) };
}

function parseNumber(text: string, mark: Mark): number {
  if (!/\d/.test(text) || !PLAIN[mark].test(text)) return NaN;
  return Number(
    mark === "." ? text.replaceAll(",", "") : text.replace(/[. \u00a0\u202f]/g, "").replace(",", "."),
  );
}

function dateColumn(name: string, { codes, levels }: Encoded, format: DateFormat): DateColumn {
  const parsed = datesOf(levels, format);
  const wrong = parsed.findIndex(Number.isNaN);
  ensure(
    wrong < 0,
    `read ${JSON.stringify(name)} as dates`,
    `row ${codes.indexOf(wrong) + 1}`,
    `written ${format.name}`,
    levels[wrong],
  );
  return { kind: "date", name, values: spread(codes, parsed) };
}

/** The value of every row from the value of every distinct text. */
function spread(codes: Int32Array, parsed: Float64Array): Float64Array {
  return Float64Array.from(codes, (code) => code < 0 ? NaN : parsed[code]!);
}

/** Text keeps its sorted levels, whatever the order of the rows. */
function textColumn(name: string, { codes, levels }: Encoded): CategoryColumn {
  const sorted = [...levels].sort();
  const rank = new Map(sorted.map((level, place) => [level, place]));
  const places = Int32Array.from(levels, (level) => rank.get(level)!);
  return {
    kind: "category",
    name,
    codes: codes.map((code) => code < 0 ? -1 : places[code]!),
    levels: sorted,
  };
}

/** Names in a sentence, the first few of many. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
