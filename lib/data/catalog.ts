import { parse } from "yaml";
import { z } from "zod";
import { suggest } from "../core/mod.ts";

const text = z.string().min(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be a sha256 in 64 hexadecimal digits");
const count = z.number().int().positive();

/** The bytes of one file, wherever they stand. */
const file = z.strictObject({ file: text, bytes: count, sha256 });

const table = file.extend({
  rows: count,
  columns: count,
  /** The very bytes, where they are published as they are. */
  url: z.url().optional(),
  /** Where the rows were published, if this file is a conversion of them; `recipe` says how to make it again. */
  made: z.strictObject({ from: text, sha256: sha256.optional(), recipe: text }).optional(),
  /** How the file has to be read where it does not tell by itself. */
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
  /** What a person has to do where no address gives the file to a program. */
  obtain: text.optional(),
  traps: z.array(text),
  /** The first is what the name of the set opens; the others by set/table. */
  tables: z.record(text, table),
  /** A small open copy in data/samples with the same columns where they could be kept. */
  sample: file.extend({ rows: count, differs: text.optional(), source: text, licence: text.optional() })
    .optional(),
  /** What lies beside the tables. */
  others: z.array(file.extend({ url: z.url().optional() })).optional(),
}).refine((s) => Object.keys(s.tables).length > 0, {
  path: ["tables"],
  message: "must name at least one table",
});

/** One data set of the catalog, as `data/catalog.yaml` has it. */
export type CatalogSet = z.infer<typeof set>;

/** One table of a data set. */
export type CatalogTable = z.infer<typeof table>;

/** The whole catalog: sets by name. */
export type Catalog = Readonly<Record<string, CatalogSet>>;

/** A table found by its name. */
export interface CatalogEntry {
  /** `set`, or `set/table` for a table that is not the set's first. */
  readonly name: string;
  readonly setName: string;
  readonly set: CatalogSet;
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
