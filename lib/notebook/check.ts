import { join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type FlatNotebook, flatten, withoutMarks } from "./flatten.ts";
import { readNotebook } from "./read.ts";

/** Something wrong in a cell, or in a module that cells import. */
export interface CellProblem {
  /** The notebook's path from the project's folder; a module's where `cell` is null and the module is to blame. */
  readonly notebook: string;
  /** Counts from 1 among all cells. Null where the trouble is in no cell. */
  readonly cell: number | null;
  /** Line of the cell's source, from 1. */
  readonly line: number;
  /** Column of that line, from 1. */
  readonly column: number;
  /** What is wrong, names and paths as the person wrote them. */
  readonly message: string;
  /** `TS2322` and the like, `syntax`, `redeclared`, `notLocked` (a package that the lock file lacks) or `notebook`. */
  readonly code: string;
}

/** Options of {@linkcode checkNotebooks}. */
export interface CheckNotebooksOptions {
  /** The project's folder, which holds deno.json. */
  readonly root: string;
}

/**
 * Checks the types in the cells of notebooks, each cell in the scope that the cells before it leave. One run of
 * `deno check` judges them all. A cell that is tagged `skip-execution` is checked and leaves nothing behind.
 *
 * @param paths Notebooks, from the project's folder.
 * @returns What is wrong, in the order of notebooks, cells and lines; nothing when all is well.
 * @throws {Error} If `deno check` itself cannot run.
 */
export async function checkNotebooks(
  paths: readonly string[],
  options: CheckNotebooksOptions,
): Promise<CellProblem[]> {
  const root = resolve(options.root);
  const problems: CellProblem[] = [];
  const flat = new Map<string, FlatNotebook>();
  for (const path of paths) {
    try {
      const notebook = flatten(await readNotebook(join(root, path)), join(root, path));
      flat.set(path, notebook);
      problems.push(...notebook.faults.map((fault) => ({ notebook: path, ...fault })));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push({
        notebook: path,
        cell: null,
        line: 1,
        column: 1,
        message: error.message,
        code: "notebook",
      });
    }
  }
  if (flat.size > 0) problems.push(...await checkTypes(flat, root));
  const order = (problem: CellProblem): number => paths.indexOf(problem.notebook);
  return problems.sort((a, b) =>
    order(a) - order(b) || (a.cell ?? 0) - (b.cell ?? 0) || a.line - b.line || a.column - b.column
  );
}

async function checkTypes(flat: ReadonlyMap<string, FlatNotebook>, root: string): Promise<CellProblem[]> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "credible_check_" }));
  try {
    const modules = new Map([...flat.keys()].map((path, index) => [join(folder, `${index}.ts`), path]));
    for (const [module, path] of modules) await Deno.writeTextFile(module, flat.get(path)!.text);
    const lock = await copyLock(root, folder);
    const report = await denoCheck([...modules.keys()], root, lock);
    const problems = report.flatMap((diagnostic) => inCell(diagnostic, modules, flat, root));
    return [...problems, ...await notLocked(root, lock, flat)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The check works on a copy of the lock file: what it adds there is what the project's own lacks. */
async function copyLock(root: string, folder: string): Promise<string> {
  const lock = join(folder, "deno.lock");
  await Deno.copyFile(join(root, "deno.lock"), lock).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return lock;
}

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

async function denoCheck(modules: readonly string[], root: string, lock: string): Promise<Diagnostic[]> {
  const { success, text } = await deno("check", modules, root, lock);
  if (success) return [];
  const diagnostics = text.split(/^(?=TS\d+ \[ERROR\]: )/m).flatMap(parseDiagnostic);
  if (diagnostics.length === 0) {
    throw new Error(
      `Cannot check the types in cells: deno check failed\n${text.replace(/\n+Stack backtrace.*/s, "")}`,
    );
  }
  await deno("cache", modules, root, lock); // a check that fails leaves the lock file as it was
  return diagnostics;
}

async function deno(
  command: "check" | "cache",
  modules: readonly string[],
  root: string,
  lock: string,
): Promise<{ success: boolean; text: string }> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      command,
      "--quiet",
      "--config",
      join(root, "deno.json"),
      "--lock",
      lock,
      "--frozen=false",
      ...modules,
    ],
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  return { success, text: new TextDecoder().decode(stderr) };
}

/** A block of the checker's text: the message, the line of source with a mark below it, the place. */
function parseDiagnostic(block: string): Diagnostic[] {
  const head = /^(TS\d+) \[ERROR\]: /.exec(block);
  const place = /^ {4}at (file:.*):(\d+):(\d+)$/m.exec(block);
  if (head === null || place === null) return [];
  const before = block.slice(head[0].length, place.index).trimEnd().split("\n");
  const message = /^\s*[~^]+$/.test(before.at(-1)!) ? before.slice(0, -2) : before;
  return [{
    code: head[1]!,
    message: message.join("\n"),
    file: fileURLToPath(place[1]!),
    line: Number(place[2]),
    column: Number(place[3]),
  }];
}

function inCell(
  diagnostic: Diagnostic,
  modules: ReadonlyMap<string, string>,
  flat: ReadonlyMap<string, FlatNotebook>,
  root: string,
): CellProblem[] {
  const { file, line, column, code } = diagnostic;
  const message = readable(diagnostic.message, root);
  const path = modules.get(file);
  if (path === undefined) {
    return [{ notebook: relative(root, file), cell: null, line, column, message, code }];
  }
  const notebook = flat.get(path)!;
  if (isLeftByBrokenCell(diagnostic, notebook)) return [];
  return [{ notebook: path, ...notebook.placeOf(line, column), message, code }];
}

/** Paths from the project's folder, names as the cell has them, and no word of the module that stood for the notebook. */
function readable(message: string, root: string): string {
  return withoutMarks(message)
    .replaceAll(`${pathToFileURL(root).href}/`, "")
    .replace(/ from "file:[^"]*\/credible_check_[^"]*"/, "")
    .replace(/deno add (npm:\S+?)`/, "deno task credible add $1@VERSION`");
}

/** A name that a cell with a syntax error would have left is reported once, as that syntax error. */
function isLeftByBrokenCell({ code, message }: Diagnostic, { broken }: FlatNotebook): boolean {
  if (broken.length === 0 || !["TS2304", "TS2552", "TS18004", "TS2503"].includes(code)) return false;
  const name = /'([\w$]+)'/.exec(withoutMarks(message))?.[1];
  return name !== undefined && broken.some((source) => source.split(/[^\w$]+/).includes(name));
}

async function notLocked(
  root: string,
  lock: string,
  flat: ReadonlyMap<string, FlatNotebook>,
): Promise<CellProblem[]> {
  const known = await lockedSpecifiers(join(root, "deno.lock"));
  const added = [...await lockedSpecifiers(lock)].filter((specifier) => !known.has(specifier));
  return added.flatMap((specifier) =>
    [...flat].flatMap(([path, { text, placeOf }]) => {
      const at = text.indexOf(specifier);
      if (at < 0) return [];
      const before = text.slice(0, at).split("\n");
      const message = `${specifier} is not in the lock file: deno task credible add ${specifier}`;
      const place = placeOf(before.length, before.at(-1)!.length + 1);
      return [{ notebook: path, ...place, message, code: "notLocked" }];
    })
  );
}

async function lockedSpecifiers(lock: string): Promise<Set<string>> {
  const text = await Deno.readTextFile(lock).catch(() => "{}");
  return new Set(Object.keys((JSON.parse(text) as { specifiers?: Record<string, string> }).specifiers ?? {}));
}
