import type { SqlEngine } from "../../../data/mod.ts";

/** Text of SQL that gives one value. */
export type Sql = string;

/**
 * What the two engines say differently about lists, maps and moments, and nothing else: every word gives the same value in
 * both, up to the last bits of a sum. Lists of doubles hold no NULL; a NULL list gives NULL.
 */
export interface Dialect {
  /** A list of any numbers, as doubles. */
  doubles(list: Sql): Sql;
  /** Whether a double is neither NaN nor infinite. */
  finite(value: Sql): Sql;
  /** The entries for which a condition holds. */
  keep(list: Sql, condition: (entry: Sql) => Sql): Sql;
  /** Another value for each entry. */
  each(list: Sql, value: (entry: Sql) => Sql): Sql;
  /** The values of a map, as a list. */
  mapValues(map: Sql): Sql;
  /** How many entries a list has. */
  length(list: Sql): Sql;
  /** How many entries a list has that are not NULL. */
  present(list: Sql): Sql;
  /** How many different entries a list has, NULL not among them. */
  different(list: Sql): Sql;
  /** The sum of a list of doubles; 0 where it is empty. */
  total(list: Sql): Sql;
  /** Standard deviation of a list of doubles as a whole population; NULL where it is empty. */
  sd(list: Sql): Sql;
  /** Largest entry; NULL where there is none. */
  max(list: Sql): Sql;
  /** Smallest entry; NULL where there is none. */
  min(list: Sql): Sql;
  /** The entries from the largest to the smallest. */
  descending(list: Sql): Sql;
  /** The entry at a position from 1; NULL beyond the end. */
  at(list: Sql, position: Sql): Sql;
  /** Milliseconds from one moment to another, both without what is finer. */
  milliseconds(from: Sql, to: Sql): Sql;
  /** A list of numbers that the query itself holds. */
  constants(values: readonly number[]): Sql;
}

const duckdb: Dialect = {
  doubles: (list) => `CAST(${list} AS DOUBLE[])`,
  finite: (value) => `isfinite(${value})`,
  keep: (list, condition) => `list_filter(${list}, lambda x: ${condition("x")})`,
  each: (list, value) => `list_transform(${list}, lambda x: ${value("x")})`,
  mapValues: (map) => `map_values(${map})`,
  length: (list) => `len(${list})`,
  present: (list) => `list_count(${list})`,
  different: (list) => `list_unique(${list})`,
  total: (list) => `CASE WHEN len(${list}) = 0 THEN 0e0 ELSE list_sum(${list}) END`,
  sd: (list) => `list_stddev_pop(${list})`,
  max: (list) => `list_max(${list})`,
  min: (list) => `list_min(${list})`,
  descending: (list) => `list_reverse_sort(${list})`,
  at: (list, position) => `list_extract(${list}, ${position})`,
  milliseconds: (from, to) => `(epoch_ms(${to}) - epoch_ms(${from}))`,
  constants: (values) => `CAST(string_split('${values.join(",")}', ',') AS DOUBLE[])`,
};

/** Trino has no word for a sum or a spread of a list: both are folds, the spread by Welford's update as in DuckDB. */
const TRINO_SPREAD = "ROW(n DOUBLE, centre DOUBLE, squares DOUBLE)";

const trino: Dialect = {
  doubles: (list) => `CAST(${list} AS array(DOUBLE))`,
  finite: (value) => `is_finite(${value})`,
  keep: (list, condition) => `filter(${list}, x -> ${condition("x")})`,
  each: (list, value) => `transform(${list}, x -> ${value("x")})`,
  mapValues: (map) => `map_values(${map})`,
  length: (list) => `cardinality(${list})`,
  present: (list) => `cardinality(filter(${list}, x -> x IS NOT NULL))`,
  different: (list) => `cardinality(array_distinct(filter(${list}, x -> x IS NOT NULL)))`,
  total: (list) => `reduce(${list}, 0e0, (s, x) -> s + x, s -> s)`,
  sd: (list) =>
    `reduce(${list}, CAST(ROW(0e0, 0e0, 0e0) AS ${TRINO_SPREAD}), (s, x) -> CAST(ROW(s.n + 1e0, ` +
    `s.centre + (x - s.centre) / (s.n + 1e0), ` +
    `s.squares + (x - s.centre) * (x - s.centre - (x - s.centre) / (s.n + 1e0))) AS ${TRINO_SPREAD}), ` +
    `s -> sqrt(s.squares / nullif(s.n, 0e0)))`,
  max: (list) => `array_max(${list})`,
  min: (list) => `array_min(${list})`,
  descending: (list) => `reverse(array_sort(${list}))`,
  at: (list, position) => `element_at(${list}, ${position})`,
  milliseconds: (from, to) => `date_diff('millisecond', ${from}, ${to})`,
  constants: (values) => `CAST(split('${values.join(",")}', ',') AS array(DOUBLE))`,
};

/** How each engine says it. */
export const DIALECTS: Readonly<Record<SqlEngine["dialect"], Dialect>> = { duckdb, trino };

/** A number as both engines read it as a double (`0.5` alone is a decimal to them); NULL for null. */
export function sqlNumber(value: number | null): Sql {
  return value === null ? "CAST(NULL AS DOUBLE)" : value.toExponential();
}

/** 1 where a condition holds, else 0. */
export function flag(condition: Sql): Sql {
  return `CASE WHEN ${condition} THEN 1e0 ELSE 0e0 END`;
}

/** A quotient that is NULL where the divisor is 0. */
export function ratio(of: Sql, by: Sql): Sql {
  return `${of} / nullif(${by}, 0e0)`;
}
