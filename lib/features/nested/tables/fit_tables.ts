import { quantile } from "../../../core/mod.ts";
import { type SqlEngine, sqlName, type Table } from "../../../data/mod.ts";
import { categoriesOf, type FeatureCatalogue } from "../catalogue/feature_catalogue.ts";
import { DIALECTS, type Sql } from "../sql/dialect.ts";
import type { Feature } from "../sql/feature.ts";
import type { FittedTables } from "./fitted_tables.ts";
import { fitLevels, placesOf } from "./levels.ts";
import { named, ROW_KEYS, stage } from "../sql/query.ts";
import { Reader } from "../sql/reader.ts";
import { spending } from "../sql/row_words.ts";
import { fitCuts, fitGroups, type Standing } from "./standing.ts";
import { ownFeatures, tableFeatures } from "../sql/vocabulary.ts";

/** What a query calls the numbers that interactions are fitted on. */
const SPENT = "spent in all", PRICE = "price of the device";

type Measure = Pick<Feature, "name" | "sql">;

/** Fits every table of a catalogue on the rows of a source; all of them are held in memory, without their nested columns. */
export async function fitTables(
  engine: SqlEngine,
  source: Sql,
  catalogue: FeatureCatalogue,
): Promise<FittedTables> {
  const { groups: { local, interactions }, levels: most, smoothing, rankSteps } = catalogue;
  const rows = await readMeasures(engine, source, catalogue);
  const columns = categoriesOf(catalogue).map((name) => rows.categories(name));
  const levels = Object.fromEntries(columns.map((column) => [column.name, fitLevels(column, most)]));
  const places = Object.fromEntries(
    columns.map((column) => [column.name, placesOf(column, levels[column.name]!)]),
  );

  const standing = (measure: string, within: readonly string[]): Standing => {
    const values = rows.numbers(measure), cuts = fitCuts(values, rankSteps);
    const groups = within.map((name) =>
      [name, fitGroups(values, places[name]!, levels[name]!.levels.length, cuts, smoothing)] as const
    );
    return { cuts, within: Object.fromEntries(groups) };
  };
  const standings = (local?.values ?? []).map((value) => [value, standing(value, local!.within)] as const);
  const tables = { levels, whaleFrom: null, usualPrices: [], standings: Object.fromEntries(standings) };
  if (!interactions) return tables;
  const spenders = rows.numbers(SPENT).filter((amount) => amount > 0);
  return {
    ...tables,
    whaleFrom: spenders.length > 0 ? quantile(spenders, interactions.whaleQuantile) : null,
    usualPrices: standing(PRICE, [interactions.priceWithin]).within[interactions.priceWithin]!.means,
  };
}

/** Categories as they are, and the numbers that tables are made of, in the order of the rows' ids. */
async function readMeasures(engine: SqlEngine, source: Sql, catalogue: FeatureCatalogue): Promise<Table> {
  const reader = new Reader(DIALECTS[engine.dialect]), names = categoriesOf(catalogue).map(sqlName);
  const compared = ownFeatures(reader, catalogue)
    .filter(({ name }) => catalogue.groups.local?.values.includes(name));
  const measures: Measure[] = [...compared, ...interactionMeasures(reader, catalogue)];
  const categories = names.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`);
  const pieces = stage([...ROW_KEYS, ...reader.selected, ...categories], `${source} AS source`);
  const wanted = stage([ROW_KEYS[0], ...names, ...measures.map(named)], `(${pieces}) AS pieces`);
  return await engine.query(`${wanted}\nORDER BY row_id`);
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
