import type { Cell, Notebook, NotebookMetadata, Output } from "./format.ts";
import { isJsonMime } from "./write.ts";

type Json = Record<string, unknown>;

/**
 * Reads a notebook from the text of its file and joins lists of lines to single strings.
 *
 * @param name The file's name, for messages.
 * @throws {SyntaxError} If the text is no JSON: the message has line and column.
 * @throws {TypeError} If it is no notebook of format 4.5 for the Deno kernel with a stable id on every cell.
 *
 * @example
 * ```ts
 * import { parseNotebook } from "credible/notebook";
 * const cell = { cell_type: "markdown", id: "title", metadata: {}, source: ["# A question\n", "and why"] };
 * const metadata = { kernelspec: { name: "deno", display_name: "Deno" } };
 * const text = JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [cell] });
 * parseNotebook(text, "question.ipynb").cells[0]!.source; // "# A question\nand why"
 * ```
 */
export function parseNotebook(text: string, name: string): Notebook {
  const file = parseJson(text, name);
  requireFormat(file, name);
  const metadata = file.metadata as NotebookMetadata;
  const kernel = metadata.kernelspec?.name;
  require(kernel !== undefined, name, "metadata.kernelspec", "there", kernel, CHOOSE_KERNEL);
  require(kernel === "deno", name, "metadata.kernelspec.name", '"deno"', kernel, CHOOSE_KERNEL);
  const cells = (file.cells as Json[]).map((cell, index) => readCell(cell, index, name));
  requireDistinctIds(cells, name);
  return { ...file, metadata, cells } as unknown as Notebook;
}

/** Reads a notebook's file. @see {@linkcode parseNotebook} */
export async function readNotebook(path: string): Promise<Notebook> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new Error(`Cannot read notebook ${path}: ${error.message}`, { cause: error });
  });
  return parseNotebook(text, path);
}

/** The name of the kernel that a notebook's file asks for, or undefined where the text tells none. */
export function kernelOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { metadata?: NotebookMetadata } | null)?.metadata?.kernelspec?.name;
  } catch {
    return undefined;
  }
}

const CHOOSE_KERNEL = "open it in JupyterLab, choose the kernel Deno and save";
const SAVE_AGAIN = "open it in a present JupyterLab and save: that writes format 4.5";

function parseJson(text: string, name: string): Json {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new SyntaxError(
      `Cannot read notebook ${name}: it must be JSON, ${whereItBreaks(text, error as Error)}`,
      {
        cause: error,
      },
    );
  }
  require(isObject(file), name, "the file", "a JSON object", file, "is it a notebook?");
  return file;
}

/** V8 tells the offset in its message, or only that the text ended. */
function whereItBreaks(text: string, error: Error): string {
  if (text.trim() === "") return "current value is an empty file: restore it from git or write a new one";
  const offset = Number(/position (\d+)/.exec(error.message)?.[1] ?? text.length);
  const before = text.slice(0, offset).split("\n");
  const why = error.message.replace(/ in JSON.*$/s, "").replace(/\n.*/s, "");
  const conflict = /^(<{7}|={7}|>{7})/m.test(text)
    ? "; it holds the marks of a git conflict: resolve that first"
    : "";
  return `but line ${before.length}, column ${before.at(-1)!.length + 1} breaks it (${why})${conflict}`;
}

function requireFormat(file: Json, name: string): void {
  const { nbformat, nbformat_minor: minor } = file;
  require(nbformat === 4, name, "nbformat", "4", nbformat, SAVE_AGAIN);
  require(typeof minor === "number" && minor >= 5, name, "nbformat_minor", "5 or more", minor, SAVE_AGAIN);
  require(isObject(file.metadata), name, "metadata", "an object", file.metadata, SAVE_AGAIN);
  require(Array.isArray(file.cells), name, "cells", "a list", file.cells, SAVE_AGAIN);
}

const CELL_TYPES: readonly unknown[] = ["code", "markdown", "raw"];

function readCell(cell: unknown, index: number, name: string): Cell {
  const where = `cell ${index + 1}`;
  require(isObject(cell), name, where, "an object", cell, SAVE_AGAIN);
  const { cell_type: type, id, metadata = {}, source, outputs, attachments, ...rest } = cell;
  require(CELL_TYPES.includes(type), name, `${where}: cell_type`, "code, markdown or raw", type, SAVE_AGAIN);
  require(typeof id === "string" && /^[\w-]{1,64}$/.test(id), name, `${where}: id`, ID_RULE, id, SAVE_AGAIN);
  require(isText(source), name, `${where}: source`, "a text or a list of lines", source, SAVE_AGAIN);
  const read = { ...rest, cell_type: type, id, metadata, source: join(source) };
  if (type !== "code") {
    return (isObject(attachments)
      ? { ...read, attachments: mapValues(attachments, joinBundle) }
      : read) as Cell;
  }
  require(
    outputs === undefined || Array.isArray(outputs),
    name,
    `${where}: outputs`,
    "a list",
    outputs,
    SAVE_AGAIN,
  );
  return {
    ...read,
    execution_count: rest.execution_count ?? null,
    outputs: (outputs ?? []).map(readOutput),
  } as Cell;
}

const ID_RULE = "1 to 64 letters, digits, - or _";

function readOutput(output: Json): Output {
  if (output.output_type === "stream") return { ...output, text: join(output.text) } as Output;
  if (output.output_type === "error") return output as Output;
  return { ...output, data: joinBundle(output.data), metadata: output.metadata ?? {} } as Output;
}

function joinBundle(bundle: unknown): unknown {
  if (!isObject(bundle)) return bundle;
  return mapValues(bundle, (value, mime) => isText(value) && !isJsonMime(mime) ? join(value) : value);
}

function requireDistinctIds(cells: readonly Cell[], name: string): void {
  const seen = new Map<string, number>();
  for (const [index, { id }] of cells.entries()) {
    const first = seen.get(id);
    require(
      first === undefined,
      name,
      `cell ${index + 1}: id`,
      `unlike that of cell ${(first ?? 0) + 1}`,
      id,
      "give one of the two cells another id: links and claims point to it",
    );
    seen.set(id, index);
  }
}

/** The form of `ensure` with advice: a notebook is mended in another program. */
function require(
  ok: boolean,
  name: string,
  part: string,
  rule: string,
  value: unknown,
  advice: string,
): asserts ok {
  if (ok) return;
  const text = value === undefined ? "missing" : JSON.stringify(value);
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  throw new TypeError(
    `Cannot read notebook ${name}: ${part} must be ${rule}, current value is ${shown}; ${advice}`,
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string | string[] {
  return typeof value === "string" ||
    (Array.isArray(value) && value.every((line) => typeof line === "string"));
}

function join(text: unknown): string {
  return Array.isArray(text) ? text.join("") : String(text ?? "");
}

function mapValues(object: Json, change: (value: unknown, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
