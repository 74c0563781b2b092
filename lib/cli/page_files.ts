import { join } from "node:path";
import { isAbandoned } from "../core/mod.ts";

/** Where the files of one notebook's report stand. */
export interface PageFiles {
  /** The page's path in the book, without extension: `teaching/first_look`. */
  readonly page: string;
  /** The page. */
  readonly html: string;
  /** The executed notebook. */
  readonly executed: string;
}

/** The files that a notebook's report has below `out`; `notebooks/` in front of its path falls away. */
export function pageFiles(notebook: string, out: string): PageFiles {
  const page = notebook.replace(/\.ipynb$/, "").replace(/^notebooks\//, "");
  return { page, html: join(out, `${page}.html`), executed: join(out, `${page}.ipynb`) };
}

/** Removes what runs that were killed left half-written below a folder. Files of runs that still live stay. */
export async function removePartials(folder: string): Promise<void> {
  for await (const path of filesBelow(folder)) {
    if (isAbandoned(path)) await Deno.remove(path).catch(() => {});
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

/** The text of a file, or undefined where there is none. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/** Makes sure that a folder is there and can be written, before anything long is begun. */
export async function requireWritable(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: ".", suffix: `.${Deno.pid}.partial` }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Cannot write reports: ${folder} must be a folder that can be written (${why}); choose another with --out`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Waits until no other build writes into a folder: two at once would leave the page of one beside the manifest of the
 * other. The lock is the system's and goes with the process, however it ends.
 *
 * @param onWait Told once, when there is something to wait for.
 */
export async function lockFolder(folder: string, onWait: () => void): Promise<Disposable> {
  const file = await Deno.open(join(folder, ".book.lock"), { create: true, write: true });
  if (!await file.tryLock(true)) {
    onWait();
    await file.lock(true);
  }
  return file;
}
