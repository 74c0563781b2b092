import type { Table } from "./table.ts";

/** A value bound to a `?` or `$1` of a statement. */
export type SqlValue = number | bigint | string | boolean | null;

/**
 * What runs SQL: DuckDB inside this process, or a cluster behind the same two calls.
 *
 * Result columns become typed columns: numbers of every width as doubles (whole numbers beyond ±(2^53 − 1) as exact text),
 * dates and timestamps as milliseconds since 1970 UTC (a timestamp without a zone is read as UTC), truth values as a
 * category with the levels `false` and `true`, text as a category with sorted levels, an enumeration as a category with
 * its own levels in their own order, and everything else (times, lists, structures, …) as text in the engine's notation.
 */
export interface SqlEngine {
  /** Which SQL it speaks. */
  readonly dialect: "duckdb" | "trino";
  /** Runs one SELECT (or `FROM`, `VALUES`, `WITH …`) and returns its rows. @throws {SyntaxError} If the engine refuses it. */
  query(sql: string, values?: readonly SqlValue[]): Promise<Table>;
  /** Runs a statement for its effect. @throws {SyntaxError} If the engine refuses it. */
  execute(sql: string, values?: readonly SqlValue[]): Promise<void>;
}

/** A name as SQL writes it: in double quotes, whatever it holds. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it: in single quotes, whatever it holds. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
