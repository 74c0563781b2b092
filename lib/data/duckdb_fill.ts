import {
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from "@duckdb/node-api";
import { ensure } from "../core/mod.ts";
import { sqlName } from "./engine.ts";
import type { CategoryColumn, Column, Table } from "./table.ts";

/** Rows of a DuckDB vector. */
const CHUNK = 2048;

/** Creates the temporary table `name` with the rows of a table, in their order. */
export async function fillTable(db: DuckDBConnection, name: string, table: Table): Promise<void> {
  refuseSameInSql(table);
  const raw = `${name}_raw`;
  const selected: string[] = [];
  const joins: string[] = [];
  const dropped = [raw];
  try {
    await append(db, raw, table.columns.map((c) => c.kind === "category" ? c.codes : c.values), table.rows);
    for (const [k, column] of table.columns.entries()) {
      const as = `AS ${sqlName(column.name)}`;
      if (column.kind !== "category") {
        selected.push(`${fromDouble(column, `r.c${k}`)} ${as}`);
      } else if (isTruth(column)) {
        selected.push(`CASE r.c${k} WHEN 0 THEN false WHEN 1 THEN true END ${as}`);
      } else {
        const levels = `${name}_levels_${k}`;
        dropped.push(levels);
        await append(db, levels, [column.levels], column.levels.length);
        joins.push(`LEFT JOIN ${levels} l${k} ON r.c${k} = l${k}.rowid`);
        selected.push(`l${k}.c0 ${as}`);
      }
    }
    await db.run(
      `CREATE TEMP TABLE ${name} AS SELECT ${selected.join(", ") || "1"} FROM ${raw} r ${joins.join(" ")}` +
        (joins.length > 0 ? " ORDER BY r.rowid" : ""),
    );
  } finally {
    for (const other of dropped) await db.run(`DROP TABLE IF EXISTS ${other}`);
  }
}

/** Levels as {@linkcode CategoryColumn} gives to truth values. */
function isTruth({ levels }: CategoryColumn): boolean {
  return levels.length === 2 && levels[0] === "false" && levels[1] === "true";
}

function fromDouble(column: Column, expression: string): string {
  const value = `CASE WHEN isnan(${expression}) THEN NULL ELSE ${expression} END`;
  if (column.kind === "number") return value;
  return `CASE WHEN isnan(${expression}) THEN NULL WHEN isinf(${expression}) THEN ` +
    `(CASE WHEN ${expression} > 0 THEN 'infinity' ELSE '-infinity' END)::TIMESTAMP ` +
    `ELSE make_timestamp(round(${expression} * 1000)::BIGINT) END`;
}

function refuseSameInSql(table: Table): void {
  const seen = new Map<string, string>();
  for (const name of table.names) {
    const other = seen.get(name.toLowerCase());
    ensure(
      other === undefined,
      `read ${table.name} in SQL`,
      "every column name",
      `different in more than upper and lower case (rename ${other} or ${name})`,
      name,
    );
    seen.set(name.toLowerCase(), name);
  }
}

type Values = Float64Array | Int32Array | readonly string[];

/** A temporary table of the columns c0, c1, … by whole vectors: twenty columns of 100,000 rows take a tenth of a second. */
async function append(
  db: DuckDBConnection,
  name: string,
  columns: readonly Values[],
  rows: number,
): Promise<void> {
  const types = columns.map(typeOf);
  const declared = types.map((type, k) => `c${k} ${type}`).join(", ");
  await db.run(`CREATE TEMP TABLE ${name} (${declared || "c0 INTEGER"})`);
  if (columns.length === 0) return;
  const appender = await db.createAppender(name);
  const chunk = DuckDBDataChunk.create(types);
  for (let start = 0; start < rows; start += CHUNK) {
    const end = Math.min(start + CHUNK, rows);
    chunk.reset();
    chunk.rowCount = end - start;
    for (const [k, values] of columns.entries()) writeVector(chunk, k, values, start, end);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function typeOf(values: Values): DuckDBType {
  return values instanceof Float64Array ? DOUBLE : values instanceof Int32Array ? INTEGER : VARCHAR;
}

function writeVector(chunk: DuckDBDataChunk, k: number, values: Values, start: number, end: number): void {
  const vector = chunk.getColumnVector(k);
  if (values instanceof Float64Array || values instanceof Int32Array) {
    const { items } = vector as unknown as { items: Float64Array | Int32Array };
    items.set(values.subarray(start, end));
  } else {
    for (let i = start; i < end; i++) vector.setItem(i - start, values[i]!);
  }
  vector.flush();
}
