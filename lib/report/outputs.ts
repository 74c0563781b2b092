import { escapeHtml, RECORD_MIME } from "../core/mod.ts";
import type { Output } from "../notebook/format.ts";
import type { Highlighter } from "./highlight.ts";
import { renderMarkdown } from "./markdown.ts";
import type { Numbering } from "./numbering.ts";
import { settled, withoutMachinePaths } from "./text.ts";

/** The MIME type of a Plotly chart. */
export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** What rendering an output needs of its page. */
export interface PageState {
  /** The running numbers. */
  readonly numbering: Numbering;
  /** Anchors in use. */
  readonly anchors: Set<string>;
  /** Colours TypeScript. */
  readonly highlight: Highlighter;
}

type Renderer = (value: unknown, state: PageState, data: Readonly<Record<string, unknown>>) => string;

/** Representations, richest first. */
const RENDERERS: readonly (readonly [string, Renderer])[] = [
  [PLOTLY_MIME, chart],
  ["text/html", (value, { numbering }) => `<div class="output">${numbering.apply(joined(value))}</div>`],
  ["image/svg+xml", (value, { numbering }) => `<div class="output">${numbering.apply(joined(value))}</div>`],
  ["image/png", picture("image/png")],
  ["image/jpeg", picture("image/jpeg")],
  ["text/markdown", (value, state) => renderMarkdown(joined(value), state).html],
  ["text/latex", (value, state) => renderMarkdown(joined(value), state).html],
  ["application/json", (value) => preformatted(JSON.stringify(value, null, 2))],
  ["text/plain", (value) => preformatted(joined(value))],
];

/** Renders what a cell put out, in its order. Records are for the front and show nothing here. */
export function renderOutputs(outputs: readonly Output[], state: PageState): string {
  return mergeStreams(outputs).map((output) => renderOutput(output, state)).join("\n");
}

function renderOutput(output: Output, state: PageState): string {
  if (output.output_type === "stream") return stream(output.name, output.text);
  if (output.output_type === "error") return error(output);
  if (RECORD_MIME in output.data) return "";
  for (const [mime, render] of RENDERERS) {
    const value = output.data[mime];
    if (value !== undefined && value !== null) return render(value, state, output.data);
  }
  return "";
}

/** Neighbouring writes to one stream are one text. */
function mergeStreams(outputs: readonly Output[]): Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name) {
      merged[merged.length - 1] = { ...last, text: last.text + output.text };
    } else merged.push(output);
  }
  return merged;
}

function stream(name: "stdout" | "stderr", text: string): string {
  const shown = settled(text).trimEnd();
  if (shown === "") return "";
  return name === "stdout"
    ? preformatted(shown)
    : `<pre class="text stderr" aria-label="messages">${escapeHtml(withoutMachinePaths(shown))}</pre>`;
}

function error({ ename, evalue, traceback }: Extract<Output, { output_type: "error" }>): string {
  const head = `${ename}: ${settled(evalue)}`;
  const trace = settled(traceback.join("\n")).split("\n").filter((line) => /^\s+at /.test(line));
  return `<pre class="text error">${escapeHtml(withoutMachinePaths([head, ...trace].join("\n")))}</pre>`;
}

function preformatted(text: string): string {
  return `<pre class="text">${escapeHtml(settled(text).trimEnd())}</pre>`;
}

function picture(mime: string): Renderer {
  return (value, _state, data) => {
    const alt = joined(data["text/plain"] ?? "picture");
    const base64 = joined(value).replace(/[^A-Za-z0-9+/=]/g, "");
    return `<div class="output"><img src="data:${mime};base64,${base64}" alt="${escapeHtml(alt)}"></div>`;
  };
}

/** A chart stands as its static twin until the script at the end of the page draws it; on paper it stays the twin. */
function chart(value: unknown, { numbering }: PageState, data: Readonly<Record<string, unknown>>): string {
  numbering.charts.push(value);
  const twin = data["text/html"] === undefined
    ? preformatted(joined(data["text/plain"] ?? "chart"))
    : numbering.apply(joined(data["text/html"]));
  return `<div class="output chart" id="chart-${numbering.charts.length}">${twin}</div>`;
}

/** Files may hold a text as a list of lines. */
function joined(value: unknown): string {
  return Array.isArray(value) ? value.join("") : String(value);
}
