import { join } from "node:path";

/** A program of Python's Jupyter, in the folder $CREDIBLE_PEERS or on the path. */
export function peer(program: string): string | undefined {
  const windows = Deno.build.os === "windows";
  const folders = [Deno.env.get("CREDIBLE_PEERS"), ...Deno.env.get("PATH")?.split(windows ? ";" : ":") ?? []];
  return folders.filter((folder) => folder !== undefined && folder !== "")
    .map((folder) => join(folder!, windows ? `${program}.exe` : program))
    .find(isFile);
}

/** tslab's program, as `npm install --prefix $CREDIBLE_PEERS/.. tslab` leaves it, and the Node on the path. */
export function tslabCommand(): [node: string, script: string] | undefined {
  const folder = Deno.env.get("CREDIBLE_PEERS");
  const node = peer("node");
  if (folder === undefined || node === undefined) return undefined;
  const script = join(folder, "..", "node_modules", "tslab", "bin", "tslab");
  return isFile(script) ? [node, script] : undefined;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
