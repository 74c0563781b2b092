import { basename, dirname, join } from "node:path";

/** The name under which a file is written until it is whole: `.<name>.<pid>.partial`, beside its target. */
export function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${Deno.pid}.partial`);
}

/**
 * Writes a file so that a reader finds either the old one or the whole new one, whatever happens in between: to a
 * temporary name beside it, then renamed. Folders that are missing are made.
 *
 * @throws {Error} If the disk is full or the folder cannot be written; the file that was there before stays, and the
 * temporary one is removed.
 *
 * @example
 * ```ts
 * import { writeFileAtomic } from "credible/core";
 * const folder = await Deno.makeTempDir();
 * await writeFileAtomic(`${folder}/deep/note.txt`, "whole or not at all");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const partial = partialName(path);
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(partial, content);
    else await Deno.writeFile(partial, content);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw new Error(`Cannot write ${path}: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full: free some space and run again";
  if (
    code === "EROFS" || code === "EACCES" || code === "EPERM" || error instanceof Deno.errors.PermissionDenied
  ) {
    return "the folder must be writable: change its permissions or choose another one";
  }
  if (code === "EISDIR" || code === "ENOTDIR" || code === "EEXIST") {
    return `a folder and a file have the same name there (${code})`;
  }
  return error instanceof Error ? error.message : String(error);
}
