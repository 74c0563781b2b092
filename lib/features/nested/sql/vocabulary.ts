import type { FeatureCatalogue } from "../catalogue/feature_catalogue.ts";
import type { FittedTables } from "../tables/fitted_tables.ts";
import type { Sql } from "./dialect.ts";
import type { Feature } from "./feature.ts";
import { lookUp, place } from "./local_words.ts";
import { dict, histogram, list, moment, sessions } from "./nested_words.ts";
import type { Reader } from "./reader.ts";
import { clock, engagement, interactions, missing, numeric } from "./row_words.ts";

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
