import { createHash } from "node:crypto";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isFile, loadGraph, type ModuleGraph } from "./graph.ts";
import type { Notebook } from "./format.ts";

/**
 * What a result depends on, by name: files by their path in the project, and `data NAME`, `parameter NAME`, `Deno`. The
 * values are sha256 in hexadecimal, of a parameter its JSON, and the version of Deno.
 */
export type Inputs = Readonly<Record<string, string>>;

/** Inputs and the one hash of them all. */
export interface InputsWithKey {
  /** Each input with its hash, sorted by name. */
  readonly files: Inputs;
  /** sha256 of `files`, hexadecimal. */
  readonly key: string;
}

/** A notebook whose inputs are asked for. */
export interface NotebookInUse {
  /** From the project's folder. */
  readonly path: string;
  /** As read. */
  readonly notebook: Notebook;
  /** The values given for this run. Text that names a file beside the notebook brings in the file. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** The tables that its last run opened: by name, the file where each is now, or undefined where there is none. */
  readonly data?: Readonly<Record<string, string | undefined>>;
}

/** Options of {@linkcode executionInputs}. */
export interface ExecutionInputsOptions {
  /** The project's folder, which holds deno.json. */
  readonly root: string;
  /** The module that runs notebooks, from the project's folder: a change of it makes all of them stale. */
  readonly runner?: string;
}

/**
 * What the results of notebooks depend on: their sources, the modules that they import and every file that these refer
 * to, the YAML beside them and other files that their cells name, data, parameters, the lock file and Deno's version.
 * All notebooks of a book are asked for at once, because listing modules is one call for all.
 *
 * @returns By path, in the order given.
 */
export async function executionInputs(
  notebooks: readonly NotebookInUse[],
  options: ExecutionInputsOptions,
): Promise<Map<string, InputsWithKey>> {
  const root = resolve(options.root);
  const runner = options.runner === undefined ? [] : [pathToFileURL(join(root, options.runner)).href];
  const specifiers = new Map(notebooks.map((one) => [one.path, specifiersOf(one, root)]));
  const graph = await loadGraph(new Set([...runner, ...[...specifiers.values()].flat()]), root);
  const hashes = new FileHashes(root);
  const shared = { ...await sharedInputs(hashes), ...await hashes.of(runner.flatMap(graph.reach)) };

  const found = new Map<string, InputsWithKey>();
  for (const one of notebooks) {
    const own = await notebookInputs(one, specifiers.get(one.path)!, graph, hashes, root);
    found.set(one.path, withKey({ ...shared, ...own }));
  }
  return found;
}

/**
 * What the look of pages depends on: everything that the report's module reaches. Executing and rendering are hashed
 * apart, so that a change of style runs no notebook again.
 *
 * @param options `entry` is the module that renders, from the project's folder. @default {"lib/report/mod.ts"}
 */
export async function renderInputs(options: { root: string; entry?: string }): Promise<InputsWithKey> {
  const root = resolve(options.root);
  const entry = pathToFileURL(join(root, options.entry ?? "lib/report/mod.ts")).href;
  const graph = await loadGraph([entry], root);
  const hashes = new FileHashes(root);
  return withKey({ ...await sharedInputs(hashes), ...await hashes.of(graph.reach(entry)) });
}

/**
 * Why a result is stale, in words; nothing when it is fresh.
 *
 * @example
 * ```ts
 * import { explainStale } from "credible/notebook";
 * const before = { "lib/core/rng.ts": "a1", "data telco_ibm": "b2" };
 * const now = { "lib/core/rng.ts": "a3", "data telco_ibm": "b2", "parameter target": "c4" };
 * explainStale(before, now); // ["lib/core/rng.ts changed", "parameter target is new"]
 * ```
 */
export function explainStale(before: Inputs, now: Inputs): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].sort().flatMap((name) => {
    if (before[name] === now[name]) return [];
    if (before[name] === undefined) return [`${name} is new`];
    if (now[name] === undefined) return [`${name} is gone`];
    return name === "Deno" ? [`Deno was ${before[name]} and is ${now[name]}`] : [`${name} changed`];
  });
}

/** The names of the tables among the inputs of an earlier run. */
export function dataNames(inputs: Inputs): string[] {
  return Object.keys(inputs).filter((name) => name.startsWith("data ")).map((name) =>
    name.slice("data ".length)
  );
}

/** The import map needs no place here: where it leads, and which packages are locked, has. */
async function sharedInputs(hashes: FileHashes): Promise<Inputs> {
  return { ...await hashes.of([join(hashes.root, "deno.lock")]), Deno: Deno.version.deno };
}

async function notebookInputs(
  { path, notebook, parameters = {}, data = {} }: NotebookInUse,
  specifiers: readonly string[],
  graph: ModuleGraph,
  hashes: FileHashes,
  root: string,
): Promise<Inputs> {
  const folder = dirname(join(root, path));
  const named = [
    ...literals(notebook),
    ...Object.values(parameters).filter((value) => typeof value === "string"),
  ];
  const config = join(root, path).replace(/\.ipynb$/, ".yaml");
  const files = [...specifiers.flatMap(graph.reach), config, ...named.map((name) => resolve(folder, name))];
  const inputs: Record<string, string> = { ...await hashes.of(files), [path]: sha256(sourceOf(notebook)) };
  for (const [name, value] of Object.entries(parameters)) {
    inputs[`parameter ${name}`] = sha256(JSON.stringify(value) ?? "undefined");
  }
  for (const [name, file] of Object.entries(data)) {
    inputs[`data ${name}`] = file === undefined
      ? "absent"
      : await hashes.one(resolve(folder, file)) ?? "absent";
  }
  return inputs;
}

/** What of a notebook a run depends on: ids, kinds, tags and sources, not outputs or who opened it in which editor. */
function sourceOf({ cells, metadata }: Notebook): string {
  const parts = cells.map((
    { id, cell_type, metadata, source },
  ) => [id, cell_type, metadata.tags ?? [], source]);
  return JSON.stringify([metadata.title ?? null, parts]);
}

const LITERAL = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\$]|\\.|\$(?!\{))*)`/g;
const IMPORTED = /(?:\bfrom|\bimport(?:\s+type)?\s*\(?)\s*(?:"([^"\n]+)"|'([^'\n]+)'|`([^`$\n]+)`)/g;

/** Short texts in quotes: some of them name files. What stands in comments does no harm here. */
function literals(notebook: Notebook): string[] {
  return matches(notebook, LITERAL).filter((text) =>
    text !== "" && text.length < 256 && !/[\n\0]/.test(text)
  );
}

/** What the cells import; files get their address. */
function specifiersOf({ path, notebook }: NotebookInUse, root: string): string[] {
  const folder = pathToFileURL(`${dirname(join(root, path))}/`);
  const names = matches(notebook, IMPORTED).filter((name) => !/^(npm|node|jsr|https?|data):/.test(name));
  return names.map((name) => /^\.{0,2}\//.test(name) ? new URL(name, folder).href : name);
}

function matches(notebook: Notebook, pattern: RegExp): string[] {
  const found = notebook.cells.filter((cell) => cell.cell_type === "code")
    .flatMap(({ source }) => [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]!));
  return [...new Set(found)];
}

/** Inputs with the one hash of them all, whatever their order. */
export function withKey(files: Inputs): InputsWithKey {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { files: sorted, key: sha256(JSON.stringify(sorted)) };
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Hashes of files, each read once; what is no file has none. */
class FileHashes {
  readonly #known = new Map<string, Promise<string | undefined>>();

  constructor(readonly root: string) {}

  /** By path in the project. */
  async of(files: readonly string[]): Promise<Inputs> {
    const hashed = await Promise.all(
      [...new Set(files)].map(async (
        file,
      ) => [relative(this.root, file).replaceAll("\\", "/"), await this.one(file)]),
    );
    return Object.fromEntries(hashed.filter(([, hash]) => hash !== undefined));
  }

  one(file: string): Promise<string | undefined> {
    const known = this.#known.get(file) ?? hashFile(file);
    this.#known.set(file, known);
    return known;
  }
}

async function hashFile(file: string): Promise<string | undefined> {
  if (!await isFile(file)) return undefined;
  const hash = createHash("sha256");
  using opened = await Deno.open(file);
  const buffer = new Uint8Array(1 << 18);
  for (let n = await opened.read(buffer); n !== null; n = await opened.read(buffer)) {
    hash.update(buffer.subarray(0, n));
  }
  return hash.digest("hex");
}
