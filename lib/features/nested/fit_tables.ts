import { quantile } from "../../core/mod.ts";
import { type SqlEngine, sqlName } from "../../data/mod.ts";
import type { FeatureCatalogue } from "./catalogue.ts";
import { DIALECTS, type Sql } from "./dialect.ts";
import type { Feature } from "./feature.ts";
import { fitLevels, type LevelTable, placesOf } from "./levels.ts";
import { named, ROW_KEYS, stage } from "./query.ts";
import { Reader } from "./reader.ts";
import { spending } from "./row_words.ts";
import { fitCuts, fitGroups, type Standing } from "./standing.ts";
import { categoriesOf, type FittedTables, ownFeatures, tableFeatures } from "./vocabulary.ts";

/** What a query calls the numbers that interactions are fitted on. */
const SPENT = "spent in all", PRICE = "price of the device";

type Measure = Pick<Feature, "name" | "sql">;

/** Fits every table of a catalogue on the rows of a source; all of them are held in memory, without their nested columns. */
export async function fitTables(
  engine: SqlEngine,
  source: Sql,
  catalogue: FeatureCatalogue,
): Promise<FittedTables> {
  const { groups, smoothing, rankSteps } = catalogue;
  const reader = new Reader(DIALECTS[engine.dialect]);
  const own = ownFeatures(reader, catalogue);
  const compared = own.filter(({ name }) => groups.local?.values.includes(name));
  const measures: Measure[] = [...compared, ...interactionMeasures(reader, catalogue)];
  const categories = categoriesOf(catalogue).map((c) => `CAST(${sqlName(c)} AS VARCHAR) AS ${sqlName(c)}`);
  const pieces = stage([...ROW_KEYS, ...reader.selected, ...categories], `${source} AS source`);
  const wanted = [ROW_KEYS[0], ...categoriesOf(catalogue).map(sqlName), ...measures.map(named)];
  const rows = await engine.query(`${stage(wanted, `(${pieces}) AS pieces`)}\nORDER BY row_id`);

  const levels: Record<string, LevelTable> = {}, places: Record<string, Int32Array> = {};
  for (const column of categoriesOf(catalogue)) {
    const category = rows.categories(column);
    levels[column] = fitLevels(category, catalogue.levels);
    places[column] = placesOf(category, levels[column]);
  }
  const standing = (name: string, within: readonly string[]): Standing => {
    const values = rows.numbers(name), cuts = fitCuts(values, rankSteps);
    const groupsOf = within.map((column) => {
      const size = levels[column]!.levels.length;
      return [column, fitGroups(values, places[column]!, size, cuts, smoothing)] as const;
    });
    return { cuts, within: Object.fromEntries(groupsOf) };
  };
  const { local, interactions } = groups;
  const spenders = interactions ? rows.numbers(SPENT).filter((amount) => amount > 0) : [];
  return {
    levels,
    whaleFrom: spenders.length > 0 ? quantile(spenders, interactions!.whaleQuantile) : null,
    usualPrices: interactions
      ? standing(PRICE, [interactions.priceWithin]).within[interactions.priceWithin]!.means
      : [],
    standings: Object.fromEntries(
      (local?.values ?? []).map((value) => [value, standing(value, local!.within)]),
    ),
  };
}

/** The source columns that a catalogue reads, the row's keys first. */
export function eventColumns(catalogue: FeatureCatalogue): string[] {
  const levels = Object.fromEntries(categoriesOf(catalogue).map((c) => [c, { levels: [], shares: [] }]));
  const reader = new Reader(DIALECTS.duckdb);
  ownFeatures(reader, catalogue);
  tableFeatures(reader, catalogue, { levels, whaleFrom: null, usualPrices: [], standings: {} });
  return [...new Set([...ROW_KEYS, ...reader.columns, ...categoriesOf(catalogue)])];
}

/** The numbers that interactions are fitted on. */
function interactionMeasures(from: Reader, { groups: { interactions } }: FeatureCatalogue): Measure[] {
  return interactions
    ? [
      { name: SPENT, sql: spending(from, interactions.spent) },
      { name: PRICE, sql: from.read("number", interactions.price) },
    ]
    : [];
}
