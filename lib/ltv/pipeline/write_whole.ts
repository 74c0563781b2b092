import { dirname, join } from "node:path";
import { isAbandoned, partialName } from "../../core/mod.ts";

/**
 * Makes a file or a folder under a hidden name, which becomes its own when all of it is there: whatever happens in between, what was there
 * before stays and nobody sees half of the new. What killed processes left beside it goes; what a running one writes stays.
 *
 * @param make Makes it at the path that it is given.
 * @returns What `make` returns.
 */
export async function writeWhole<T>(path: string, make: (partial: string) => Promise<T>): Promise<T> {
  const folder = dirname(path), partial = partialName(path);
  await Deno.mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  try {
    const made = await make(partial);
    await Deno.rename(partial, path);
    return made;
  } catch (error) {
    await Deno.remove(partial, { recursive: true }).catch(() => {});
    throw error;
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    // Two runs that start together may both want to remove it.
    if (isAbandoned(name)) await Deno.remove(join(folder, name), { recursive: true }).catch(() => {});
  }
}
