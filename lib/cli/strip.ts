import { join } from "node:path";
import { hasOutputs, readNotebook, strip as stripped, writeNotebook } from "../notebook/mod.ts";
import { findNotebooks, ROOT } from "./place.ts";

/** `credible strip`: removes outputs, or with `--check` only names the notebooks that hold some. */
export async function strip(paths: readonly string[], options: { check?: boolean }): Promise<number> {
  const found: string[] = [];
  for (const notebook of findNotebooks(paths)) {
    const path = join(ROOT, notebook);
    const content = await readNotebook(path);
    if (!hasOutputs(content)) continue;
    found.push(notebook);
    if (!options.check) await writeNotebook(path, stripped(content));
  }
  const done = options.check ? "holds outputs: run `deno task credible strip`" : "stripped";
  for (const notebook of found) console.log(`${notebook}: ${done}`);
  return options.check && found.length > 0 ? 1 : 0;
}
