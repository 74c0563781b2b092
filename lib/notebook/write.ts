import { writeFileAtomic } from "../core/mod.ts";
import type { Cell, Notebook, Output } from "./format.ts";

/**
 * A notebook as Jupyter saves it: sorted keys, indents of one space, texts as lists of lines, a last newline. Saving
 * the file in JupyterLab makes no difference to it.
 *
 * @example
 * ```ts
 * import { parseNotebook, stringifyNotebook } from "credible/notebook";
 * const metadata = { kernelspec: { name: "deno", display_name: "Deno" } };
 * const text = JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [] });
 * stringifyNotebook(parseNotebook(text, "empty.ipynb"));
 * ```
 */
export function stringifyNotebook(notebook: Notebook): string {
  const file = { ...notebook, cells: notebook.cells.map(cellInFile) };
  return `${JSON.stringify(sortKeys(file), null, 1)}\n`;
}

/** Writes a notebook whole or not at all. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeFileAtomic(path, stringifyNotebook(notebook));
}

function cellInFile(cell: Cell): Record<string, unknown> {
  const source = lines(cell.source);
  if (cell.cell_type !== "code") return { ...cell, source };
  const outputs = (cell.outputs ?? []).map(outputInFile);
  return { ...cell, source, outputs, execution_count: cell.execution_count ?? null };
}

function outputInFile(output: Output): Record<string, unknown> {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return { ...output };
  const shown = { ...output, data: bundleInFile(output.data) };
  return output.output_type === "display_data"
    ? shown
    : { ...shown, execution_count: output.execution_count ?? null };
}

function bundleInFile(bundle: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(bundle).map(([mime, value]) =>
      [mime, typeof value === "string" && !isJsonMime(mime) ? lines(value) : value] as const
    ),
  );
}

/** Values of these types are JSON in the file, so a list in them is a list and not lines of text. */
export function isJsonMime(mime: string): boolean {
  return mime === "application/json" || (mime.startsWith("application/") && mime.endsWith("+json"));
}

/** The places after which Python's `splitlines` begins a new line. */
// deno-lint-ignore no-control-regex
const LINE_START = /(?<=[\n\v\f\x1c-\x1e\x85\u2028\u2029]|\r(?!\n))/;

/** Lines with their line ends, as files hold texts. */
function lines(text: string): string[] {
  return text.split(LINE_START).filter((line) => line !== "");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
