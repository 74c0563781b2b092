import { escapeHtml } from "../core/mod.ts";
import type { Cell, CellTag, Notebook } from "../notebook/format.ts";
import type { Highlighter } from "./highlight.ts";
import { type Heading, renderMarkdown } from "./markdown.ts";
import { type PageState, renderOutputs } from "./outputs.ts";

/** The body of a page, and the headings it holds. */
export interface Body {
  /** All cells in order. */
  readonly html: string;
  /** For the table of contents. */
  readonly headings: readonly Heading[];
}

/** Code longer than this stands folded: a reader opens what interests. */
const OPEN_LINES = 16;

/** Renders the cells of an executed notebook in their order. */
export function renderCells(notebook: Notebook, state: PageState): Body {
  const failing = notebook.metadata.credible?.failure?.cell;
  const headings: Heading[] = [];
  const parts: string[] = [];
  for (const [place, cell] of notebook.cells.entries()) {
    if (cell.cell_type === "markdown") {
      const prose = renderMarkdown(cell.source, state);
      headings.push(...prose.headings);
      parts.push(prose.html);
    } else if (cell.cell_type === "code" && !has(cell, "injected-parameters")) {
      parts.push(renderCode(cell, place + 1 === failing, state));
    }
  }
  return { html: parts.filter(Boolean).join("\n"), headings };
}

/** The anchor of a cell. */
export function cellAnchor(id: string): string {
  return `cell-${id.replace(/[^A-Za-z0-9_-]/g, "")}`;
}

function renderCode(cell: Cell, failed: boolean, state: PageState): string {
  const input = has(cell, "hide-input") && !failed ? "" : code(cell, failed, state.highlight);
  const output = has(cell, "hide-output") && !failed ? "" : renderOutputs(cell.outputs ?? [], state);
  const skipped = has(cell, "skip-execution") ? `<p class="aside">This cell was not run.</p>` : "";
  return `<section class="cell${failed ? " failed" : ""}" id="${
    cellAnchor(cell.id)
  }">${input}${skipped}${output}</section>`;
}

function code(cell: Cell, failed: boolean, highlight: Highlighter): string {
  const trimmed = cell.source.trim();
  if (trimmed === "") return "";
  const lines = trimmed.split("\n");
  const open = failed || (lines.length <= OPEN_LINES && !onlyImports(trimmed));
  const summary = has(cell, "parameters")
    ? "Parameters"
    : onlyImports(trimmed)
    ? "Imports"
    : open
    ? "Code"
    : `Code, ${lines.length} lines`;
  return `<details class="code"${open ? " open" : ""}><summary>${escapeHtml(summary)}</summary>` +
    `<pre tabindex="0"><code>${highlight(trimmed)}</code></pre></details>`;
}

/** Whether a cell does nothing but import: it matters to who runs it, hardly to who reads. */
function onlyImports(source: string): boolean {
  return source.replace(/import\s[^;]*?from\s*["'][^"']*["'];?|\/\/.*$/gm, "").trim() === "";
}

function has(cell: Cell, tag: CellTag): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}
