/**
 * Errors of a cell as a person reads them. The kernel counts lines in the JavaScript that it compiled (types, blank lines
 * and comments gone) and names files by their full path: here lines are the cell's and paths start at the project.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { stripTypeScriptTypes } from "node:module";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { LEAST_UPPER_BOUND, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import type { ErrorOutput } from "./outputs.ts";
import { type ParsedSource, parseSource } from "./source.ts";

/** An error as the kernel reports it. */
export interface RawError {
  readonly ename?: string | undefined;
  readonly evalue?: string | undefined;
  readonly traceback?: readonly string[] | undefined;
}

/** A cell's error: the output for the notebook, and the line of the cell (from 1) where it is known. */
export interface CellError {
  readonly output: ErrorOutput;
  readonly line?: number;
}

/** A frame inside a cell, as V8 prints it: the kernel evaluates cells without a name. */
const CELL_FRAME = /<anonymous>:(\d+):\d+/;
/** The kernel shows a cell's value: what threw is the value's own display, and the frames above are the kernel's. */
const KERNEL_FRAME = /ext:cli\/\d+_jupyter/;
/** Frames of the runtime itself say nothing to a reader. */
const RUNTIME_FRAME = /\((?:ext|node):|at (?:ext|node):/;

/**
 * Makes an error of the kernel readable.
 *
 * @param source The cell that threw; undefined where that is not known, as for an error in a timer.
 * @param root The project's folder: paths inside it are written relative to it.
 */
export function cellError(raw: RawError, source: string | undefined, root: string): CellError {
  const evalue = clean(raw.evalue ?? "", root);
  const all = (raw.traceback ?? []).flatMap((part) => part.split("\n")).filter((l) => /^\s+at /.test(l));
  const shown = all.findIndex((frame) => KERNEL_FRAME.test(frame));
  const frames = all.slice(0, shown < 0 ? all.length : shown).filter((frame) => !RUNTIME_FRAME.test(frame));
  // Functions of earlier cells look the same: only the outermost frame is surely this cell's.
  const outermost = shown < 0 ? frames.findLastIndex((frame) => CELL_FRAME.test(frame)) : -1;
  const compiled = Number(frames[outermost]?.match(CELL_FRAME)?.[1]);
  const line = source === undefined
    ? undefined
    : Number.isNaN(compiled)
    ? lineRefused(raw, source, frames)
    : originalLine(source, compiled);
  const place = line === undefined ? "a cell" : `the cell, line ${line}`;
  const readable = frames.map((frame, i) =>
    clean(
      i === outermost ? frame.replace(CELL_FRAME, place) : frame.replace(CELL_FRAME, "a cell"),
      root,
    )
  );
  const ename = raw.ename ?? "Error";
  return {
    output: {
      output_type: "error",
      ename,
      evalue,
      traceback: [evalue ? `${ename}: ${evalue}` : ename, ...readable],
    },
    ...(line === undefined ? {} : { line }),
  };
}

/** The line of what compiles but V8 refuses in a cell, as `return` and `import.meta`: such an error has no frames. */
function lineRefused({ ename }: RawError, source: string, frames: readonly string[]): number | undefined {
  if (ename !== "SyntaxError" || frames.length > 0) return undefined;
  const meta = source.search(/\bimport\.meta\b/);
  return meta < 0 ? syntaxError(source)?.line : lineAt(source, meta);
}

/** The kernel compiles by the same transform: its source map leads from the compiled line to the cell's. */
function originalLine(source: string, compiledLine: number): number | undefined {
  try {
    // Imports that a cell does not use itself are dropped here, but not by the kernel: a last line uses all.
    const used = `${source}\n;[${importedNames(source).join()}]`;
    const code = stripTypeScriptTypes(used, { mode: "transform", sourceMap: true });
    const map = atob(code.slice(code.lastIndexOf("base64,") + "base64,".length));
    return originalPositionFor(new TraceMap(map), {
      line: compiledLine,
      column: 0,
      bias: LEAST_UPPER_BOUND, // a compiled line is indented: its first mapping stands further right
    }).line ?? undefined;
  } catch {
    return undefined;
  }
}

function importedNames(source: string): string[] {
  return importsOf(source).filter((node) => node.importKind !== "type").flatMap((node) =>
    node.specifiers
      .filter((s) => s.type !== "ImportSpecifier" || s.importKind !== "type")
      .map((s) => s.local.name)
  );
}

type Statement = Extract<ParsedSource, { tree: unknown }>["tree"]["program"]["body"][number];
type ImportDeclaration = Extract<Statement, { type: "ImportDeclaration" }>;

function importsOf(source: string): ImportDeclaration[] {
  const parsed = parseSource(source);
  return "tree" in parsed ? parsed.tree.program.body.filter((node) => node.type === "ImportDeclaration") : [];
}

function syntaxError(source: string): CellError | undefined {
  const parsed = parseSource(source);
  if ("tree" in parsed) return undefined;
  const { message, line, column } = parsed.problem;
  const traceback = [`SyntaxError: ${message}`, `    at the cell, line ${line}, column ${column}`];
  return { output: { output_type: "error", ename: "SyntaxError", evalue: message, traceback }, line };
}

/**
 * The error of a cell that the kernel refused without a word: a syntax error, or an import that cannot be had.
 *
 * @param cwd The notebook's folder.
 */
export async function silentError(source: string, cwd: string, root: string): Promise<CellError> {
  return syntaxError(source) ?? await importError(source, cwd, root) ??
    cellError({ evalue: "The kernel could not compile or start the cell and did not say why" }, source, root);
}

/** Asks Deno about each module that the cell imports; the first that cannot be had is the error. */
async function importError(source: string, cwd: string, root: string): Promise<CellError | undefined> {
  for (const { specifier, line } of specifiersOf(source)) {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", specifier],
      cwd,
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stderr).match(/^error: (.*)/m)?.[1];
    const failed = said ?? moduleError(new TextDecoder().decode(stdout));
    if (!failed) continue;
    const why = failed.includes("lockfile is out of date")
      ? `the frozen lock file has no such package; add it by: deno task credible add ${specifier}`
      : failed;
    const { output } = cellError(
      { ename: "TypeError", evalue: `Cannot import "${specifier}": ${why}` },
      source,
      root,
    );
    return { output, line };
  }
  return undefined;
}

/** What a cell imports by a literal name, with the lines. */
function specifiersOf(source: string): { readonly specifier: string; readonly line: number }[] {
  const fixed = importsOf(source).map((node) => ({
    specifier: node.source.value,
    line: node.loc!.start.line,
  }));
  const dynamic = [...source.matchAll(/\bimport\(\s*["']([^"']+)["']/g)]
    .map((match) => ({ specifier: match[1]!, line: lineAt(source, match.index) }));
  return [...fixed, ...dynamic];
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split("\n").length;
}

function moduleError(json: string): string | undefined {
  const { modules = [] } = JSON.parse(json || "{}") as { modules?: { error?: string }[] };
  return modules.find((module) => module.error)?.error;
}

/** Text without colours, with paths that are the same on every machine. */
function clean(text: string, root: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(`${pathToFileURL(root).href}/`, "")
    .replaceAll(`${root}/`, "")
    .replace(/[^"\s]*\$deno\$repl\.mts/g, "the cell")
    .replace(/(?:file:\/\/)?\/\S*?\/npm\/[^/\s]+\/((?:@[^/\s]+\/)?[^/\s]+)\/(\d[^/\s]*)/g, "npm:$1@$2");
}

/** The nearest folder upwards that holds a deno.json; the folder itself where none does. */
export function projectRoot(folder: string): string {
  for (let at = folder;; at = dirname(at)) {
    if (isFile(join(at, "deno.json")) || isFile(join(at, "deno.jsonc"))) return at;
    if (at === dirname(at)) return folder;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
