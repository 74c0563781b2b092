import { existsSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { kernelOf } from "../notebook/read.ts";
import { UsageError } from "./usage.ts";

/** The folder of the project: the one that holds deno.json. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Where the person stands: `deno task` moves to the project's folder and keeps the first one in INIT_CWD. */
export function standing(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/** A path of the command line as an absolute one: relative to where the person stands. */
export function fromStanding(path: string): string {
  return resolve(standing(), path);
}

/**
 * The notebooks that paths of the command line name, as paths from the project's folder, sorted. A path is a notebook (its `.ipynb`
 * may be left out) or a folder, from where the person stands or from the project's folder.
 *
 * @throws {UsageError} If a path is not there, lies outside the project, or a folder holds no notebook.
 */
export function findNotebooks(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const place = candidates(path).find(existsSync);
    if (!place) {
      throw new UsageError(
        `Cannot find the notebook "${path}": neither from ${standing()} nor from the project`,
      );
    }
    const inside = relative(ROOT, place);
    if (inside.startsWith("..") || isAbsolute(inside)) {
      throw new UsageError(`Cannot use "${path}": it must lie inside the project ${ROOT}`);
    }
    const notebooks = statSync(place).isDirectory() ? notebooksBelow(inside) : [inside];
    if (notebooks.length === 0) {
      throw new UsageError(`Cannot use "${path}": the folder holds no notebook (.ipynb)`);
    }
    for (const notebook of notebooks) found.add(notebook.replaceAll("\\", "/"));
  }
  return [...found].sort();
}

function candidates(path: string): string[] {
  return [standing(), ROOT].flatMap((base) => [resolve(base, `${path}.ipynb`), resolve(base, path)])
    .filter((place) => !place.endsWith(".ipynb.ipynb"));
}

/** Notebooks of other kernels are left out: they run elsewhere. One that names no kernel is kept, and refused by name. */
function notebooksBelow(folder: string): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (entry.isDirectory) return notebooksBelow(path);
    if (!entry.name.endsWith(".ipynb")) return [];
    return (kernelOf(Deno.readTextFileSync(join(ROOT, path))) ?? "deno") === "deno" ? [path] : [];
  });
}

const DATA_FILE = /\.(csv|tsv|txt|parquet|xlsx)$/i;

/**
 * Parameters for a notebook: a value that names a file from where the person stands becomes the path from the notebook's folder, which
 * is what a path in a cell is relative to.
 *
 * @throws {UsageError} If a value ends as a data file does and there is no such file.
 */
export function placeParameters(
  parameters: Record<string, string>,
  notebook: string,
): Record<string, string> {
  const folder = join(ROOT, notebook, "..");
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      const path = fromStanding(value);
      // A bare word is a column or a label, even where a file happens to be called so.
      const mayBePath = /[./\\]/.test(value);
      if (mayBePath && existsSync(path) && statSync(path).isFile()) return [name, relative(folder, path)];
      if (DATA_FILE.test(value)) {
        throw new UsageError(`Cannot use -p ${name}=${value}: there is no file ${path}`);
      }
      return [name, value];
    }),
  );
}
