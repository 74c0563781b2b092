import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { suggest as nearestNames } from "../core/mod.ts";
import { DICTIONARY, ROLE_NAMES } from "./dictionary.ts";

const name = z.string().min(1);
const level = z.union([z.string(), z.number(), z.boolean()]);

const source = z.strictObject({
  column: name.optional(),
  sum: z.array(name).min(2).optional(),
  count: z.array(name).min(2).optional(),
  equal: level.optional(),
  levels: z.record(z.string(), z.number()).optional(),
  over: name.optional(),
  unit: name.optional(),
  missing: z.array(z.number()).optional(),
  reverse: z.boolean().optional(),
}).refine((s) => [s.column, s.sum, s.count].filter((v) => v !== undefined).length === 1, {
  error: "must say one of column, sum and count",
}).refine((s) => (s.count === undefined) === (s.equal === undefined), {
  error: "count and equal go together",
});

const mappedTable = z.strictObject({
  data: name,
  industry: name,
  family: name,
  target: z.strictObject({ column: name, positive: level }),
  outcome: name.default("churn"),
  exclude: z.array(name).default([]),
  roles: z.record(z.string(), source),
});

const mappingFile = z.strictObject({ version: z.literal(1), tables: z.record(name, mappedTable) });

/** Where a role's values come from. */
export interface RoleSource {
  /** One column. */
  readonly column?: string | undefined;
  /** Several columns, added up. */
  readonly sum?: readonly string[] | undefined;
  /** How many of these columns hold `equal`. */
  readonly count?: readonly string[] | undefined;
  /** The value that `count` counts. */
  readonly equal?: string | number | boolean | undefined;
  /** What a text level is worth; a level that is not listed is missing. */
  readonly levels?: Readonly<Record<string, number>> | undefined;
  /** A column to divide by; missing where that is not above 0. */
  readonly over?: string | undefined;
  /** The column's own unit. @default {the role's unit} */
  readonly unit?: string | undefined;
  /** Numbers that mean "not known". */
  readonly missing?: readonly number[] | undefined;
  /** Whether more of the column is less of the role. @default {false} */
  readonly reverse?: boolean | undefined;
}

/** Which columns of a table play which roles, as a person decided. */
export interface Mapping {
  /** The table's name in the mapping file. */
  readonly name: string;
  /** The table's name in the catalog, or its path. */
  readonly data: string;
  /** The industry it stands for. */
  readonly industry: string;
  /** The industries that are left out together. */
  readonly family: string;
  /** The outcome, and which of its two values counts as 1. */
  readonly target: { readonly column: string; readonly positive: string | number | boolean };
  /** What the target says in a word; only industries with the same are learnt from together. @default {"churn"} */
  readonly outcome?: string;
  /** Columns that must not be features, and why is known: identifiers and leaks. */
  readonly exclude: readonly string[];
  /** Sources by role; the roles are those of the dictionary. */
  readonly roles: Readonly<Record<string, RoleSource>>;
}

/**
 * Reads a mapping file.
 *
 * @param yaml The text of the file.
 * @param file Its name, for messages.
 * @throws {SyntaxError} If it is not YAML, says a role twice, names an unknown role or unit, or breaks its form. The
 * message names the place and offers the nearest names.
 *
 * @example
 * ```ts
 * import { parseMapping } from "credible/features";
 * const [shop] = parseMapping(`
 * version: 1
 * tables:
 *   shop:
 *     data: shop.csv
 *     industry: retail
 *     family: retail
 *     target: { column: left, positive: "yes" }
 *     roles:
 *       tenure: { column: since, unit: years }
 * `);
 * shop!.roles["tenure"]; // { column: "since", unit: "years" }
 * ```
 */
export function parseMapping(yaml: string, file = "mapping.yaml"): Mapping[] {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    const twice = broken.code === "DUPLICATE_KEY" ? duplicateAt(yaml, broken.pos[0]) : undefined;
    throw new SyntaxError(
      `Cannot read the mapping ${file}: line ${line} ${
        twice === undefined
          ? `is not YAML: ${broken.message.split("\n")[0]}`
          : `says ${JSON.stringify(twice)} twice`
      }`,
    );
  }
  const parsed = mappingFile.safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SyntaxError(
      `Cannot read the mapping ${file}: ${issue!.path.join(".") || "it"} ${issue!.message}`,
    );
  }
  return Object.entries(parsed.data.tables).map(([table, entry]) => {
    for (const [role, source] of Object.entries(entry.roles)) ensureKnown(file, table, role, source);
    return { name: table, ...entry };
  });
}

/** Reads a mapping file from disk. @throws What {@linkcode parseMapping} throws. */
export async function loadMapping(path: string | URL): Promise<Mapping[]> {
  const file = path.toString().split("/").at(-1)!;
  return parseMapping(await Deno.readTextFile(path), file);
}

/** Every column of the table that a source reads. */
export function columnsOf(source: RoleSource): string[] {
  const own = source.column === undefined ? source.sum ?? source.count ?? [] : [source.column];
  return source.over === undefined ? [...own] : [...own, source.over];
}

function ensureKnown(file: string, table: string, role: string, source: RoleSource): void {
  const known = DICTIONARY.find((r) => r.name === role);
  const place = `Cannot read the mapping ${file}: ${table}.roles`;
  if (!known) {
    throw new SyntaxError(`${place} has no role ${JSON.stringify(role)}; ${nearestNames(role, ROLE_NAMES)}`);
  }
  const units = Object.keys(known.units);
  if (source.unit === undefined || source.unit === known.unit || units.includes(source.unit)) return;
  const offer = units.length === 0 ? `it is a ${known.unit}` : nearestNames(source.unit, units);
  throw new SyntaxError(`${place}.${role} has no unit ${JSON.stringify(source.unit)}; ${offer}`);
}

/** The key that stands at a position of the text. */
function duplicateAt(yaml: string, position: number): string {
  const node = parseDocument(yaml.slice(position)).contents;
  const key = isMap(node) ? node.items[0]?.key : node;
  return isScalar(key) ? String(key.value) : /^[^:\n]*/.exec(yaml.slice(position))![0].trim();
}
