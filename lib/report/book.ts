import { escapeHtml } from "../core/mod.ts";
import type { Notebook } from "../notebook/format.ts";
import { addTallies, collect, type Tally, tallyText } from "./collect.ts";
import { nameOf, splitOpening } from "./page.ts";
import { renderShell } from "./shell.ts";

/** What the book says about one page. */
export interface PageSummary {
  /** Where the page stands, without extension: `teaching/first_look`. */
  readonly path: string;
  /** What it is called. */
  readonly title: string;
  /** What it asks, as HTML of one paragraph; may be empty. */
  readonly question: string;
  /** How its claims stand. */
  readonly tally: Tally;
  /** Which data it is about. */
  readonly data: "real" | "simulated" | "unknown" | "mixed" | "none";
  /** `stale`: the page is older than what it was made from. */
  readonly status: "ok" | "failed" | "stale";
}

/** Reads from an executed notebook what the book says about its page. */
export function summarise(notebook: Notebook, path: string): PageSummary {
  const { opening } = splitOpening(notebook);
  const front = collect(notebook);
  const kinds = new Set(front.data.map(({ origin }) => origin === "believed real" ? "real" : origin));
  return {
    path,
    title: opening.title || notebook.metadata.title || nameOf(path),
    question: opening.question,
    tally: front.tally,
    data: kinds.size > 1 ? "mixed" : [...kinds][0] ?? "none",
    status: notebook.metadata.credible?.status === "failed" ? "failed" : "ok",
  };
}

/** What folders are called in the book; another folder takes its own name. */
const CHAPTERS: Readonly<Record<string, string>> = {
  teaching: "Teaching",
  smallml: "Small data, three layers",
  ltv: "Lifetime value",
};

/** The order of chapters; others follow by name. */
const ORDER = Object.keys(CHAPTERS);

/**
 * Renders the index of all pages: chapters by folder, each page with its question, its data and how its claims stand.
 *
 * @param pages In any order; within a chapter they are sorted by path, so that `01_…` comes first.
 */
export function renderBook(pages: readonly PageSummary[]): string {
  const chapters = Map.groupBy(inBookOrder(pages), ({ path }) => folderOf(path));
  const content = [
    `<header class="opening"><h1>Credible</h1>`,
    `<p class="question">Predictions from small customer data, each number backed by a check.</p>`,
    `<p class="totals">${totals(pages)}</p></header>`,
    ...[...chapters].map(renderChapter),
  ];
  return renderShell({ title: "Credible", root: "", content: content.join("\n") });
}

function totals(pages: readonly PageSummary[]): string {
  const failed = pages.filter(({ status }) => status === "failed").length;
  const stale = pages.filter(({ status }) => status === "stale").length;
  return [
    `${pages.length} ${pages.length === 1 ? "page" : "pages"}`,
    tallyText(addTallies(pages.map(({ tally }) => tally))),
    failed > 0 ? `${failed} failed` : "",
    stale > 0 ? `${stale} stale` : "",
  ].filter(Boolean).join("; ") + ".";
}

function renderChapter([folder, pages]: [string, readonly PageSummary[]]): string {
  const name = CHAPTERS[folder] ?? (folder === "" ? "Pages" : nameOf(folder));
  return `<section aria-label="${escapeHtml(name)}"><h2>${escapeHtml(name)}</h2><ol class="chapter">${
    pages.map(renderEntry).join("")
  }</ol></section>`;
}

function renderEntry({ path, title, question, tally, data, status }: PageSummary): string {
  const claims = tally.fails + tally.unmarked > 0
    ? "bad"
    : tally.knownMisses + tally.warned > 0
    ? "warn"
    : tally.total > 0
    ? "good"
    : "";
  const badges = [
    status === "ok" ? "" : `<span class="${status === "failed" ? "bad" : "warn"}">${status}</span>`,
    `<span class="${claims}">${tallyText(tally)}</span>`,
    DATA_WORDS[data] === "" ? "" : `<span>${DATA_WORDS[data]}</span>`,
  ].filter(Boolean);
  return `<li><h3><a href="${encodeURI(path)}.html">${escapeHtml(title)}</a></h3>` +
    (question ? `<p>${question}</p>` : "") + `<p class="badges">${badges.join("")}</p></li>`;
}

const DATA_WORDS: Readonly<Record<PageSummary["data"], string>> = {
  real: "real data",
  simulated: "simulated data",
  mixed: "data of several kinds",
  unknown: "data of unknown origin",
  none: "",
};

/** Pages in the order of reading: chapters as the book has them, other folders by name, within a folder by path. */
export function inBookOrder<Page extends { readonly path: string }>(pages: readonly Page[]): Page[] {
  const key = ({ path }: Page): [number, string, string] => [rank(folderOf(path)), folderOf(path), path];
  return pages.toSorted((a, b) => {
    const [rankA, folderA, pathA] = key(a);
    const [rankB, folderB, pathB] = key(b);
    return rankA - rankB || compare(folderA, folderB) || compare(pathA, pathB);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}

function rank(folder: string): number {
  const place = ORDER.indexOf(folder);
  return place < 0 ? ORDER.length : place;
}
