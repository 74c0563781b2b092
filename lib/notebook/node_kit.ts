/**
 * The kit for Node: tslab's kernel compiles cells to CommonJS and reads no TypeScript from elsewhere, so it wants a
 * package in node_modules, under the names that the import map gives Deno. Folders that open data (DuckDB through Deno's
 * files) or start Deno's workers stay out.
 *
 * `deno run -A lib/notebook/node_kit.ts notebooks/tslab`
 *
 * @module
 */

import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "npm:typescript@5.9.3";

/** What runs on Node as it is: the name after `credible/`, and its folder in lib. */
const PARTS: Readonly<Record<string, string>> = {
  core: "core",
  distributions: "core/distributions",
  plot: "plot",
};

/** Options of {@linkcode buildNodeKit}. */
export interface NodeKitOptions {
  /** The project's folder. */
  readonly root: string;
  /** The folder whose node_modules gets the package `credible`. */
  readonly into: string;
}

/** Compiles parts of lib to `node_modules/credible`: a bundle of each folder and declarations of each module. */
export async function buildNodeKit(options: NodeKitOptions): Promise<string> {
  const { root, into } = options;
  const kit = join(into, "node_modules", "credible");
  await Deno.remove(kit, { recursive: true }).catch(() => {});
  await Deno.mkdir(kit, { recursive: true });
  await Deno.writeTextFile(
    join(kit, "package.json"),
    '{ "name": "credible", "version": "0.0.0", "license": "MIT" }\n',
  );
  for (const [name, folder] of Object.entries(PARTS)) {
    await bundle(join(root, "lib", folder, "mod.ts"), join(kit, `${name}.js`), root);
    await declare(join(root, "lib"), folder, join(kit, "types"));
    await Deno.writeTextFile(join(kit, `${name}.d.ts`), `export * from "./types/${folder}/mod";\n`);
  }
  return kit;
}

async function bundle(module: string, to: string, root: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--format", "cjs", "--platform", "deno", "-o", to, module],
    cwd: root,
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot bundle ${module}: ${new TextDecoder().decode(stderr)}`);
}

/** Writes the declarations of a folder's modules. Every export states its type, so no checker is needed. */
async function declare(lib: string, folder: string, to: string): Promise<void> {
  for (const module of await modulesBelow(join(lib, folder))) {
    const { outputText } = ts.transpileDeclaration(await Deno.readTextFile(module), {
      fileName: module,
      compilerOptions: { target: ts.ScriptTarget.ESNext, isolatedDeclarations: true, strict: true },
    });
    const target = join(to, relative(lib, module)).replace(/\.ts$/, ".d.ts");
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeTextFile(target, outputText.replace(/(["']\.{1,2}\/[^"'\n]+)\.ts(["'])/g, "$1$2"));
  }
}

async function modulesBelow(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const found = await Promise.all(entries.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return modulesBelow(path);
    return /(?<!_test|_worker|\.as)\.ts$/.test(entry.name) ? [path] : [];
  }));
  return found.flat().sort();
}

if (import.meta.main) {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  console.log(await buildNodeKit({ root, into: Deno.args[0] ?? join(root, "notebooks", "tslab") }));
}
