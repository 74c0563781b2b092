import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CatalogEntry } from "./catalog.ts";
import { download, type DownloadOptions } from "./download.ts";
import { hashFile } from "./read_file.ts";
import { TableUnavailable } from "./unavailable.ts";

/** A file of the catalog on this machine. */
export interface Located {
  readonly path: string;
  /** What it must hash to. */
  readonly sha256: string;
  /** Whether it is the small open copy of `data/samples`. */
  readonly isSample: boolean;
}

const DATA = fileURLToPath(new URL("../../data/", import.meta.url));

/** Where a table goes when it is fetched, as a person reads it. */
function rawPlace({ setName, table }: CatalogEntry): string {
  return `data/raw/${setName}/${table.file}`;
}

/** Places where a table may lie, in the order in which they count. */
function places(entry: CatalogEntry): Located[] {
  const { setName, set, table, main } = entry;
  const folder = Deno.env.get("CREDIBLE_DATA");
  const whole = (path: string) => ({ path, sha256: table.sha256, isSample: false });
  return [
    ...(folder ? [whole(join(folder, setName, table.file))] : []),
    ...(main && set.sample
      ? [{ path: join(DATA, "samples", set.sample.file), sha256: set.sample.sha256, isSample: true }]
      : []),
    whole(join(DATA, "raw", setName, table.file)),
  ];
}

/** The first place where a table lies, or undefined. Its bytes are not checked. */
export async function locate(entry: CatalogEntry): Promise<Located | undefined> {
  for (const place of places(entry)) if (await isFile(place.path)) return place;
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

/**
 * A table of the catalog as a file: where it lies, or downloaded to `data/raw`.
 *
 * @throws {TableUnavailable} If it can be had neither way.
 */
export async function obtain(entry: CatalogEntry, options: DownloadOptions = {}): Promise<Located> {
  const found = await locate(entry);
  if (found) return found;
  const { name, setName, table } = entry;
  const reasons = [
    Deno.env.get("CREDIBLE_DATA")
      ? `$CREDIBLE_DATA has no ${setName}/${table.file}`
      : "the environment variable CREDIBLE_DATA names no folder of tables",
    `${rawPlace(entry)} does not exist`,
  ];
  if (table.url === undefined) {
    throw new TableUnavailable(name, [...reasons, "no address gives this very file"], remedy(entry));
  }
  const path = join(DATA, "raw", setName, table.file);
  try {
    await download({ url: table.url, bytes: table.bytes, sha256: table.sha256 }, path, options);
  } catch (error) {
    throw new TableUnavailable(name, [...reasons, `download: ${(error as Error).message}`], remedy(entry));
  }
  return { path, sha256: table.sha256, isSample: false };
}

/** What a person can do. */
function remedy(entry: CatalogEntry): string {
  const { set, table } = entry;
  const get = table.url
    ? `Get it from ${table.url}`
    : table.made
    ? `Make it from ${table.made.from} (${table.made.recipe})`
    : `Get it from its source (${set.source})`;
  const extra = set.obtain ? ` ${set.obtain}` : "";
  return `${get} and put it at ${rawPlace(entry)} of the kit.${extra}`;
}

/** Whether a table is here, and whole. */
export interface Verified {
  /** What `open` takes. */
  readonly name: string;
  /** `here` with the right bytes, `wrong` with others, `absent`. */
  readonly state: "here" | "wrong" | "absent";
  /** The sha256 of the catalog. */
  readonly expected: string;
  /** What its bytes hash to, where it is here. */
  readonly found?: string;
  /** Whether it is the small copy of `data/samples` that was compared. */
  readonly isSample?: boolean;
}

/** Compares the bytes of a table with the catalog's hash. */
export async function verify(entry: CatalogEntry): Promise<Verified> {
  const { name, table } = entry;
  const place = await locate(entry);
  if (!place) return { name, state: "absent", expected: table.sha256 };
  const found = await hashFile(place.path);
  const { sha256: expected, isSample } = place;
  return { name, state: found === expected ? "here" : "wrong", expected, found, isSample };
}
