import { addPackage, createNotebook, installKernel as install } from "../notebook/mod.ts";
import { ROOT } from "./place.ts";

/** `credible new`: a notebook made from the first chapter. */
export async function create(name: string): Promise<number> {
  const path = await createNotebook(name, { root: ROOT });
  console.log(
    `${path} is there: open it by \`deno task lab\`, run it by \`deno task credible report ${path}\``,
  );
  return 0;
}

/** `credible add`: a package of npm in the import map and the frozen lock. */
export async function add(specifier: string): Promise<number> {
  const added = await addPackage(specifier, { root: ROOT });
  console.log(
    `cells can import "${added.name}": ${added.specifier}${added.before ? ` (before: ${added.before})` : ""}`,
  );
  return 0;
}

/** `credible kernel install`: the Deno kernel for JupyterLab and VS Code. */
export async function installKernel(options: { force?: boolean }): Promise<number> {
  const { file, binary, copied } = await install({ force: options.force ?? false });
  console.log(`kernel "Deno" installed: ${file}`);
  console.log(copied ? `it starts a copy of this Deno: ${binary}` : `it starts ${binary}`);
  return 0;
}
