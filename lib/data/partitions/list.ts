import { join } from "node:path";
import { ensure } from "../../core/mod.ts";

/** One parquet file of a partition. */
export interface PartFile {
  /** Where it is. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970 UTC. */
  readonly modified: number;
}

/** The rows of one stretch of time: a folder `datetime=YYYY-MM-DD-HH-MM` with its part files. */
export interface Partition {
  /** When it begins: `YYYY-MM-DD-HH-MM`. */
  readonly name: string;
  /** The same in milliseconds since 1970 UTC. */
  readonly time: number;
  /** Its folder. */
  readonly path: string;
  /** Its files, by name. */
  readonly parts: readonly PartFile[];
}

/** A day in milliseconds. */
export const DAY = 86_400_000;

const PREFIX = "datetime=";
const PART = /^part-.*\.parquet$/;

/**
 * The partitions below a folder, the earliest first: `datetime=YYYY-MM-DD-HH-MM/part-*.parquet`. Other folders and files are left alone.
 *
 * @throws {RangeError} If there is none, or a folder `datetime=…` is not named by a moment.
 *
 * @example
 * ```ts
 * import { listPartitions } from "credible/data";
 * const root = await Deno.makeTempDir();
 * await Deno.mkdir(`${root}/datetime=2026-01-31-00-00`);
 * await Deno.writeTextFile(`${root}/datetime=2026-01-31-00-00/part-0000.parquet`, "");
 * const [first] = await listPartitions(root);
 * first!.name; // "2026-01-31-00-00"
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function listPartitions(root: string): Promise<Partition[]> {
  const action = `list the partitions of ${root}`;
  const folders = (await namesIn(root, action)).filter((name) => name.startsWith(PREFIX)).sort();
  ensure(folders.length > 0, action, `the number of its folders ${PREFIX}YYYY-MM-DD-HH-MM`, "one or more", 0);
  return await Promise.all(folders.map(async (folder) => {
    const name = folder.slice(PREFIX.length), path = join(root, folder), time = timeOf(name);
    ensure(time !== undefined, action, "a partition", `named ${PREFIX}YYYY-MM-DD-HH-MM`, folder);
    const files = (await namesIn(path, action)).filter((file) => PART.test(file)).sort();
    return { name, time, path, parts: await Promise.all(files.map((file) => partFile(join(path, file)))) };
  }));
}

async function namesIn(folder: string, action: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name);
  } catch (error) {
    throw new RangeError(`Cannot ${action}: ${folder} must be a folder that can be read`, { cause: error });
  }
}

async function partFile(path: string): Promise<PartFile> {
  const { size, mtime } = await Deno.stat(path);
  return { path, bytes: size, modified: mtime?.getTime() ?? 0 };
}

/** The moment that a partition's name means, or undefined where it means none. */
function timeOf(name: string): number | undefined {
  const [, day, hour, minute] = /^(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)$/.exec(name) ?? [];
  const time = Date.parse(`${day}T${hour}:${minute}:00Z`);
  // The 31st of April parses in some engines, as the 1st of May.
  return new Date(time || 0).toJSON().startsWith(`${day}T${hour}:${minute}`) ? time : undefined;
}
