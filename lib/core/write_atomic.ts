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
 * Makes a file or a folder under a hidden name beside its place, which becomes its own when all of it is there: whatever happens in between,
 * a reader finds either the old one or the whole new one. Folders that are missing are made.
 *
 * @param make Makes it at the path that it is given. Where it throws, what it made is removed.
 * @returns What `make` returns.
 */
export async function writeAtomic<T>(path: string, make: (partial: string) => Promise<T>): Promise<T> {
  const partial = partialName(path);
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    const made = await make(partial);
    await Deno.rename(partial, path);
    return made;
  } catch (error) {
    await Deno.remove(partial, { recursive: true }).catch(() => {});
    throw error;
  }
}

/**
 * As {@linkcode writeAtomic}, for what takes so long to make that runs are killed meanwhile: what killed processes left beside it goes, what
 * a running one writes stays.
 *
 * @param make Makes it at the path that it is given. Where it throws, what it made is removed.
 * @returns What `make` returns.
 */
export async function writeWhole<T>(path: string, make: (partial: string) => Promise<T>): Promise<T> {
  const folder = dirname(path);
  await Deno.mkdir(folder, { recursive: true });
  for await (const { name } of Deno.readDir(folder)) {
    // Two runs that start together may both want to remove it.
    if (isAbandoned(name)) await Deno.remove(join(folder, name), { recursive: true }).catch(() => {});
  }
  return await writeAtomic(path, make);
}

/** Writes a text piece by piece; the file is there when it is whole, as {@linkcode writeWhole} says. */
export async function writeTextWhole(
  path: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const encoder = new TextEncoder();
  await writeWhole(path, async (partial) => {
    using file = await Deno.open(partial, { write: true, create: true, truncate: true });
    const writer = file.writable.getWriter();
    await fill((text) => writer.write(encoder.encode(text)));
    await writer.close();
  });
}

/**
 * Writes a file by {@linkcode writeAtomic}, with an error that says what to do.
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
  try {
    await writeAtomic(
      path,
      (partial) =>
        typeof content === "string" ? Deno.writeTextFile(partial, content) : Deno.writeFile(partial, content),
    );
  } catch (error) {
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
