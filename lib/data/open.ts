import { basename, extname, isAbsolute } from "node:path";
import { ensure, record, suggest } from "../core/mod.ts";
import { catalog, catalogEntries, type CatalogEntry, findEntry } from "./catalog.ts";
import type { DownloadOptions } from "./download.ts";
import { locate, type Located, obtain, type Verified, verify } from "./locate.ts";
import { OpenedTable, type Origin, type Provenance } from "./opened.ts";
import { type ReadFile, readFile, type ReadOptions } from "./read_file.ts";

/** Options of {@linkcode open}. */
export interface OpenOptions extends ReadOptions, DownloadOptions {}

const EXTENSIONS = [".csv", ".tsv", ".txt", ".tab", ".dat", ".parquet", ".xlsx"];

/**
 * Opens a table: one of the catalog by its name, or a file of one's own.
 *
 * A name (`telco_ibm`, or `adbench_small/glass` for one table of a set) is looked for in the folder that the environment
 * variable CREDIBLE_DATA names, in `data/samples`, in `data/raw`, and is then downloaded to `data/raw`; its bytes must have
 * the sha256 of the catalog. A path is a CSV, TSV, parquet or .xlsx file, relative to the working directory: that is the
 * notebook's own folder in a cell. Encoding, separator, quotes, header, decimal comma and types are found in the file and
 * stated in the provenance. Nothing is lost silently: what does not fit throws, or is in `rejects` where asked.
 *
 * @throws {TableUnavailable} If a table of the catalog can be neither found nor fetched.
 * @throws {RangeError} If the name is unknown, a file breaks a rule, or bytes are not those of the catalog.
 * @throws {Deno.errors.NotFound} If there is no file at a path.
 *
 * @example
 * ```ts
 * import { open } from "credible/data";
 * const customers = await open("telco_ibm");
 * customers.provenance.row; // "one customer of …"
 * customers.filter((row) => customers.numbers("tenure")[row]! > 12); // still knows where it comes from
 * ```
 */
export async function open(nameOrPath: string, options: OpenOptions = {}): Promise<OpenedTable> {
  const entry = entryOf(nameOrPath);
  const table = entry ? await openEntry(entry, options) : await openPath(nameOrPath, options);
  record("data", table.provenance);
  return table;
}

/** The entry that a name means; undefined for a path. */
function entryOf(nameOrPath: string): CatalogEntry | undefined {
  ensure(nameOrPath.trim() !== "", "open a table", "the name", "a name of the catalog or a path", nameOrPath);
  if (/^[./~\\]|^[A-Za-z]:/.test(nameOrPath)) return undefined;
  if (catalogEntries().some(({ setName }) => setName === nameOrPath.split("/")[0])) {
    return findEntry(nameOrPath);
  }
  if (EXTENSIONS.includes(extname(nameOrPath).toLowerCase()) || existsHere(nameOrPath)) return undefined;
  throw new RangeError(
    `Cannot open ${JSON.stringify(nameOrPath)}: it is no table of the catalog, and no file has this path; ` +
      suggest(nameOrPath, Object.keys(catalog())),
  );
}

function existsHere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function openEntry(entry: CatalogEntry, options: OpenOptions): Promise<OpenedTable> {
  const place = await obtain(entry, options);
  const file = await readFile(place.path, entry.name, { ...readOptions(entry, place), ...options });
  ensure(
    file.sha256 === place.sha256,
    `open ${JSON.stringify(entry.name)}`,
    `the sha256 of ${basename(place.path)}`,
    `${place.sha256} (as the catalog has it; remove the file to have it fetched again, or open it by its path)`,
    file.sha256,
  );
  return opened(entry.name, file, fromCatalog(entry, place, file));
}

/** What the catalog knows about reading a file, in the words of {@linkcode ReadOptions}. */
function readOptions({ table }: CatalogEntry, place: Located): ReadOptions {
  return place.isSample || !table.read?.dates ? {} : { dates: table.read.dates };
}

function fromCatalog({ name, set, table }: CatalogEntry, place: Located, file: ReadFile): Provenance {
  const sample = place.isSample ? set.sample : undefined;
  const converted = table.made ? [`made from ${table.made.from}`] : [];
  const differs = sample?.differs ? [`the copy of data/samples has ${sample.differs}`] : [];
  return {
    name,
    title: table.title ?? set.title,
    row: set.row,
    ...(set.target && file.table.names.includes(set.target) ? { target: set.target } : {}),
    origin: set.origin,
    licence: sample?.licence ?? set.licence,
    ...(set.citation ? { citation: set.citation } : {}),
    source: sample?.source ?? table.url ?? set.source,
    sha256: file.sha256,
    bytes: file.bytes,
    rows: file.table.rows,
    read: [...(sample ? [] : converted), ...differs, ...file.notes],
    traps: set.traps,
  };
}

async function openPath(path: string, options: OpenOptions): Promise<OpenedTable> {
  const name = basename(path);
  const file = await readFile(path, isAbsolute(path) ? name : path, options);
  return opened(name, file, {
    name,
    title: name,
    origin: "unknown",
    licence: "not stated",
    sha256: file.sha256,
    bytes: file.bytes,
    rows: file.table.rows,
    read: file.notes,
    traps: [],
  });
}

function opened(name: string, file: ReadFile, provenance: Provenance): OpenedTable {
  return new OpenedTable(name, file.table.columns, provenance, file.rejects);
}

/** A table of the catalog, as a list shows it. */
export interface ListedTable {
  /** What `open` takes. */
  readonly name: string;
  /** A line for a list. */
  readonly title: string;
  /** How many rows. */
  readonly rows: number;
  /** How many columns. */
  readonly columns: number;
  /** What people predict in its set. */
  readonly target?: string;
  /** Whether rows are records of what happened. */
  readonly origin: Origin;
  /** As far as it is known. */
  readonly licence: string;
}

/** Every table of the catalog, for a list. Nothing is opened. */
export function listTables(): ListedTable[] {
  return catalogEntries().map(({ name, set, table, main }) => ({
    name,
    title: table.title ?? (main ? set.title : `${set.title}: ${table.file}`),
    rows: table.rows,
    columns: table.columns,
    ...(set.target ? { target: set.target } : {}),
    origin: set.origin,
    licence: set.licence,
  }));
}

/**
 * Makes sure that a table is on this machine, downloading it if need be.
 *
 * @returns Where it is, absolute.
 * @throws {TableUnavailable} If it can be neither found nor fetched.
 */
export async function getTable(name: string, options: DownloadOptions = {}): Promise<string> {
  return (await obtain(findEntry(name), options)).path;
}

/**
 * Where a table of the catalog lies on this machine; nothing is downloaded.
 *
 * @returns Its file, absolute; undefined where there is none, or the catalog has no table of that name.
 */
export async function tableFile(name: string): Promise<string | undefined> {
  const entry = catalogEntries().find((known) => known.name === name);
  return entry && (await locate(entry))?.path;
}

/** Compares the bytes of every table that is here with the catalog. */
export async function verifyTables(): Promise<Verified[]> {
  const results: Verified[] = [];
  for (const entry of catalogEntries()) results.push(await verify(entry));
  return results;
}
