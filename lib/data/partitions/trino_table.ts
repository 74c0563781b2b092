import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { ensure } from "../../core/mod.ts";
import { duckdb } from "../duckdb.ts";
import { sqlName, sqlText } from "../engine.ts";
import { textAt } from "../table.ts";
import type { TrinoEngine } from "../trino.ts";
import type { Partition } from "./list.ts";
import type { PartitionSource } from "./relation.ts";

/** Options of {@linkcode trinoTable}. */
export interface TrinoTableOptions {
  /** A catalog of the hive connector. @default {"hive"} */
  readonly catalog?: string;
  /** Made where it is missing. @default {"credible"} */
  readonly schema?: string;
  /** What the cluster calls the root of the folders, before their absolute path: `local://`, `s3://bucket`. @default {"local://"} */
  readonly store?: string;
}

/**
 * Makes partitions readable to Trino: a table over the folder where they lie, named by its path and columns. Nothing is copied. Trino reads
 * whole folders: a part file that was left out as broken is left out for DuckDB alone.
 *
 * @param partitions All from one folder.
 * @returns What relations are made from for this engine.
 * @throws {TypeError} If a column has a type that Trino does not know.
 *
 * @example
 * ```ts
 * import { listPartitions, relationOf, type Table, trino, trinoTable } from "credible/data";
 * async function countBuyers(root: string): Promise<Table> {
 *   const cluster = await trino({ server: "http://127.0.0.1:8080" }), partitions = await listPartitions(root);
 *   const source = await trinoTable(cluster, partitions);
 *   return await cluster.query(`SELECT sum(buyer) AS buyers FROM ${relationOf({ partitions }, ["buyer"], source)}`);
 * }
 * ```
 */
export async function trinoTable(
  engine: TrinoEngine,
  partitions: readonly Partition[],
  { catalog = "hive", schema = "credible", store = "local://" }: TrinoTableOptions = {},
): Promise<PartitionSource> {
  const [first] = partitions, part = first?.parts[0];
  ensure(part !== undefined, "make a table in Trino", "the part files", "one or more", 0);
  const root = resolve(dirname(first!.path));
  const columns = [...await trinoColumns(part.path), `"datetime" VARCHAR`].join(", ");
  const key = createHash("sha256").update(`${root}\n${columns}`).digest("hex").slice(0, 16);
  const table = `events_${key}`, inSchema = `${sqlName(catalog)}.${sqlName(schema)}`;
  await engine.execute(`CREATE SCHEMA IF NOT EXISTS ${inSchema}`);
  await engine.execute(
    `CREATE TABLE IF NOT EXISTS ${inSchema}.${table} (${columns}) ` +
      `WITH (format = 'PARQUET', external_location = ${
        sqlText(store + root)
      }, partitioned_by = ARRAY['datetime'])`,
  );
  const named = [schema, table, "FULL"].map(sqlText).join(", ");
  await engine.execute(`CALL ${sqlName(catalog)}.system.sync_partition_metadata(${named})`);
  return {
    dialect: "trino",
    from(chosen: readonly Partition[]): string {
      ensure(chosen.length > 0, "read partitions", "the partitions", "one or more", 0);
      const names = chosen.map(({ name }) => sqlText(name)).join(", ");
      return `(SELECT * FROM ${inSchema}.${table} WHERE "datetime" IN (${names}))`;
    },
  };
}

/** The columns of a parquet file as Trino declares them. */
async function trinoColumns(path: string): Promise<string[]> {
  const engine = await duckdb();
  const described = await engine.query(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false))`,
    [path],
  );
  const [names, types] = [described.column("column_name"), described.column("column_type")];
  return Array.from(
    { length: described.rows },
    (_, i) => `${sqlName(textAt(names, i)!)} ${trinoType(textAt(types, i)!)}`,
  );
}

const SAME = /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|DOUBLE|VARCHAR|DATE|DECIMAL\(\d+,\d+\))$/;
const OTHER: Readonly<Record<string, string>> = {
  FLOAT: "REAL",
  BLOB: "VARBINARY",
  TIMESTAMP: "TIMESTAMP(6)",
};

/** A type of DuckDB's as Trino writes it. @throws {TypeError} If there is none. */
export function trinoType(type: string): string {
  if (SAME.test(type)) return type;
  if (type in OTHER) return OTHER[type]!;
  if (type.endsWith("[]")) return `ARRAY(${trinoType(type.slice(0, -2))})`;
  const [, kind, inside] = /^(MAP|STRUCT)\((.*)\)$/.exec(type) ?? [];
  if (kind === "MAP") return `MAP(${splitOutside(inside!).map(trinoType).join(", ")})`;
  if (kind === "STRUCT") {
    const fields = splitOutside(inside!).map((field) => {
      const [, name, of] = /^("(?:[^"]|"")*"|\S+) (.*)$/.exec(field)!;
      return `${name} ${trinoType(of!)}`;
    });
    return `ROW(${fields.join(", ")})`;
  }
  throw new TypeError(
    `Cannot make a table in Trino: a column's type must be one that Trino has, current value is ${type}`,
  );
}

/** Splits at commas that stand outside of brackets and quotes. */
function splitOutside(text: string): string[] {
  const parts = [""];
  let depth = 0, quoted = false;
  for (const letter of text) {
    if (letter === '"') quoted = !quoted;
    if (!quoted && letter === "(") depth++;
    if (!quoted && letter === ")") depth--;
    if (!quoted && depth === 0 && letter === ",") parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}
