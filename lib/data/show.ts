import { escapeHtml, type MimeBundle } from "../core/mod.ts";
import { type Column, countMissing, isMissing, takeColumn } from "./column.ts";
import { maskColumn, maskText, personalKind } from "./personal.ts";
import type { Table } from "./table.ts";

/** What stands around the rows of a table that shows itself. */
export interface Caption {
  readonly title: string;
  /** Lines under the rows: where they come from and how they were read. */
  readonly notes?: readonly string[];
  /** What to beware of: folded in a page, a line each in text. */
  readonly traps?: readonly string[];
}

const ROWS = 6;
const COLUMNS = 12;
const CELL = 40;

/** A number as a table shows it: at most six significant digits. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

/** A moment as a table shows it: the day alone where the clock stands at midnight UTC. */
export function formatDate(milliseconds: number): string {
  if (!(Math.abs(milliseconds) <= 8.64e15)) return milliseconds > 0 ? "∞" : "−∞";
  const [day, clock] = new Date(milliseconds).toISOString().split("T") as [string, string];
  const time = clock.replace("Z", "").replace(/\.000$/, "").replace(/:00$/, "");
  return time === "00:00" ? day : `${day} ${time}`;
}

/** One cell as text; "—" is missing, blanks that would not be seen stand in quotes, long text is cut. */
export function formatCell(column: Column, row: number): string {
  if (isMissing(column, row)) return "—";
  if (column.kind === "number") return formatNumber(column.values[row]!);
  if (column.kind === "date") return formatDate(column.values[row]!);
  const text = column.levels[column.codes[row]!]!;
  // deno-lint-ignore no-control-regex
  const seen = text.trim() !== text || text === "" || /[\x00-\x1f\x7f]/.test(text)
    ? JSON.stringify(text)
    : text;
  return seen.length > CELL ? `${[...seen].slice(0, CELL - 1).join("")}…` : seen;
}

/** The type of a column in a word or two. */
function typeWord(column: Column): string {
  if (column.kind !== "category") return column.kind;
  const { levels } = column;
  return levels[0] === "false" && levels[1] === "true" && levels.length === 2
    ? "true/false"
    : `text, ${plural(levels.length, "level")}`;
}

/** `1 row`, `7,043 rows`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

interface HeadColumn {
  readonly name: string;
  readonly facts: string;
  readonly right: boolean;
  readonly cells: readonly string[];
}

/** The first rows of the first columns as text, personal values masked. */
function head(table: Table): HeadColumn[] {
  const rows = Array.from({ length: Math.min(ROWS, table.rows) }, (_, i) => i);
  return table.columns.slice(0, COLUMNS).map((column) => {
    const kind = personalKind(column);
    const shown = maskColumn(takeColumn(column, rows), kind);
    const missing = countMissing(column);
    const facts = [
      typeWord(column),
      missing > 0 ? `${missing.toLocaleString("en-US")} missing` : "",
      kind ?? "",
    ];
    return {
      name: maskText(column.name),
      facts: facts.filter(Boolean).join(", "),
      right: column.kind === "number" && kind === undefined,
      cells: rows.map((row) => formatCell(shown, row)),
    };
  });
}

/** What the head leaves out. */
function rest(table: Table): string {
  const rows = table.rows > ROWS ? plural(table.rows - ROWS, "more row") : "";
  const hidden = table.names.slice(COLUMNS).map(maskText);
  const names = hidden.length > 30 ? `${hidden.slice(0, 30).join(", ")}, …` : hidden.join(", ");
  const columns = hidden.length > 0 ? `${plural(hidden.length, "more column")}: ${names}` : "";
  return [rows, columns].filter(Boolean).join("; ");
}

/**
 * A table as Jupyter shows it: its title, notes, and first rows under names, types and counts of missing values. The HTML
 * reads without a style sheet; every value passes `escapeHtml`.
 */
export function showTable(table: Table, caption: Caption): MimeBundle {
  const columns = head(table);
  const size = `${plural(table.rows, "row")} × ${plural(table.columns.length, "column")}`;
  const { traps = [] } = caption;
  const notes = [rest(table), ...caption.notes ?? []].filter(Boolean);
  return {
    "text/plain": asText(columns, `${caption.title} (${size})`, [
      ...notes,
      ...traps.map((trap) => `Beware: ${trap}`),
    ]),
    "text/html": asHtml(columns, caption.title, size, notes, traps),
  };
}

function asText(columns: readonly HeadColumn[], title: string, notes: readonly string[]): string {
  const blocks = columns.map((column) => {
    const lines = [column.name, column.facts, ...column.cells];
    const width = Math.max(...lines.map((line) => line.length));
    return lines.map((line) => column.right ? line.padStart(width) : line.padEnd(width));
  });
  const lines = (blocks[0] ?? []).map((_, i) => blocks.map((block) => block[i]).join("  ").trimEnd());
  return [title, ...lines, ...notes].join("\n");
}

function asHtml(
  columns: readonly HeadColumn[],
  title: string,
  size: string,
  notes: readonly string[],
  traps: readonly string[],
): string {
  const align = (column: HeadColumn) =>
    column.right ? ' class="number" style="text-align:right"' : ' style="text-align:left"';
  const header = columns.map((c) =>
    `<th scope="col"${align(c)}>${escapeHtml(c.name)}<br><small>${escapeHtml(c.facts)}</small></th>`
  ).join("");
  const body = (columns[0]?.cells ?? []).map((_, row) =>
    `<tr>${columns.map((c) => `<td${align(c)}>${escapeHtml(c.cells[row]!)}</td>`).join("")}</tr>`
  ).join("\n");
  const small = notes.map((note) => `<p class="note"><small>${escapeHtml(note)}</small></p>`).join("");
  return `<div class="data-table" style="overflow-x:auto"><table class="data">` +
    `<caption style="text-align:left"><strong>${escapeHtml(title)}</strong> ` +
    `<small>${escapeHtml(size)}</small></caption>\n` +
    `<thead><tr>${header}</tr></thead>\n<tbody>\n${body}\n</tbody></table>${small}${trapList(traps)}</div>`;
}

function trapList(traps: readonly string[]): string {
  if (traps.length === 0) return "";
  const items = traps.map((trap) => `<li>${escapeHtml(trap)}</li>`).join("");
  return `<details class="traps"><summary><small>${
    plural(traps.length, "thing")
  } to beware of</small></summary>` +
    `<ul>${items}</ul></details>`;
}
