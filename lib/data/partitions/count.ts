import { duckdb } from "../duckdb.ts";
import { sqlName, sqlText } from "../engine.ts";
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

/** @throws {RangeError} If an id stands in two rows, or in none: the message says which, how often and where. */
export async function ensureUniqueIds(action: string, rows: PartitionRows, id: string): Promise<void> {
  const engine = await duckdb(), name = sqlName(id), relation = relationOf(rows, [id, "datetime"]);
  const wrong = await engine.query(
    `SELECT ${name}::VARCHAR AS id FROM ${relation} GROUP BY ${name} HAVING count(*) > 1 OR ${name} IS NULL ` +
      `ORDER BY ${name} LIMIT 1`,
  );
  if (wrong.rows === 0) return;
  const value = textAt(wrong.column("id"), 0);
  const found = await engine.query(
    `SELECT count(*) AS n, min(datetime) AS first, max(datetime) AS last FROM ${relation} ` +
      `WHERE ${name}::VARCHAR IS NOT DISTINCT FROM ${value === undefined ? "NULL" : sqlText(value)}`,
  );
  const [first, last] = ["first", "last"].map((column) => textAt(found.column(column), 0));
  throw new RangeError(
    `Cannot ${action}: ${id} must be unique and there, current value is ${value ?? "missing"} in ` +
      `${found.numbers("n")[0]} rows of the partitions from ${first} to ${last}`,
  );
}
