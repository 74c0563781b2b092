import { DISPLAY, type Displayable, ensure, escapeHtml } from "../core/mod.ts";
import { formatColumn } from "./number_format.ts";

/** How one column of a result table prints. */
export interface ColumnFormat {
  /** The heading. @default the column's name */
  readonly label?: string;
  /** Stands small beside the heading: `€`, `days`. */
  readonly unit?: string;
  /** Digits after the point. @default three significant ones at the column's middle size */
  readonly digits?: number;
  /** Prints shares as percent. @default {false} */
  readonly percent?: boolean;
  /** Writes a value itself; the column is then aligned as text unless `align` says otherwise. */
  readonly format?: (value: unknown) => string;
  /** Where the values stand. @default `right` for numbers, `left` for text */
  readonly align?: "left" | "right" | "center";
}

/** Options of {@linkcode table}. */
export interface TableOptions {
  /** What the table shows; the page puts "Table 2" before it. */
  readonly caption?: string;
  /** Formats by column. Columns not named here print by their values. */
  readonly columns?: Readonly<Record<string, ColumnFormat>>;
  /** A line below the table. */
  readonly note?: string;
  /** Rows printed at most; what is left out is said. @default {100} */
  readonly limit?: number;
}

/** A result table that shows itself as the last line of a cell. */
export interface ResultTable extends Displayable {
  /** The table, safe to stand in any page. */
  readonly html: string;
  /** The table in a fixed-width type. */
  readonly text: string;
}

/**
 * Sets a small table of results: digits aligned at the point, units and captions, everything escaped. Numbers of one
 * column print with the same digits; NaN, null and undefined are a dash.
 *
 * @param data Rows of one shape, or equally long columns by name.
 * @throws {RangeError} If columns differ in length, or a format names a column that is not there.
 *
 * @example
 * ```ts
 * import { table } from "credible/plot";
 * table([
 *   { shop: "Bonn", customers: 214, churn: 0.2617 },
 *   { shop: "Köln", customers: 1180, churn: 0.0941 },
 * ], { caption: "Churn by shop", columns: { churn: { percent: true, digits: 1 } } });
 * ```
 */
export function table(
  data: readonly Readonly<Record<string, unknown>>[] | Readonly<Record<string, ArrayLike<unknown>>>,
  options: TableOptions = {},
): ResultTable {
  const columns = toColumns(data);
  const names = columns.map((column) => column.name);
  for (const name of Object.keys(options.columns ?? {})) {
    ensure(names.includes(name), "print the table", "a formatted column", `one of ${names.join(", ")}`, name);
  }
  const rows = columns[0]?.values.length ?? 0;
  const shown = Math.min(rows, options.limit ?? 100);
  const printed = columns.map((column) => print(column, options.columns?.[column.name] ?? {}, shown));
  const left = rows > shown ? `${(rows - shown).toLocaleString("en")} more rows` : "";
  const note = [options.note, left].filter(Boolean).join(". ");
  const html = toHtml(printed, shown, options.caption ?? "", note);
  const text = toText(printed, shown, options.caption ?? "", note);
  return { html, text, [DISPLAY]: () => ({ "text/plain": text, "text/html": html }) };
}

interface NamedValues {
  readonly name: string;
  readonly values: readonly unknown[];
}

interface PrintedColumn {
  readonly label: string;
  readonly unit: string;
  readonly align: "left" | "right" | "center";
  readonly cells: readonly string[];
}

function toColumns(data: Parameters<typeof table>[0]): NamedValues[] {
  if (Array.isArray(data)) {
    const names = [...new Set((data as Record<string, unknown>[]).flatMap((row) => Object.keys(row)))];
    return names.map((name) => ({
      name,
      values: (data as Record<string, unknown>[]).map((row) => row[name]),
    }));
  }
  const columns = Object.entries(data as Record<string, ArrayLike<unknown>>)
    .map(([name, values]) => ({ name, values: Array.from(values) }));
  const rows = columns[0]?.values.length ?? 0;
  for (const { name, values } of columns) {
    ensure(values.length === rows, "print the table", `the length of ${name}`, `${rows}`, values.length);
  }
  return columns;
}

function print(column: NamedValues, format: ColumnFormat, rows: number): PrintedColumn {
  const values = column.values.slice(0, rows);
  const numeric = !format.format && values.some((value) => typeof value === "number") &&
    values.every((value) => value === null || value === undefined || typeof value === "number");
  return {
    label: format.label ?? column.name,
    unit: format.unit ?? (format.percent ? "%" : ""),
    align: format.align ?? (numeric ? "right" : "left"),
    cells: numeric
      ? formatColumn(values.map((value) => typeof value === "number" ? value : NaN), format)
      : values.map((value) => format.format ? format.format(value) : asText(value)),
  };
}

function asText(value: unknown): string {
  if (value === null || value === undefined || (typeof value === "number" && Number.isNaN(value))) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return formatColumn([value], {})[0]!;
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return String(value);
}

const STYLE = ".credible-table{border-collapse:collapse}.credible-table caption{text-align:left}" +
  ".credible-table .right{text-align:right;font-variant-numeric:tabular-nums}" +
  ".credible-table .left{text-align:left}.credible-table .center{text-align:center}" +
  ".credible-table .unit{font-weight:normal;opacity:.75}";

function toHtml(columns: readonly PrintedColumn[], rows: number, caption: string, note: string): string {
  const head = columns.map(({ label, unit, align }) =>
    `<th scope="col" class="${align}">${escapeHtml(label)}` +
    `${unit ? ` <span class="unit">${escapeHtml(unit)}</span>` : ""}</th>`
  );
  const body = Array.from({ length: rows }, (_, row) =>
    `<tr>${
      columns.map(({ cells, align }, place) => {
        const names = place === 0 && align === "left";
        return `<${names ? 'th scope="row"' : "td"} class="${align}">${escapeHtml(cells[row]!)}</${
          names ? "th" : "td"
        }>`;
      }).join("")
    }</tr>`);
  return `<div class="credible-scroll"><style>${STYLE}</style><table class="credible-table">` +
    (caption ? `<caption>${escapeHtml(caption)}</caption>` : "") +
    `<thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody>` +
    (note
      ? `<tfoot><tr><td class="left" colspan="${columns.length}">${escapeHtml(note)}</td></tr></tfoot>`
      : "") +
    `</table></div>`;
}

function toText(columns: readonly PrintedColumn[], rows: number, caption: string, note: string): string {
  const lines = Array.from({ length: rows + 1 }, () => [] as string[]);
  for (const { label, unit, align, cells } of columns) {
    const texts = [unit ? `${label} (${unit})` : label, ...cells].map((text) => text.replace(/\s+/g, " "));
    const width = Math.max(...texts.map((text) => [...text].length));
    texts.forEach((text, line) => {
      const space = " ".repeat(width - [...text].length);
      lines[line]!.push(align === "right" ? space + text : text + space);
    });
  }
  return [caption, ...lines.map((line) => line.join("  ").trimEnd()), note].filter(Boolean).join("\n");
}
