import { duckdb } from "../duckdb.ts";
import { sqlName } from "../engine.ts";
import { textAt } from "../table.ts";
import { type PartitionRows, relationOf } from "./relation.ts";

/** How many rows there are; where no rule has to be looked at, as the files' footers say. */
export async function countRows(rows: PartitionRows, id: string): Promise<number> {
  return await countIn(rows, id, "count(*)");
}

/** How many rows have a value in a column. */
export async function countLabelled(rows: PartitionRows, label: string): Promise<number> {
  return await countIn(rows, label, `count(${sqlName(label)})`);
}

/** How many rows of each partition there are, by name; a partition without any is left out. */
export async function rowsByPartition(rows: PartitionRows): Promise<Map<string, number>> {
  if (rows.partitions.length === 0) return new Map();
  const needed = ["datetime", ...new Set((rows.rules ?? []).map((rule) => rule.column))];
  const found = await (await duckdb()).query(
    `SELECT datetime, count(*) AS n FROM ${relationOf(rows, needed)} GROUP BY datetime`,
  );
  const names = found.column("datetime"), counts = found.numbers("n");
  return new Map(Array.from(counts, (n, i) => [textAt(names, i)!, n]));
}

async function countIn(rows: PartitionRows, column: string, count: string): Promise<number> {
  if (rows.partitions.length === 0) return 0;
  const engine = await duckdb();
  return (await engine.query(`SELECT ${count} AS n FROM ${relationOf(rows, [column])}`)).numbers("n")[0]!;
}

/** @throws {RangeError} If an id stands in two rows, or in none: the message says which and how often. */
export async function ensureUniqueIds(action: string, rows: PartitionRows, id: string): Promise<void> {
  const engine = await duckdb(), name = sqlName(id);
  const found = await engine.query(
    `SELECT ${name}::VARCHAR AS id, count(*) AS n, min(datetime) AS first, max(datetime) AS last ` +
      `FROM ${relationOf(rows, [id, "datetime"])} GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 1`,
  );
  if (found.rows === 0) return;
  const text = (column: string): string => found.categories(column).levels[0] ?? "missing";
  throw new RangeError(
    `Cannot ${action}: ${id} must be unique, current value is ${text("id")} in ${
      found.numbers("n")[0]
    } rows ` +
      `of the partitions ${text("first")} to ${text("last")}`,
  );
}
