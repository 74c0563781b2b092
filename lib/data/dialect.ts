import Papa from "papaparse";

/** How a text file separates its cells. */
export interface Dialect {
  /** What stands between two cells; empty where a line is one cell. */
  readonly separator: string;
  readonly quote: string;
}

const SEPARATORS: Record<string, string> = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };
const SAMPLE_LINES = 200;

/** A separator as a sentence says it. */
export function separatorWord(separator: string): string {
  return separator === ""
    ? "one cell a line"
    : `separated by ${SEPARATORS[separator] ?? JSON.stringify(separator)}`;
}

/** Separators that a text holds although it was not split by them. */
export function otherSeparators(text: string, separator: string): string[] {
  return Object.keys(SEPARATORS).filter((other) => other !== separator && text.includes(other));
}

/**
 * The separator that gives most lines as many cells as the first, and of those that do equally well the one that gives more
 * cells; quotes are respected.
 */
export function detectDialect(text: string, given: Partial<Dialect> = {}): Dialect {
  const quote = given.quote ?? detectQuote(text);
  if (given.separator !== undefined) return { separator: given.separator, quote };
  let best = { separator: "", agreement: 0, width: 1 };
  for (const separator of Object.keys(SEPARATORS)) {
    const rows = parse(text, { separator, quote }, SAMPLE_LINES).rows.filter((row) => !isBlank(row));
    const width = rows[0]?.length ?? 0;
    if (width < 2) continue;
    const agreement = rows.filter((row) => row.length === width).length / rows.length;
    if (agreement > best.agreement || (agreement === best.agreement && width > best.width)) {
      best = { separator, agreement, width };
    }
  }
  return { separator: best.separator, quote };
}

/** Single quotes only where they stand around every cell of the first line. */
function detectQuote(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/));
  return /^'[^']*'(?:[,;\t|]'[^']*')*$/.test(line) ? "'" : '"';
}

/** Rows as they stand in a text, and where quoting broke. */
export interface Parsed {
  readonly rows: string[][];
  /** Index of the first row whose quotes are wrong, or −1. */
  readonly broken: number;
}

/** What we read of Papa's answer (its types would bring all of Node's with them). */
interface PapaResult {
  readonly data: string[][];
  readonly errors: readonly { readonly type: string; readonly row?: number }[];
}

/** Splits a text into rows of cells. A blank line is a row of one empty cell. */
export function parse(text: string, dialect: Dialect, preview = 0): Parsed {
  const { data, errors }: PapaResult = Papa.parse(text, {
    // Papa has no word for "never": a character that no text file holds.
    delimiter: dialect.separator === "" ? "\u0000" : dialect.separator,
    quoteChar: dialect.quote,
    preview,
    header: false,
    skipEmptyLines: false,
  });
  return { rows: data, broken: errors.find((error) => error.type === "Quotes")?.row ?? -1 };
}

/** Whether a row is a line without anything on it. */
export function isBlank(row: readonly string[]): boolean {
  return row.length === 1 && row[0] === "";
}
