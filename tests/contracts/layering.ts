import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The layers of lib, lowest first. A folder may import any folder of a lower layer. */
export const LAYERS: readonly (readonly string[])[] = [
  ["core"],
  ["plot"],
  ["data"],
  ["evaluate"],
  ["features"],
  ["audit"],
  ["linear", "trees", "bayes"],
  ["calibration"],
  ["conformal"],
  ["transfer"],
  ["smallml", "ltv"],
  ["notebook", "report"],
  ["cli"],
];

/** Imports within one layer that are allowed, each with its reason. */
export const WITHIN_LAYER: ReadonlySet<string> = new Set([
  "report → notebook", // a page is made from an executed notebook
]);

/** One file of lib that imports another; paths from lib, e.g. `core/rng.ts`. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Only types are imported: nothing is left of it when the code runs. */
  readonly typeOnly?: boolean;
}

const RELATIVE =
  /(?:\b(?:import|export)\s+(type\s)?[^;"]*?\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)"(\.{1,2}\/[^"]+)"/g;
const NAMED = /(?:\bfrom\s*|\bimport\s*\(?\s*)"credible\/([a-z]+)[^"]*"/g;

/** Every import between the modules of lib (tests beside them included). */
export async function libImports(
  lib = fileURLToPath(new URL("../../lib", import.meta.url)),
): Promise<Import[]> {
  const imports: Import[] = [];
  for await (const file of modulesBelow(lib)) {
    const code = withoutComments(await Deno.readTextFile(file));
    const from = relative(lib, file);
    for (const [, type, specifier] of code.matchAll(RELATIVE)) {
      const to = relative(lib, join(dirname(file), specifier!));
      if (!to.startsWith("..")) imports.push({ from, to, ...(type ? { typeOnly: true } : {}) });
    }
    for (const [, folder] of code.matchAll(NAMED)) imports.push({ from, to: `${folder}/mod.ts` });
  }
  return imports;
}

/** Imports that go against the arrows, in words. */
export function againstTheArrows(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [source, target] = [folderOf(from), folderOf(to)];
    if (source === target) return [];
    const [high, low] = [layerOf(source), layerOf(target)];
    if (high < 0 || low < 0) return [`${from} imports ${to}: a folder is missing from the list of layers`];
    if (low < high || WITHIN_LAYER.has(`${source} → ${target}`)) return [];
    return [`${from} imports ${to}: ${source} stands ${low === high ? "beside" : "below"} ${target}`];
  });
}

/** Files that import each other in a circle when the code runs, each circle as a list that ends where it starts. */
export function cycles(imports: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports.filter(({ typeOnly }) => !typeOnly)) {
    targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const next of targets.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return found;
}

const folderOf = (path: string): string => path.split("/")[0]!;
const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));

/** Doc examples import a folder by its public name: they are not imports of the module. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

async function* modulesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* modulesBelow(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}
