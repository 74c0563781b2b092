import { escapeHtml } from "../core/mod.ts";
import type { Notebook } from "../notebook/format.ts";
import { renderCells } from "./cells.ts";
import { collect } from "./collect.ts";
import { renderBanners, renderFront } from "./front.ts";
import { loadHighlighter } from "./highlight.ts";
import { type Heading, type Opening, readOpening } from "./markdown.ts";
import { Numbering } from "./numbering.ts";
import type { PageState } from "./outputs.ts";
import { chartScripts } from "./charts.ts";
import { renderShell } from "./shell.ts";

/** A neighbour in the book. */
export interface PageLink {
  /** Its path without extension, as {@linkcode PageContext.path}. */
  readonly path: string;
  /** What it is called. */
  readonly title: string;
}

/** What a page needs to know beside its notebook. Nothing of it may depend on the clock or the machine. */
export interface PageContext {
  /** Where the page stands in the book, without extension: `teaching/first_look`. */
  readonly path: string;
  /** The page before it. */
  readonly previous?: PageLink;
  /** The page after it. */
  readonly next?: PageLink;
}

/**
 * Renders an executed notebook as one HTML file that needs nothing else: no network, no fonts, no scripts (but Plotly's,
 * where a chart uses it). The same notebook and context give the same bytes.
 *
 * @example
 * ```ts
 * import { renderPage } from "credible/report";
 * const question = "# Who leaves?\n\nHalf of the shop's customers left.";
 * const html = await renderPage({
 *   nbformat: 4,
 *   nbformat_minor: 5,
 *   metadata: {},
 *   cells: [{ cell_type: "markdown", id: "question", metadata: {}, source: question }],
 * }, { path: "shop/who_leaves" });
 * if (!html.includes("<h1>Who leaves?</h1>")) throw new Error("the title is missing");
 * ```
 */
export async function renderPage(notebook: Notebook, context: PageContext): Promise<string> {
  const front = collect(notebook);
  const run = notebook.metadata.credible;
  const { opening, rest } = splitOpening(notebook);
  const title = opening.title || notebook.metadata.title || nameOf(context.path);
  const state: PageState = {
    numbering: new Numbering(),
    anchors: new Set(["claims", "published", "contents", "main"]),
    highlight: await loadHighlighter(),
  };
  const body = renderCells(rest, state);
  const failing = notebook.cells[(run?.failure?.cell ?? 0) - 1]?.id;
  const content = [
    renderBanners(front, run, failing),
    `<header class="opening"><h1>${escapeHtml(title)}</h1>`,
    opening.question ? `<p class="question">${opening.question}</p></header>` : "</header>",
    renderFront(front, run),
    contents(body.headings),
    `<div class="body">`,
    body.html,
    `</div>`,
    neighbours(context),
  ].filter(Boolean).join("\n");
  const scripts = await chartScripts(state.numbering.charts);
  return renderShell({ title, root: "../".repeat(context.path.split("/").length - 1), content, scripts });
}

/** Takes title and question out of the first markdown cell. */
export function splitOpening(notebook: Notebook): { opening: Opening; rest: Notebook } {
  const place = notebook.cells.findIndex((cell) => cell.cell_type === "markdown");
  const first = notebook.cells[place];
  if (!first) return { opening: { title: "", question: "", rest: "" }, rest: notebook };
  const opening = readOpening(first.source);
  return {
    opening,
    rest: { ...notebook, cells: notebook.cells.with(place, { ...first, source: opening.rest }) },
  };
}

/** A readable name from a path: `teaching/02_first_look` becomes "First look". */
export function nameOf(path: string): string {
  const words = path.split("/").at(-1)!.replace(/^\d+_/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function contents(headings: readonly Heading[]): string {
  if (headings.length < 2) return "";
  const items = headings.map(({ level, id, text }) =>
    `<li class="level-${level}"><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`
  );
  return `<nav class="contents" aria-label="Contents"><ol>${items.join("")}</ol></nav>`;
}

function neighbours({ path, previous, next }: PageContext): string {
  const root = "../".repeat(path.split("/").length - 1);
  const link = (page: PageLink | undefined, rel: string, arrow: (title: string) => string): string =>
    page
      ? `<a rel="${rel}" href="${root}${encodeURI(page.path)}.html">${arrow(escapeHtml(page.title))}</a>`
      : "<span></span>";
  if (!previous && !next) return "";
  return `<nav class="neighbours" aria-label="Chapters">${link(previous, "prev", (title) => `← ${title}`)}${
    link(next, "next", (title) => `${title} →`)
  }</nav>`;
}
