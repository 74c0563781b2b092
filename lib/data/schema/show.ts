import { type Check, escapeHtml, type MimeBundle } from "../../core/mod.ts";
import { table as resultTable } from "../../plot/mod.ts";
import type { Table } from "../table.ts";
import { cellText } from "./convert.ts";

/** What a validation's display needs of it. */
export interface Shown {
  readonly table: Table;
  readonly rejects: Table;
  readonly rows: number;
  readonly violating: number;
  readonly duplicates: number;
  readonly checks: readonly Check[];
}

/** Rejects printed at most. */
const MOST_REJECTS = 8;

/** The verdict in a line, the demands that are broken, and the first rejects. */
export function showValidation(result: Shown, onViolation: string): MimeBundle {
  const { rejects, checks } = result;
  const broken = checks.filter((check) => check.status === "fail");
  const judged = checks.filter((check) => check.status !== "notApplicable").length;
  const parts = [
    ...(broken.length === 0 ? [] : [resultTable(
      broken.map(({ title, value, advice }) => ({ demand: title, violations: value, advice })),
      { caption: `Demands that do not hold, of ${judged}` },
    )]),
    ...(rejects.rows === 0 ? [] : [resultTable(rowsOf(rejects, MOST_REJECTS), {
      caption: "Rejects: the cells that break a demand. Rows are counted from 0.",
      columns: { row: { digits: 0 } },
      note: rejects.rows > MOST_REJECTS ? `${count(rejects.rows - MOST_REJECTS)} more rejects` : "",
    })]),
  ];
  const verdict = sentence(result, judged, broken.length, onViolation);
  return {
    "text/plain": [verdict, ...parts.map((part) => part.text)].join("\n\n"),
    "text/html": `<p><strong>${escapeHtml(verdict)}</strong></p>${parts.map((part) => part.html).join("")}`,
  };
}

function sentence(result: Shown, judged: number, broken: number, onViolation: string): string {
  const { table, rows, violating, duplicates } = result;
  const held = broken === 0 ? `All ${judged} demands hold` : `${judged - broken} of ${judged} demands hold`;
  const fate = onViolation === "drop" ? "dropped" : "kept";
  return [
    `${held} on ${count(rows)} rows`,
    ...(violating > 0 ? [`${count(violating)} rows with a violation ${fate}`] : []),
    ...(duplicates > 0 ? [`${count(duplicates)} duplicates left out`] : []),
    ...(table.rows < rows ? [`${count(table.rows)} rows stay`] : []),
  ].join("; ") + ".";
}

function rowsOf(rejects: Table, most: number): Record<string, unknown>[] {
  const { length } = Array(Math.min(most, rejects.rows));
  return Array.from({ length }, (_, i) => ({
    row: rejects.numbers("row")[i]!,
    ...Object.fromEntries(
      ["column", "rule", "value"].map((name) => [name, visible(cellText(rejects.column(name), i))]),
    ),
  }));
}

/** Blanks that would not be seen stand in quotes. */
function visible(text: string): string {
  return text === "" ? "–" : text.trim() === text ? text : JSON.stringify(text);
}

function count(n: number): string {
  return n.toLocaleString("en");
}
