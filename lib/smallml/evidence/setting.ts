import { ensure } from "../../core/mod.ts";
import { categoryColumn, type Table, textAt } from "../../data/mod.ts";
import {
  BUSINESS,
  columnsOf,
  cutBusinesses,
  fitHarmoniser,
  type Industry,
  type Mapping,
  OUTCOME,
  readOutcome,
} from "../../features/mod.ts";

/** Which businesses are cut from which table. */
export interface Cell {
  /** The table's name in the mapping. */
  readonly table: string;
  /** How many businesses at the most. */
  readonly businesses: number;
  /** Known customers of each. */
  readonly customers: number;
  /** Draws the customers. */
  readonly seed: number;
}

/** One cut: what contenders learn from, and what they are judged on. */
export interface Setting {
  /** Which. */
  readonly cell: Cell;
  /** Names of the businesses, in a fixed order. */
  readonly businesses: readonly string[];
  /** The mapping without roles that rest on the columns cut along. */
  readonly mapping: Mapping;
  /** Known customers as the file has them, with {@linkcode BUSINESS}, and the outcome as 0 and 1. */
  readonly known: Table;
  /** Customers to judge on, in the same form. */
  readonly heldOut: Table;
  /** The same on the common scale: {@linkcode BUSINESS}, roles, missing indicators, outcome; gaps at the mean. */
  readonly features: { readonly known: Table; readonly heldOut: Table; readonly names: readonly string[] };
}

/** Businesses are cut along these, so that one alone is one of many. */
const MOST = 10;

/**
 * Cuts the businesses of a cell. One business alone is one of the ten, another for each seed.
 *
 * @throws {RangeError} If the table has too few businesses that are large enough.
 */
export function cutSetting({ mapping, table }: Industry, by: readonly string[], cell: Cell): Setting {
  const { businesses, customers, seed } = cell, target = mapping.target.column;
  const outcome = readOutcome(table, mapping).values;
  const rows = table.without(mapping.exclude.filter((name) => table.names.includes(name)))
    .with({ kind: "number", name: target, values: outcome })
    .filter((row) => !Number.isNaN(outcome[row]!));
  const cut = cutBusinesses(asTexts(rows, by), {
    by,
    target,
    seed,
    businesses: businesses === 1 ? MOST : businesses,
    sizes: [customers, customers],
  });
  const names = cut.list.map(({ business }) => business);
  const wanted = businesses === 1 ? [names[seed % names.length]!] : names;
  const own = { ...mapping, target: { column: target, positive: 1 }, roles: rolesWithout(mapping, by) };
  ensure(
    Object.keys(own.roles).length > 0,
    "cut businesses",
    "a role that is not cut along",
    "there",
    "none",
  );
  const [known, heldOut] = [cut.known, cut.heldOut].map((all) => {
    const { codes, levels } = all.categories(BUSINESS);
    return all.filter((row) => wanted.includes(levels[codes[row]!]!));
  }) as [Table, Table];
  const harmoniser = fitHarmoniser(known, own, { keep: [BUSINESS], missingIndicators: true });
  return {
    cell,
    businesses: wanted,
    mapping: own,
    known,
    heldOut,
    features: {
      known: filled(harmoniser.transform(known), harmoniser.features),
      heldOut: filled(harmoniser.transform(heldOut), harmoniser.features),
      names: harmoniser.features,
    },
  };
}

/** A tier that is written as a number divides businesses as well as a word. */
function asTexts(table: Table, names: readonly string[]): Table {
  return names.reduce((rest, name) => {
    const column = rest.column(name);
    return rest.with(
      categoryColumn(name, Array.from({ length: rest.rows }, (_, i) => textAt(column, i) ?? null)),
    );
  }, table);
}

function rolesWithout({ roles }: Mapping, by: readonly string[]): Mapping["roles"] {
  return Object.fromEntries(
    Object.entries(roles).filter(([, source]) => !columnsOf(source).some((name) => by.includes(name))),
  );
}

/** Scores are centred: a gap gets 0, the mean, and its indicator says so. */
function filled(table: Table, names: readonly string[]): Table {
  return names.reduce((rest, name) => {
    const values = rest.numbers(name).map((v) => Number.isNaN(v) ? 0 : v);
    return rest.with({ kind: "number", name, values });
  }, table);
}

export { BUSINESS, OUTCOME };
