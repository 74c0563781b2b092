import { basename, dirname, join } from "node:path";
import process from "node:process";

/** The name under which a file is written until it is whole: `.<name>.<pid>.partial`, beside its target. */
export function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${Deno.pid}.partial`);
}

/**
 * Whether a name is one that {@linkcode partialName} gave to a process that is no more: what it left half-written can go.
 *
 * @example
 * ```ts
 * import { isAbandoned, partialName } from "credible/core";
 * isAbandoned(partialName("reports/page.html")); // false: this process may still write it
 * isAbandoned("reports/page.html"); // false: not half-written
 * ```
 */
export function isAbandoned(path: string): boolean {
  const pid = Number(/^\..+\.(\d+)\.partial$/.exec(basename(path))?.[1]);
  return pid > 0 && !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks only whether the process is there; Deno's own kill has no such signal.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
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
