import type { Notebook } from "./format.ts";
import type { KernelEnd } from "./kernel.ts";
import type { CellError } from "./trace.ts";

/** What ended a run early. Cells are counted from 0 here. */
export type Trouble =
  | { readonly kind: "error" | "uncaught"; readonly cell: number; readonly error: CellError }
  | { readonly kind: "notRaised" | "cancelled"; readonly cell: number }
  | { readonly kind: "cellBudget" | "notebookBudget"; readonly cell: number; readonly seconds: number }
  | { readonly kind: "died"; readonly cell: number; readonly end: KernelEnd };

/** Why a run failed, and where. */
export interface RunFailure {
  /** The cell, counted from 1 among all cells of the executed notebook. */
  readonly cell: number;
  /** What a person calls the cell: its id, or its first line where the id is a random one. */
  readonly label: string;
  /** The line of the cell, from 1, where it is known. */
  readonly line?: number;
  /** What happened; nothing in it depends on the clock. */
  readonly message: string;
  /** All of it, for a terminal: `notebook: cell 3 (load), line 2: TypeError: …`; for a limit also where the time went. */
  readonly text: string;
}

/** Puts trouble into words. */
export function describeFailure(
  trouble: Trouble,
  run: { readonly notebook: Notebook; readonly name: string; readonly secondsByCell: readonly number[] },
): RunFailure {
  const cell = trouble.cell + 1;
  const label = labelOf(run.notebook, trouble.cell);
  const line = "error" in trouble ? trouble.error.line : undefined;
  const message = messageOf(trouble);
  const place = `cell ${cell} (${label})${line === undefined ? "" : `, line ${line}`}`;
  const time = "seconds" in trouble ? `. ${whereTimeWent(run)}` : "";
  return {
    cell,
    label,
    ...(line === undefined ? {} : { line }),
    message,
    text: `${run.name}: ${place}: ${message}${time}`,
  };
}

function messageOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case "error":
      return errorText(trouble.error);
    case "uncaught":
      return `nobody caught an error that surfaced here: ${errorText(trouble.error)}`;
    case "notRaised":
      return `the cell is tagged "raises-exception" and raised none`;
    case "cancelled":
      return "cancelled";
    case "cellBudget":
      return `the cell took longer than its limit of ${trouble.seconds} s`;
    case "notebookBudget":
      return `the notebook took longer than its limit of ${trouble.seconds} s`;
    case "died":
      return deathText(trouble.end);
  }
}

/** The whole of it stands in the cell's error output. */
const MESSAGE_LENGTH = 500;

function errorText({ output: { ename, evalue } }: CellError): string {
  const text = evalue ? `${ename}: ${evalue}` : ename;
  return text.length > MESSAGE_LENGTH ? `${text.slice(0, MESSAGE_LENGTH - 1)}…` : text;
}

function deathText({ code, signal, stderr }: KernelEnd): string {
  const how = signal
    ? `the kernel was killed by ${signal}: out of memory, or somebody ended it`
    : `the kernel ended with code ${code}, as Deno.exit in a cell does`;
  const last = stderr.split("\n").slice(-3).join("\n");
  return last ? `${how}. Its last words: ${last}` : how;
}

/** `Time went to cell 3 (fit) 41.2 s, cell 1 (load) 2.0 s`: the three slowest. */
function whereTimeWent(
  { notebook, secondsByCell }: { readonly notebook: Notebook; readonly secondsByCell: readonly number[] },
): string {
  const slowest = secondsByCell
    .map((seconds, index) => ({ seconds, index }))
    .filter(({ seconds }) => seconds >= 0.05)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 3)
    .map(({ seconds, index }) => `cell ${index + 1} (${labelOf(notebook, index)}) ${seconds.toFixed(1)} s`);
  return `Time went to ${slowest.join(", ")}`;
}

const RANDOM_ID = /^(?:[0-9a-f]{6,}(?:-[0-9a-f]+)*|cell-?\d*)$/;
const LABEL_LENGTH = 60;

function labelOf(notebook: Notebook, index: number): string {
  const cell = notebook.cells[index];
  if (!cell) return "no cells";
  if (!RANDOM_ID.test(cell.id)) return cell.id;
  const first = cell.source.split("\n").map((line) => line.trim()).find(Boolean) ?? cell.id;
  return first.length > LABEL_LENGTH ? `${first.slice(0, LABEL_LENGTH - 1)}…` : first;
}
