import { basename, dirname, join } from "node:path";

const WINDOWS = Deno.build.os === "windows";

/** The folder $CREDIBLE_PEERS: a Python environment, given by itself or by its folder of programs. */
const ENVIRONMENT = (() => {
  const folder = Deno.env.get("CREDIBLE_PEERS");
  return folder && /^(bin|Scripts)$/.test(basename(folder)) ? dirname(folder) : folder;
})();

/** A program of Python's Jupyter, or another one, in $CREDIBLE_PEERS or on the path. */
export function peer(program: string): string | undefined {
  const own = ENVIRONMENT ? [join(ENVIRONMENT, WINDOWS ? "Scripts" : "bin")] : [];
  const path = Deno.env.get("PATH")?.split(WINDOWS ? ";" : ":") ?? [];
  return [...own, ...path].filter((folder) => folder !== "")
    .map((folder) => join(folder, WINDOWS ? `${program}.exe` : program))
    .find(isFile);
}

/** tslab's program, as `npm install --prefix $CREDIBLE_PEERS tslab@1.0.22` leaves it, and the Node on the path. */
export function tslabCommand(): [node: string, script: string] | undefined {
  const node = peer("node");
  const script = ENVIRONMENT && join(ENVIRONMENT, "node_modules", "tslab", "bin", "tslab");
  return node && script && isFile(script) ? [node, script] : undefined;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
