import type { QueryResult, Trino } from "trino-client";
import { ensure } from "../core/mod.ts";
import { type SqlEngine, sqlText, type SqlValue } from "./engine.ts";
import { categoryColumn, type Column, Table } from "./table.ts";

/** Options of {@linkcode trino}. */
export interface TrinoOptions {
  /** Where the coordinator answers, e.g. `http://127.0.0.1:8080`. */
  readonly server: string;
  /** Who asks. @default {"credible"} */
  readonly user?: string;
  /** What tables are looked up in that are named without it. @default {"hive"} */
  readonly catalog?: string;
  /** What tables are looked up in that are named by their name alone. @default {"default"} */
  readonly schema?: string;
}

/** A Trino cluster behind the interface that DuckDB serves. */
export interface TrinoEngine extends SqlEngine {
  /** Trino's own SQL. */
  readonly dialect: "trino";
}

/**
 * A Trino cluster, for what is beyond one machine. Values are bound to `?` only; columns come out as {@linkcode SqlEngine} says, lists, maps
 * and structures as JSON, bytes as hexadecimal digits.
 *
 * @throws {SyntaxError} From its queries, if Trino refuses them, with Trino's words and the statement.
 *
 * @example
 * ```ts
 * import { trino } from "credible/data";
 * const cluster = await trino({ server: "http://127.0.0.1:8080" });
 * cluster.dialect; // "trino"; nothing is asked of the server yet
 * ```
 */
export async function trino(options: TrinoOptions): Promise<TrinoEngine> {
  const { server, user = "credible", catalog = "hive", schema = "default" } = options;
  ensure(/^https?:\/\//.test(server), "reach Trino", "server", "an address of http or https", server);
  const { BasicAuth, Trino } = await import("trino-client");
  // Typed columns come from a SELECT around the query: without this Trino would drop the ORDER BY inside it.
  const session = { skip_redundant_sort: "false" };
  const client = Trino.create({ server, catalog, schema, session, auth: new BasicAuth(user) });
  return {
    dialect: "trino",
    query: (sql, values) => read(client, bind(sql, values)),
    execute: async (sql, values) => void await run(client, immediate(bind(sql, values))),
  };
}

/** A statement with the values of its `?`. */
interface Bound {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

function bind(sql: string, values: readonly SqlValue[] = []): Bound {
  return { sql: sql.trim().replace(/;$/, ""), values };
}

function immediate({ sql, values }: Bound): string {
  return values.length === 0
    ? sql
    : `EXECUTE IMMEDIATE ${sqlText(sql)} USING ${values.map(literal).join(", ")}`;
}

function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return sqlText(value);
  if (typeof value !== "number" || Number.isSafeInteger(value)) return String(value);
  return Number.isFinite(value) ? value.toExponential() : `DOUBLE '${value}'`;
}

/** What a query answers: names, types and rows of JSON values. */
interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

async function run(client: Trino, sql: string): Promise<Answer> {
  let columns: Answer["columns"] = [];
  const rows: unknown[][] = [];
  const take = (page: QueryResult): void => {
    if (page.error) throw new SyntaxError(`Cannot run the SQL: ${page.error.message}\n  in: ${sql}`);
    columns = page.columns ?? columns;
    for (const row of page.data ?? []) rows.push(row);
  };
  for await (const page of await client.query(sql)) take(page);
  return { columns, rows };
}

/** Asks for the types first, then for each column in a form that JSON carries exactly. */
async function read(client: Trino, { sql, values }: Bound): Promise<Table> {
  const { columns } = await run(client, immediate({ sql: `SELECT * FROM (${sql}) LIMIT 0`, values }));
  const wires = columns.map(({ type }) => wireOf(type));
  const names = columns.map((_, k) => `c${k}`);
  const selected = wires.map(({ sent }, k) => sent(names[k]!)).join(", ");
  const all = { sql: `SELECT ${selected} FROM (${sql}) AS result (${names.join(", ")})`, values };
  const { rows } = await run(client, immediate(all));
  return new Table("query", columns.map(({ name }, k) => wires[k]!.column(name, rows.map((row) => row[k]))));
}

/** How values of a type travel: the SQL that is sent, and the column that is made of what arrives. */
interface Wire {
  readonly sent: (column: string) => string;
  readonly column: (name: string, values: readonly unknown[]) => Column;
}

function cast(type: string): Wire["sent"] {
  return (column) => `CAST(${column} AS ${type})`;
}

const NUMBER: Wire = { sent: cast("DOUBLE"), column: numberColumn };
const TEXT: Wire = {
  sent: cast("VARCHAR"),
  column: (name, values) => categoryColumn(name, values as readonly (string | null)[]),
};
const WHOLE: Wire = {
  sent: TEXT.sent,
  column: (name, values) =>
    values.every((value) => value === null || Number.isSafeInteger(Number(value)))
      ? numberColumn(name, values)
      : TEXT.column(name, values),
};
const TRUTH: Wire = {
  sent: (column) => column,
  column: (name, values) => ({
    kind: "category",
    name,
    codes: Int32Array.from(values, (value) => value === null ? -1 : Number(value)),
    levels: ["false", "true"],
  }),
};
const BYTES: Wire = { ...TEXT, sent: (column) => `to_hex(${column})` };
const JSON_TEXT: Wire = { ...TEXT, sent: (column) => `json_format(CAST(${column} AS JSON))` };

function moment(asTimestamp: Wire["sent"]): Wire {
  return {
    sent: (column) => `CAST(CAST(${asTimestamp(column)} AS TIMESTAMP(6)) AS VARCHAR)`,
    column: (name, values) => ({
      kind: "date",
      name,
      values: Float64Array.from(values, (value) => value === null ? NaN : milliseconds(value as string)),
    }),
  };
}

const MOMENT = moment((column) => column);
const ZONED = moment((column) => `${column} AT TIME ZONE 'UTC'`);

function wireOf(type: string): Wire {
  if (/^(tinyint|smallint|integer|real|double|decimal\b.*)$/.test(type)) return NUMBER;
  if (type === "bigint") return WHOLE;
  if (type === "boolean") return TRUTH;
  if (type === "varbinary") return BYTES;
  if (/^timestamp.* with time zone$/.test(type)) return ZONED;
  if (/^(date|timestamp.*)$/.test(type)) return MOMENT;
  return /^(array|map|row|json)\b/.test(type) ? JSON_TEXT : TEXT;
}

/** NaN and the infinite arrive as texts. */
function numberColumn(name: string, values: readonly unknown[]): Column {
  return { kind: "number", name, values: Float64Array.from(values, (v) => v === null ? NaN : Number(v)) };
}

/** `2026-01-31 08:15:00.123456` in milliseconds since 1970 UTC. */
function milliseconds(text: string): number {
  const [whole, fraction = ""] = text.split(".");
  return Date.parse(`${whole!.replace(" ", "T")}Z`) + Number(fraction.padEnd(6, "0")) / 1000;
}
