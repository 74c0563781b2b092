import type { FeatureCatalogue } from "./catalogue.ts";
import { type Dialect, type Sql, sqlNumber } from "./dialect.ts";
import type { Feature } from "./feature.ts";
import type { LevelTable } from "./levels.ts";
import { dict, histogram, list, moment, sessions } from "./nested_words.ts";
import type { Reader } from "./reader.ts";
import { clock, engagement, interactions, missing, numeric } from "./row_words.ts";
import type { Standing } from "./standing.ts";

/** What was fitted on training rows before any feature could be filled in. */
export interface FittedTables {
  /** The levels of each category that are told apart. */
  readonly levels: Readonly<Record<string, LevelTable>>;
  /** What a whale spent at the least; null where nobody spent anything. */
  readonly whaleFrom: number | null;
  /** The usual price at each place of the category within which prices are judged. */
  readonly usualPrices: readonly number[];
  /** Where values stand, by the feature that is compared. */
  readonly standings: Readonly<Record<string, Standing>>;
}

/** The category columns that a catalogue tells levels of. */
export function categoriesOf({ groups }: FeatureCatalogue): string[] {
  const { frequencies, local, interactions: columns } = groups;
  return [
    ...new Set([
      ...frequencies?.columns ?? [],
      ...local?.within ?? [],
      ...(columns ? [columns.priceWithin] : []),
    ]),
  ];
}

/** The features that a row says by itself: no table is needed. */
export function ownFeatures(from: Reader, { groups }: FeatureCatalogue): Feature[] {
  const { dicts, lists, sessions: tuples, histograms, moments, numbers, clock: time, engagement: use } =
    groups;
  return [
    ...(dicts?.columns ?? []).flatMap((column) => dict(from, column, dicts!.statistics)),
    ...(lists?.columns ?? []).flatMap((column) => list(from, column)),
    ...(tuples?.columns ?? []).flatMap((column) => sessions(from, column)),
    ...(histograms?.columns ?? []).flatMap((column) => histogram(from, column, histograms!.topK)),
    ...(moments?.columns ?? []).flatMap((column) => moment(from, column, moments!.halfLifeDays)),
    ...(numbers?.columns ?? []).map((column) => numeric(from, column)),
    ...(time ? clock(from, time) : []),
    ...(use ? engagement(from, use) : []),
    ...(groups.missing ? missingIndicators(from, groups) : []),
  ];
}

function missingIndicators(from: Reader, groups: FeatureCatalogue["groups"]): Feature[] {
  return [
    ...(groups.dicts?.columns ?? []).map((column) => missing(from, "amounts", column)),
    ...(groups.lists?.columns ?? []).map((column) => missing(from, "entries", column)),
    ...(groups.sessions?.columns ?? []).map((column) => missing(from, "counts", column)),
    ...(groups.histograms?.columns ?? []).map((column) => missing(from, "weights", column)),
    ...(groups.moments?.columns ?? []).map((column) => missing(from, "days", column)),
    ...(groups.numbers?.columns ?? []).map((column) => missing(from, "number", column)),
  ];
}

/** The features of a row that need tables: interactions, and how common its categories are. */
export function tableFeatures(from: Reader, { groups }: FeatureCatalogue, tables: FittedTables): Feature[] {
  const { interactions: columns, frequencies } = groups;
  const at = (column: string, values: readonly number[]): Sql => lookUp(from.dialect, values, place(column));
  return [
    ...(columns
      ? interactions(from, columns, {
        whaleFrom: tables.whaleFrom,
        usualPrice: at(columns.priceWithin, tables.usualPrices),
      })
      : []),
    ...(frequencies?.columns ?? []).map((column): Feature => ({
      name: `${column}_share`,
      group: "frequencies",
      about: "share of the training rows with this level, 0 for one not known",
      sql: at(column, [0, ...tables.levels[column]!.shares]),
    })),
  ];
}

/** Where own features stand within a category. They are read by their names. */
export function localFeatures(d: Dialect, { groups }: FeatureCatalogue, tables: FittedTables): Feature[] {
  const { values = [], within = [] } = groups.local ?? {};
  return values.flatMap((value) =>
    within.flatMap((column): Feature[] => {
      const { cuts, within: groupsOf } = tables.standings[value]!;
      const { ranks, means, sds } = groupsOf[column]!;
      const mean = lookUp(d, means, place(column));
      const step = `${place(column)} * ${cuts.length + 1} + ${stepOfValue(value)}`;
      return [
        {
          name: `${value}_rank_in_${column}`,
          group: "local",
          about: `share of the ${column}'s training rows below it`,
          sql: lookUp(d, ranks, step),
        },
        {
          name: `${value}_mean_in_${column}`,
          group: "local",
          about: `mean of the ${column}'s training rows`,
          sql: mean,
        },
        {
          name: `${value}_deviation_in_${column}`,
          group: "local",
          about: `standard deviations above the ${column}'s mean`,
          sql: `("${value}" - ${mean}) / ${lookUp(d, sds, place(column))}`,
        },
      ];
    })
  );
}

/** The name under which a query holds the place of a row's level, 0 where it has none of its own. */
export function place(column: string): Sql {
  return `"place in ${column}"`;
}

/** The name under which a query holds the step on which a value stands. */
export function stepOfValue(value: string): Sql {
  return `"step of ${value}"`;
}

/** How many cuts lie at or below a value, found by halving; NULL for NULL. */
export function stepSql(value: Sql, cuts: readonly number[]): Sql {
  const search = (low: number, high: number): Sql => {
    if (low === high) return String(low);
    const middle = (low + high) >> 1;
    const below = `${value} < ${sqlNumber(cuts[middle]!)}`;
    return `CASE WHEN ${below} THEN ${search(low, middle)} ELSE ${search(middle + 1, high)} END`;
  };
  return `CASE WHEN ${value} IS NOT NULL THEN ${search(0, cuts.length)} END`;
}

/** A value of a fitted list, by a position from 0. */
function lookUp(d: Dialect, values: readonly number[], position: Sql): Sql {
  return d.at(d.constants(values), `${position} + 1`);
}
