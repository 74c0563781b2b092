import { join } from "node:path";
import { listArtefacts } from "./artefact.ts";

/** What is kept of events that were read before. */
export interface CacheUse {
  /** How many files. */
  readonly files: number;
  /** Their size. */
  readonly bytes: number;
  /** Files that no complete model was made from and that are a day old. */
  readonly unused: readonly { readonly path: string; readonly bytes: number }[];
}

/** A run that is under way has no model yet, and takes hours at the most: files younger than this may be its own. */
const GRACE = 86_400_000;

/** The folder of cached features and outcomes. */
export function cacheFolder(output: string): string {
  return join(output, "cache");
}

/**
 * What the cache of a study holds, and what of it no model needs.
 *
 * @param output The folder of artefacts.
 */
export async function inspectCache(output: string): Promise<CacheUse> {
  const needed = new Set((await listArtefacts(output)).flatMap(({ manifest }) => manifest.caches));
  const folder = cacheFolder(output), young = Date.now() - GRACE;
  const names = (await Array.fromAsync(Deno.readDir(folder)).catch(() => [])).map(({ name }) => name);
  const files = await Promise.all(
    names.filter((name) => name.endsWith(".parquet")).map(async (name) => {
      const { size, mtime } = await Deno.stat(join(folder, name));
      const unused = !needed.has(name) && mtime !== null && mtime.getTime() < young;
      return { path: join(folder, name), bytes: size, unused };
    }),
  );
  return {
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    unused: files.filter(({ unused }) => unused).map(({ path, bytes }) => ({ path, bytes })),
  };
}

/** Removes what {@linkcode inspectCache} finds unused: a later run that wants it computes it again. Returns what is left. */
export async function pruneCache(output: string): Promise<CacheUse> {
  for (const { path } of (await inspectCache(output)).unused) await Deno.remove(path);
  return await inspectCache(output);
}
