import { sqlName, sqlText } from "../../../data/mod.ts";
import type { FeatureCatalogue } from "../catalogue/feature_catalogue.ts";
import { type Dialect, type Sql, sqlNumber } from "./dialect.ts";
import type { Feature } from "./feature.ts";
import type { LevelTable } from "../tables/levels.ts";
import { Reader } from "./reader.ts";
import type { FittedTables } from "../tables/fitted_tables.ts";
import { localFeatures, place, stepOfValue, stepSql } from "./local_words.ts";
import { ownFeatures, tableFeatures } from "./vocabulary.ts";

/** What a row is called by; these columns come out as they went in. */
export const ROW_KEYS = ["row_id", "user_id", "event_ts"] as const;

/** The features of a catalogue as one query in stages, each a SELECT from the one before: no row meets another. */
export interface FeatureQuery {
  /** In the order of the columns. */
  readonly features: readonly Feature[];
  /** Every source column that is read, the row's keys first. */
  readonly columns: readonly string[];
  /** The query over a source; a feature is NULL where the row does not say and `fills` has nothing. */
  select(source: Sql, fills?: Readonly<Record<string, number>>): Sql;
}

/** Builds the query from what was fitted. */
export function featureQuery(d: Dialect, catalogue: FeatureCatalogue, tables: FittedTables): FeatureQuery {
  const reader = new Reader(d);
  const own = [...ownFeatures(reader, catalogue), ...tableFeatures(reader, catalogue, tables)];
  const local = localFeatures(d, catalogue, tables.standings);
  const categories = Object.entries(tables.levels);
  const features = [...own, ...local];
  const places = categories.map(([column]) => place(column));
  const steps = Object.entries(tables.standings).map(([value, { cuts }]) =>
    `${stepSql(sqlName(value), cuts)} AS ${stepOfValue(value)}`
  );
  return {
    features,
    columns: [...new Set([...ROW_KEYS, ...reader.columns, ...categories.map(([column]) => column)])],
    select(source, fills = {}): Sql {
      const pieces = stage(
        [...ROW_KEYS, ...reader.selected, ...categories.map(placed)],
        joined(source, categories),
      );
      const owned = stage([...ROW_KEYS, ...places, ...own.map(named)], `(${pieces}) AS pieces`);
      const stepped = steps.length === 0 ? owned : stage(["*", ...steps], `(${owned}) AS own`);
      const read = new Set(own.map(({ name }) => name));
      const filled = features.map(({ name, sql }) => {
        const value = read.has(name) ? sqlName(name) : sql;
        const fill = fills[name];
        return `${fill === undefined ? value : `coalesce(${value}, ${sqlNumber(fill)})`} AS ${sqlName(name)}`;
      });
      return stage([...ROW_KEYS, ...filled], `(${stepped}) AS row`);
    },
  };
}

/** One SELECT, a column a line. */
export function stage(columns: readonly Sql[], from: Sql): Sql {
  return `SELECT\n  ${columns.join(",\n  ")}\nFROM ${from}`;
}

/** A feature as a column. */
export function named({ name, sql }: Pick<Feature, "name" | "sql">): Sql {
  return `${sql} AS ${sqlName(name)}`;
}

/** The source, with the small tables of levels beside it. */
function joined(source: Sql, categories: readonly (readonly [string, LevelTable])[]): Sql {
  const joins = categories.filter(([, { levels }]) => levels.length > 0).map(([column, { levels }]) => {
    const rows = levels.map((level, i) => `(${sqlText(level)}, ${i + 1})`).join(", ");
    const table = `"levels of ${column}"`;
    return `\nLEFT JOIN (VALUES ${rows}) AS ${table} (${levelName(column)}, ${foundName(column)}) ` +
      `ON CAST(source.${sqlName(column)} AS VARCHAR) = ${levelName(column)}`;
  });
  return `${source} AS source${joins.join("")}`;
}

function placed([column, { levels }]: readonly [string, LevelTable]): Sql {
  return `${levels.length > 0 ? `coalesce(${foundName(column)}, 0)` : "0"} AS ${place(column)}`;
}

function levelName(column: string): Sql {
  return `"level of ${column}"`;
}

function foundName(column: string): Sql {
  return `"found in ${column}"`;
}
