import { ensure } from "../../core/mod.ts";
import { duckdb } from "../duckdb.ts";
import { type SqlEngine, sqlName, sqlText } from "../engine.ts";
import type { Partition } from "./list.ts";
import { type RowRule, ruleSql } from "./row_rule.ts";

/** Which rows: of which partitions, and which of theirs. */
export interface PartitionRows {
  /** The earliest first. */
  readonly partitions: readonly Partition[];
  /** A row must keep all of these. @default {[]: every row} */
  readonly rules?: readonly RowRule[];
}

/** What an engine calls the rows of partitions. */
export interface PartitionSource {
  /** The SQL it speaks. */
  readonly dialect: SqlEngine["dialect"];
  /** SQL to stand after `FROM`, with the column `datetime` beside those of the files. */
  from(partitions: readonly Partition[]): string;
}

/** DuckDB reads the part files themselves, and none but these. */
export const partFiles: PartitionSource = {
  dialect: "duckdb",
  from(partitions: readonly Partition[]): string {
    const files = partitions.flatMap((p) => p.parts.map((part) => sqlText(part.path))).join(", ");
    ensure(files !== "", "read partitions", "the part files", "one or more", 0);
    return `read_parquet([${files}], hive_partitioning = true, hive_types = {'datetime': VARCHAR})`;
  },
};

/**
 * SQL of the rows, in brackets, to stand after `FROM`: only these partitions are opened and only these columns read, and no other column
 * can be named outside the brackets.
 *
 * @throws {RangeError} If no column or no part file is asked for.
 *
 * @example
 * ```ts
 * import { relationOf } from "credible/data";
 * const part = { path: "events/datetime=2026-01-31-00-00/part-0.parquet", bytes: 4, modified: 0 };
 * const day = { name: "2026-01-31-00-00", time: 0, path: "events/datetime=2026-01-31-00-00", parts: [part] };
 * relationOf({ partitions: [day] }, ["row_id"]); // (SELECT "row_id" FROM read_parquet(['events/…
 * ```
 */
export function relationOf(
  { partitions, rules = [] }: PartitionRows,
  columns: readonly string[],
  source: PartitionSource = partFiles,
): string {
  ensure(columns.length > 0, "read partitions", "columns", "one or more", 0);
  const where = rules.map((rule) => ruleSql(source.dialect, rule)).join(" AND ");
  const from = source.from(partitions);
  return `(SELECT ${columns.map(sqlName).join(", ")} FROM ${from}${where && ` WHERE ${where}`})`;
}

/** The names of the columns that the part files hold, in their order; `datetime` is not among them. */
export async function partitionColumns(partitions: readonly Partition[]): Promise<string[]> {
  const part = partitions.flatMap((p) => p.parts)[0];
  ensure(part !== undefined, "read the columns of partitions", "the part files", "one or more", 0);
  const engine = await duckdb();
  const top = await engine.query(
    `SELECT * FROM read_parquet(${sqlText(part.path)}, hive_partitioning = false) LIMIT 0`,
  );
  return top.names;
}
