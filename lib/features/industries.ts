import { createRng, mean } from "../core/mod.ts";
import {
  categoryColumn,
  type Column,
  open,
  type Table,
  Table as DataTable,
  TableUnavailable,
} from "../data/mod.ts";
import { stratifiedSplit } from "../evaluate/mod.ts";
import { type ResultTable, table as printTable } from "../plot/mod.ts";
import { DICTIONARY, ROLE_NAMES } from "./dictionary.ts";
import { fitHarmoniser, type Harmoniser } from "./harmonise.ts";
import { columnsOf, type Mapping } from "./mapping.ts";
import { OUTCOME, readOutcome } from "./roles.ts";
import { suggestMapping } from "./suggest.ts";

/** A mapped table that is on this machine. */
export interface Industry {
  /** Which columns play which roles. */
  readonly mapping: Mapping;
  /** The table as it was opened. */
  readonly table: Table;
}

/** The industries that are here, and those that are not. */
export interface Industries {
  /** Those whose table could be opened. */
  readonly here: readonly Industry[];
  /** The names of those whose table is neither on this machine nor to be fetched. */
  readonly missing: readonly string[];
}

/** Opens the tables of a mapping file; those that are neither here nor to be fetched are named instead. */
export async function openIndustries(mappings: readonly Mapping[]): Promise<Industries> {
  const here: Industry[] = [];
  const missing: string[] = [];
  for (const mapping of mappings) {
    try {
      here.push({ mapping, table: await open(mapping.data) });
    } catch (error) {
      if (!(error instanceof TableUnavailable)) throw error;
      missing.push(mapping.name);
    }
  }
  return { here, missing };
}

/** One role of one table, as confirmed and as suggested. */
export interface Agreement {
  /** The table's name in the mapping file. */
  readonly industry: string;
  /** The role. */
  readonly role: string;
  /** The columns that a person named, or none. */
  readonly confirmed: readonly string[];
  /** The column that was suggested, if any. */
  readonly suggested: string | undefined;
  /** Whether the suggestion is one of the confirmed columns. */
  readonly agrees: boolean;
  /** How likely a column drawn at random would be right. */
  readonly chance: number;
}

/** Suggests every mapping anew and sets it beside the confirmed one; roles that neither has are left out. */
export function compareSuggestions(industries: readonly Industry[]): Agreement[] {
  return industries.flatMap(({ mapping, table }) => {
    const { target } = mapping;
    const exclude = mapping.exclude.filter((name) => table.names.includes(name)); // a sample may lack an identifier
    const suggestions = suggestMapping(table, { target: target.column, exclude });
    const candidates = table.columns.length - exclude.length - 1;
    return ROLE_NAMES.flatMap((role) => {
      const confirmed = mapping.roles[role] ? columnsOf(mapping.roles[role]) : [];
      const suggested = suggestions.find((s) => s.role === role)?.column;
      if (confirmed.length === 0 && suggested === undefined) return [];
      const agrees = suggested !== undefined && confirmed.includes(suggested);
      return [{
        industry: mapping.name,
        role,
        confirmed,
        suggested,
        agrees,
        chance: confirmed.length / candidates,
      }];
    });
  });
}

/** How often suggestions are right. */
export interface AgreementRate {
  /** Roles that a person confirmed. */
  readonly roles: number;
  /** Share of them for which the suggestion is one of the confirmed columns. */
  readonly share: number;
  /** The share that columns drawn at random would reach. */
  readonly chance: number;
}

/** How often suggestions are right, over the roles that a person confirmed; NaN where there are none. */
export function agreementRate(rows: readonly Agreement[]): AgreementRate {
  const asked = rows.filter((row) => row.confirmed.length > 0);
  return {
    roles: asked.length,
    share: mean(asked.map((row) => Number(row.agrees))),
    chance: mean(asked.map((row) => row.chance)),
  };
}

/** Suggestions beside what was confirmed, as a table that shows itself. */
export function agreementTable(rows: readonly Agreement[], caption: string): ResultTable {
  const printed = rows.map(({ industry, role, confirmed, suggested, agrees }) => ({
    industry,
    role,
    confirmed: confirmed.join(", ") || "none",
    suggested: suggested ?? "none",
    right: agrees ? "yes" : "no",
  }));
  return printTable(printed, { caption });
}

/** Options of {@linkcode harmoniseIndustries}. */
export interface PoolOptions {
  /** Rows of an industry at the most, drawn at random. @default {10000} */
  readonly rows?: number;
  /** Share of rows that the scale never sees. @default {0.3} */
  readonly testShare?: number;
  /** Names the draw. */
  readonly seed: number;
}

/** All industries on one scale. */
export interface Pooled {
  /** `industry`, `family`, `part` (train or test), `weight` (rows of an industry add up to 1), the roles, `outcome`. */
  readonly table: Table;
  /** The fitted harmoniser of each industry, by the name of its mapping. */
  readonly harmonisers: ReadonlyMap<string, Harmoniser>;
}

/**
 * Brings every industry to the common scale, each fitted on its own training rows, and stacks them. A role that an industry
 * does not have is missing there. Weights make every industry count the same, whatever its size.
 *
 * @throws What {@linkcode fitHarmoniser} throws.
 */
export function harmoniseIndustries(industries: readonly Industry[], options: PoolOptions): Pooled {
  const { rows = 10_000, testShare = 0.3, seed } = options;
  const harmonisers = new Map<string, Harmoniser>();
  const parts = industries.map(({ mapping, table }) => {
    const order = createRng(seed, `harmonise-${mapping.name}`).permutation(table.rows);
    const drawn = table.take(Array.from(order.slice(0, Math.min(rows, table.rows))).sort((a, b) => a - b));
    const labels = readOutcome(drawn, mapping).values;
    const known = drawn.filter((row) => !Number.isNaN(labels[row]!));
    const split = stratifiedSplit([...readOutcome(known, mapping).values], { testShare, seed });
    const harmoniser = fitHarmoniser(known.take(split.train), mapping);
    harmonisers.set(mapping.name, harmoniser);
    const test = new Set(split.test);
    return {
      mapping,
      scaled: harmoniser.transform(known),
      part: (row: number) => test.has(row) ? "test" : "train",
    };
  });
  const text = (name: string, of: (p: typeof parts[number], row: number) => string): Column =>
    categoryColumn(name, parts.flatMap((p) => Array.from({ length: p.scaled.rows }, (_, row) => of(p, row))));
  const number = (name: string, of: (p: typeof parts[number], row: number) => number): Column => ({
    kind: "number",
    name,
    values: Float64Array.from(
      parts.flatMap((p) => Array.from({ length: p.scaled.rows }, (_, row) => of(p, row))),
    ),
  });
  const scores = (name: string): Column => ({
    kind: "number",
    name,
    values: join(parts.map((p) => valuesOr(p.scaled, name))),
  });
  const table = new DataTable("harmonised", [
    text("industry", (p) => p.mapping.name),
    text("family", (p) => p.mapping.family),
    text("part", (p, row) => p.part(row)),
    number("weight", (p) => 1 / p.scaled.rows),
    ...DICTIONARY.map(({ name }) => scores(name)),
    scores(OUTCOME),
  ]);
  return { table, harmonisers };
}

function valuesOr(table: Table, name: string): Float64Array {
  return table.names.includes(name) ? table.numbers(name) : new Float64Array(table.rows).fill(NaN);
}

function join(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((n, a) => n + a.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
