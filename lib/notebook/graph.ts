/**
 * Which files of the project a module depends on: by import, and by `new URL("…", import.meta.url)`, as workers, compiled
 * kernels, tables and styles are found.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The modules of a project and what each refers to. */
export interface ModuleGraph {
  /** All local files that a specifier reaches, itself first; nothing for a package or what cannot be found. */
  reach(specifier: string): string[];
}

interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly { specifier: string; code?: Resolved; type?: Resolved }[];
}
interface Resolved {
  readonly specifier?: string;
}

/**
 * Loads the graph behind specifiers: names of the import map or addresses of files. Deno tells the imports of all of
 * them in one call; files that these refer to by address are added, and followed, until there is nothing new.
 *
 * @param root The project's folder, which holds deno.json.
 */
export async function loadGraph(specifiers: Iterable<string>, root: string): Promise<ModuleGraph> {
  const edges = new Map<string, readonly string[]>();
  const names = new Map<string, string>();
  let wanted = new Set(specifiers);
  while (wanted.size > 0) {
    const { modules, resolved } = await denoInfo(wanted, root);
    for (const [name, file] of resolved) names.set(name, file);
    const next = new Set<string>();
    for (const [file, imports] of modules) {
      if (edges.has(file)) continue;
      const referred = await referredFiles(file);
      edges.set(file, [...imports, ...referred]);
      for (const other of referred) if (isModule(other)) next.add(pathToFileURL(other).href);
    }
    wanted = new Set([...next].filter((name) => !names.has(name) && !edges.has(fileURLToPath(name))));
  }
  return { reach: (specifier) => reachable(names.get(specifier), edges) };
}

function isModule(file: string): boolean {
  return /\.[mc]?[jt]sx?$/.test(file);
}

function reachable(start: string | undefined, edges: ReadonlyMap<string, readonly string[]>): string[] {
  if (start === undefined) return [];
  const seen = new Set([start]);
  for (const file of seen) for (const next of edges.get(file) ?? []) seen.add(next); // a set grows while it is walked
  return [...seen];
}

/** Imports as Deno sees them, of a module that imports all that is wanted. */
async function denoInfo(
  wanted: ReadonlySet<string>,
  root: string,
): Promise<{ modules: Map<string, string[]>; resolved: Map<string, string> }> {
  const folder = await Deno.makeTempDir({ prefix: "credible_graph_" });
  try {
    const entry = join(await Deno.realPath(folder), "all.ts");
    await Deno.writeTextFile(entry, [...wanted].map((name) => `import ${JSON.stringify(name)};\n`).join(""));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", "--config", join(root, "deno.json"), entry],
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`Cannot list the modules of ${root}: ${decoder.decode(stderr)}`);
    const { modules } = JSON.parse(decoder.decode(stdout)) as { modules: InfoModule[] };
    const top = modules.find(({ specifier }) => specifier === pathToFileURL(entry).href);
    return {
      modules: new Map(
        modules.filter((module) => module !== top && module.specifier.startsWith("file:"))
          .map((module) => [fileURLToPath(module.specifier), localImports(module).map(([, file]) => file)]),
      ),
      resolved: new Map(top === undefined ? [] : localImports(top)),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function localImports({ dependencies = [] }: InfoModule): [name: string, file: string][] {
  return dependencies.flatMap(({ specifier, code, type }) =>
    [code?.specifier, type?.specifier]
      .filter((address) => address?.startsWith("file:"))
      .map((address): [string, string] => [specifier, fileURLToPath(address!)])
  );
}

const BY_ADDRESS = /\bnew\s+URL\(\s*(["'`])((?:(?!\1)[^\n])+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;
const RESOLVED = /\bimport\.meta\.resolve\(\s*(["'`])((?:(?!\1)[^\n])+)\1\s*,?\s*\)/g;

/** Files that a module finds by its own address. Where part of the name is computed, all files that fit. */
async function referredFiles(module: string): Promise<string[]> {
  if (!isModule(module)) return [];
  const text = await Deno.readTextFile(module).catch(() => "");
  const names = [...text.matchAll(BY_ADDRESS), ...text.matchAll(RESOLVED)].map((match) => match[2]!);
  const files = names.filter((name) => !/^[a-z]+:/.test(name)).map((name) =>
    filesNamed(join(dirname(module), name))
  );
  return [...new Set((await Promise.all(files)).flat())].filter((file) => file !== module);
}

async function filesNamed(path: string): Promise<string[]> {
  if (!path.includes("${")) return await isFile(path) ? [path] : [];
  const folder = dirname(path);
  const parts = basename(path).split(/\$\{[^}]*\}/).map((part) =>
    part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  );
  const pattern = new RegExp(`^${parts.join(".*")}$`);
  const found = folder.includes("${") ? [] : await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return found.filter(({ isFile, name }) => isFile && pattern.test(name)).map(({ name }) =>
    join(folder, name)
  ).sort();
}

/** Whether there is a file, and no folder, of that name. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
