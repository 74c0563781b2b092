import { parse } from "yaml";
import { z } from "zod";
import { suggest } from "../core/mod.ts";

const text = z.string().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a sha256 in 64 hexadecimal digits");
const count = z.number().int().positive();

const file = z.strictObject({ file: text, bytes: count, sha256 });

const table = file.extend({
  rows: count,
  columns: count,
  url: z.url().optional(),
  made: z.strictObject({ from: text, sha256: sha256.optional(), recipe: text }).optional(),
  read: z.strictObject({ dates: z.record(text, text).optional() }).optional(),
  title: text.optional(),
});

const set = z.strictObject({
  title: text,
  row: text,
  target: text.optional(),
  origin: z.enum(["real", "believed real", "simulated", "unknown"]),
  made_by: text.optional(),
  licence: text,
  citation: text.optional(),
  source: text,
  obtain: text.optional(),
  traps: z.array(text),
  tables: z.record(text, table),
  sample: file.extend({ rows: count, differs: text.optional(), source: text, licence: text.optional() })
    .optional(),
  others: z.array(file.extend({ url: z.url().optional() })).optional(),
}).refine((s) => Object.keys(s.tables).length > 0, {
  path: ["tables"],
  message: "must name at least one table",
});

/** The bytes of one file of the catalog. */
export interface CatalogFile {
  /** Its name inside the folder of its set. */
  readonly file: string;
  /** How long it is. */
  readonly bytes: number;
  /** Of those bytes. */
  readonly sha256: string;
}

/** One table of a data set. */
export interface CatalogTable extends CatalogFile {
  /** Rows under the header. */
  readonly rows: number;
  /** Columns, an unnamed one that counts rows among them. */
  readonly columns: number;
  /** Where these very bytes are published. */
  readonly url?: string | undefined;
  /** From what and how it was made, if it is a conversion; `sha256` is the original's. */
  readonly made?: {
    readonly from: string;
    readonly sha256?: string | undefined;
    readonly recipe: string;
  } | undefined;
  /** How it has to be read where it does not tell by itself. */
  readonly read?: { readonly dates?: Readonly<Record<string, string>> | undefined } | undefined;
  /** What sets it apart from the other tables of its set. */
  readonly title?: string | undefined;
}

/** One data set, as `data/catalog.yaml` has it. */
export interface CatalogSet {
  /** A line for a heading. */
  readonly title: string;
  /** What one row is: "one customer of …". */
  readonly row: string;
  /** The column that people predict. */
  readonly target?: string | undefined;
  /** Whether its rows are records of what happened. */
  readonly origin: "real" | "believed real" | "simulated" | "unknown";
  /** Who made the rows up, as far as it is known. */
  readonly made_by?: string | undefined;
  /** As far as it is known. */
  readonly licence: string;
  /** What to cite. */
  readonly citation?: string | undefined;
  /** Where this copy comes from. */
  readonly source: string;
  /** What a person has to do where no address gives a file to a program. */
  readonly obtain?: string | undefined;
  /** What a careless reader stumbles over. */
  readonly traps: readonly string[];
  /** The first is what the name of the set opens; the others by set/table. */
  readonly tables: Readonly<Record<string, CatalogTable>>;
  /** A small open copy in `data/samples`, and what it leaves out. */
  readonly sample?:
    | CatalogFile & {
      readonly rows: number;
      readonly differs?: string | undefined;
      readonly source: string;
      readonly licence?: string | undefined;
    }
    | undefined;
  /** What lies beside the tables: licences, pictures, labels. */
  readonly others?: readonly (CatalogFile & { readonly url?: string | undefined })[] | undefined;
}

/** The whole catalog: sets by name. */
export type Catalog = Readonly<Record<string, CatalogSet>>;

/** A table found by its name. */
export interface CatalogEntry {
  /** `set`, or `set/table` for a table that is not the set's first. */
  readonly name: string;
  /** The key of the set. */
  readonly setName: string;
  /** What holds for all tables of the set. */
  readonly set: CatalogSet;
  /** What holds for this one. */
  readonly table: CatalogTable;
  /** Whether this is the table that the set's name alone opens. */
  readonly main: boolean;
}

const CATALOG = new URL("../../data/catalog.yaml", import.meta.url);
let loaded: Catalog | undefined;

/** The catalog of the kit, read once. */
export function catalog(): Catalog {
  return loaded ??= parseCatalog(Deno.readTextFileSync(CATALOG), "data/catalog.yaml");
}

/**
 * Checks the text of a catalog.
 *
 * @param name How messages call the file.
 * @throws {SyntaxError} If it is no YAML or breaks a rule: the message names file, key, rule and value, every one of them.
 *
 * @example
 * ```ts
 * import { parseCatalog } from "credible/data";
 * try {
 *   parseCatalog("shop:\n  title: A shop", "my.yaml");
 * } catch (error) {
 *   console.log((error as Error).message); // Cannot read my.yaml: shop.row must be …
 * }
 * ```
 */
export function parseCatalog(yaml: string, name: string): Catalog {
  let data: unknown;
  try {
    data = parse(yaml);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${name}: ${(error as Error).message}`, { cause: error });
  }
  const result = z.record(text, set).safeParse(data);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], data);
    return `${issue.path.join(".") || "the file"}: ${issue.message}, current value is ${
      JSON.stringify(value)
    }`;
  });
  throw new SyntaxError(`Cannot read ${name}: ${lines.join("\n  ")}`);
}

/** Every table of the catalog, sets in order and their first table first. */
export function catalogEntries(of: Catalog = catalog()): CatalogEntry[] {
  return Object.entries(of).flatMap(([setName, set]) =>
    Object.entries(set.tables).map(([stem, table], i) => ({
      name: i === 0 ? setName : `${setName}/${stem}`,
      setName,
      set,
      table,
      main: i === 0,
    }))
  );
}

/**
 * The table of a name: a set (its first table) or `set/table`.
 *
 * @throws {RangeError} If the catalog has none; the message offers the nearest names.
 */
export function findEntry(name: string, of: Catalog = catalog()): CatalogEntry {
  const [setName, stem, ...more] = name.split("/") as [string, string?];
  const found = catalogEntries(of).find((entry) =>
    entry.setName === setName && more.length === 0 &&
    (stem === undefined ? entry.main : entry.table === entry.set.tables[stem])
  );
  if (found) return found;
  const set = of[setName];
  const known = set && stem !== undefined
    ? Object.keys(set.tables).map((s) => `${setName}/${s}`)
    : Object.keys(of);
  throw new RangeError(
    `Cannot open ${JSON.stringify(name)}: the catalog has no such table; ${suggest(name, known)}`,
  );
}
