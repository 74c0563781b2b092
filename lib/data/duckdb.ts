import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBMaterializedResult } from "@duckdb/node-api";
import { type SqlEngine, sqlName, type SqlValue } from "./engine.ts";
import { fillTable } from "./duckdb_fill.ts";
import { type Column, Table } from "./table.ts";

/** Options of {@linkcode duckdb}. */
export interface DuckDbOptions {
  /**
   * How many threads a query may use. One keeps every sum of doubles the same to the last bit, run after run; more is
   * faster on millions of rows. @default {1}
   */
  readonly threads?: number;
  /** How much memory before DuckDB writes to disk, e.g. `"2GB"`. @default {DuckDB's own, 80 % of the machine} */
  readonly memoryLimit?: string;
}

/** DuckDB inside this process, with tables of ours readable in SQL. */
export interface DuckDb extends SqlEngine {
  /** DuckDB's own SQL. */
  readonly dialect: "duckdb";
}

let connection: Promise<DuckDBConnection> | undefined;
let temporary = 0;

/** A name that no other table or type of this process has. */
function temporaryName(purpose: string): string {
  return `credible_${purpose}_${++temporary}`;
}

/** Nothing is ever fetched behind a person's back: extensions that are not built in stay out. */
async function start(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "1",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // What does not fit in memory; DuckDB's own choice would be the folder that a person happens to stand in.
    temp_directory: join(tmpdir(), `credible-duckdb-${Deno.pid}`),
  });
  return await instance.connect();
}

/**
 * The one DuckDB of this process, started when it is first asked for.
 *
 * @param options Settings to change, now and for every later query.
 *
 * @example
 * ```ts
 * import { duckdb } from "credible/data";
 * const engine = await duckdb({ memoryLimit: "1GB" });
 * const table = await engine.query("SELECT 40 + ? AS answer", [2]);
 * table.numbers("answer"); // Float64Array [42]
 * ```
 */
export async function duckdb(options: DuckDbOptions = {}): Promise<DuckDb> {
  const db = await (connection ??= start());
  if (options.threads !== undefined) await run(db, `SET threads = ${Number(options.threads)}`);
  if (options.memoryLimit !== undefined) await run(db, `SET memory_limit = ?`, [options.memoryLimit]);
  return {
    dialect: "duckdb",
    query: (sql, values) => read(db, sql, values),
    execute: async (sql, values) => void await run(db, sql, values),
  };
}

/**
 * Runs one SELECT on the embedded DuckDB. See {@linkcode SqlEngine} for how types come out.
 *
 * @throws {SyntaxError} If DuckDB refuses it, with DuckDB's words and the statement.
 *
 * @example
 * ```ts
 * import { query } from "credible/data";
 * const table = await query("SELECT 'Bonn' AS city, DATE '2026-01-31' AS day, 2.50 AS price");
 * table.column("city"); // { kind: "category", codes: [0], levels: ["Bonn"], … }
 * ```
 */
export async function query(sql: string, values?: readonly SqlValue[]): Promise<Table> {
  return await (await duckdb()).query(sql, values);
}

/**
 * Makes a table readable in SQL for as long as `use` runs.
 *
 * Numbers arrive as DOUBLE, dates as TIMESTAMP, categories as VARCHAR, truth values as BOOLEAN; missing is NULL. DuckDB's
 * `rowid` is the position of the row, from 0.
 *
 * @param use Gets the engine and the name that the table has in it.
 * @throws {RangeError} If two columns differ by upper and lower case only: SQL cannot tell them apart.
 *
 * @example
 * ```ts
 * import { Table, withTable } from "credible/data";
 * const shops = new Table("shops", [{ kind: "number", name: "visits", values: Float64Array.of(3, NaN, 8) }]);
 * const busy = await withTable(shops, (engine, name) => engine.query(`SELECT rowid FROM ${name} WHERE visits > 5`));
 * busy.numbers("rowid"); // Float64Array [2]
 * ```
 */
export async function withTable<T>(
  table: Table,
  use: (engine: DuckDb, name: string) => Promise<T>,
): Promise<T> {
  const engine = await duckdb();
  const name = temporaryName("table");
  try {
    await fillTable(await connection!, name, table);
    return await use(engine, name);
  } finally {
    await engine.execute(`DROP TABLE IF EXISTS ${name}`);
  }
}

async function run(
  db: DuckDBConnection,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<DuckDBMaterializedResult> {
  try {
    return await db.run(sql, [...values]);
  } catch (error) {
    const words = error instanceof Error ? error.message.split("\n\nLINE")[0] : String(error);
    throw new SyntaxError(`Cannot run the SQL: ${words}\n  in: ${sql}`, { cause: error });
  }
}

/**
 * Rows of a SELECT as typed columns. The result is kept in DuckDB while it casts every column to doubles or integer codes
 * there: what crosses over are plain arrays (strings one by one would take five times as long).
 */
async function read(db: DuckDBConnection, sql: string, values?: readonly SqlValue[]): Promise<Table> {
  const name = temporaryName("result");
  const enumerations: string[] = [];
  await run(db, `CREATE TEMP TABLE ${name} AS ${sql}`, values);
  try {
    const shape = await run(db, `FROM ${name} LIMIT 0`);
    const plans: ColumnPlan[] = [];
    for (const [k, column] of shape.columnNames().entries()) {
      const plan = await planColumn(db, name, column, shape.columnType(k).toString());
      if (plan.enumeration) enumerations.push(plan.enumeration);
      plans.push(plan);
    }
    const result = await run(db, `SELECT ${plans.map((p) => p.expression).join(", ")} FROM ${name}`);
    const arrays = await readArrays(result, plans.map((p) => p.levels ? Int32Array : Float64Array));
    return new Table("query", plans.map((plan, k) => toColumn(plan, arrays[k]!)));
  } finally {
    await run(db, `DROP TABLE IF EXISTS ${name}`);
    for (const type of enumerations) await run(db, `DROP TYPE IF EXISTS ${type}`);
  }
}

interface ColumnPlan {
  readonly name: string;
  readonly kind: Column["kind"];
  /** SQL that gives a DOUBLE, or an INTEGER code where there are levels. Never NULL. */
  readonly expression: string;
  readonly levels?: readonly string[];
  /** A type made for this column, to be dropped afterwards. */
  readonly enumeration?: string;
}

const WHOLE = /^(BIGINT|UBIGINT|HUGEINT|UHUGEINT)$/;
const NUMBER = /^(TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT|UINTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;
const MOMENT = /^(DATE|TIMESTAMP.*)$/;

async function planColumn(
  db: DuckDBConnection,
  table: string,
  name: string,
  type: string,
): Promise<ColumnPlan> {
  const column = sqlName(name);
  if (NUMBER.test(type) || (WHOLE.test(type) && await fitsDouble(db, table, column))) {
    return { name, kind: "number", expression: `coalesce(${column}::DOUBLE, 'nan'::DOUBLE)` };
  }
  if (MOMENT.test(type)) {
    return { name, kind: "date", expression: milliseconds(column) };
  }
  if (type === "BOOLEAN") {
    const expression = `coalesce(${column}::INTEGER, -1)`;
    return { name, kind: "category", expression, levels: ["false", "true"] };
  }
  const enumeration = temporaryName("levels");
  const text = `${column}::VARCHAR`;
  const sorted = `SELECT DISTINCT ${text} FROM ${table} WHERE ${column} IS NOT NULL ORDER BY 1`;
  const own = `SELECT unnest(enum_range(NULL::${type}))::VARCHAR`;
  await run(db, `CREATE TYPE ${enumeration} AS ENUM (${type.startsWith("ENUM") ? own : sorted})`);
  const levels = await readTexts(
    await run(db, `SELECT unnest(enum_range(NULL::${enumeration}))::VARCHAR`),
  );
  const expression = `coalesce(enum_code(${text}::${enumeration})::INTEGER, -1)`;
  return { name, kind: "category", expression, levels, enumeration };
}

/** Whether all whole numbers of a column are exact as doubles. */
async function fitsDouble(db: DuckDBConnection, table: string, column: string): Promise<boolean> {
  const largest = Number.MAX_SAFE_INTEGER;
  const result = await run(
    db,
    `SELECT count(*)::DOUBLE FROM ${table} WHERE ${column} NOT BETWEEN -${largest} AND ${largest}`,
  );
  return (await readArrays(result, [Float64Array]))[0]![0] === 0;
}

/** Microseconds in DuckDB, milliseconds here; DuckDB's infinite dates stay infinite. */
function milliseconds(column: string): string {
  return `CASE WHEN ${column} IS NULL THEN 'nan'::DOUBLE ` +
    `WHEN isfinite(${column}) THEN epoch_us(${column}) / 1000 ` +
    `WHEN ${column} > '1970-01-01' THEN 'inf'::DOUBLE ELSE '-inf'::DOUBLE END`;
}

type NumberArray = Float64Array | Int32Array;

/**
 * The columns of a result as arrays. It stops at the known count of rows and never asks for the chunk after the last:
 * Deno 2.9 dies when it collects that empty one (which rules out the package's own `fetchAllChunks` and `getRows…`).
 */
async function readArrays(
  result: DuckDBMaterializedResult,
  types: readonly (Float64ArrayConstructor | Int32ArrayConstructor)[],
): Promise<NumberArray[]> {
  const arrays = types.map((ArrayType) => new ArrayType(result.rowCount));
  for (let start = 0; start < result.rowCount;) {
    const chunk = (await result.fetchChunk())!;
    for (const [k, array] of arrays.entries()) {
      array.set((chunk.getColumnVector(k) as unknown as { items: NumberArray }).items, start);
    }
    start += chunk.rowCount;
  }
  return arrays;
}

async function readTexts(result: DuckDBMaterializedResult): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < result.rowCount) {
    const vector = (await result.fetchChunk())!.getColumnVector(0);
    for (let i = 0; i < vector.itemCount; i++) texts.push(vector.getItem(i) as string);
  }
  return texts;
}

function toColumn(plan: ColumnPlan, values: NumberArray): Column {
  const { name, kind, levels } = plan;
  return kind === "category"
    ? { kind, name, codes: values as Int32Array, levels: levels! }
    : { kind, name, values: values as Float64Array };
}
