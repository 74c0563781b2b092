import { ensure } from "../../core/mod.ts";
import { withTable } from "../duckdb.ts";
import { sqlName } from "../engine.ts";
import type { Table } from "../table.ts";
import type { DuplicateStrategy } from "./declaration.ts";

/** Options of {@linkcode resolveDuplicates}. */
export interface DuplicateOptions {
  /** The columns that together name a row. Rows where one of them is missing are nobody's duplicate. */
  readonly key: readonly string[];
  /** Which row of one key stays. */
  readonly keep: DuplicateStrategy;
}

/** What {@linkcode resolveDuplicates} returns. */
export interface Resolved {
  /** One row a key, in the order of the table. */
  readonly table: Table;
  /** The positions of the rows that are left out, ascending. */
  readonly left: readonly number[];
}

/**
 * Leaves one row a key. Rows keep their order; ties go to the first of them.
 *
 * @throws {RangeError} If a column is not there, or two rows share a key where `keep` is `error`.
 *
 * @example
 * ```ts
 * import { query, resolveDuplicates } from "credible/data";
 * const accounts = await query("SELECT * FROM (VALUES (1, NULL), (1, 'Bonn'), (2, NULL)) t(id, city)");
 * const { table } = await resolveDuplicates(accounts, { key: ["id"], keep: "mostComplete" });
 * table.categories("city").levels; // ["Bonn"]
 * ```
 */
export async function resolveDuplicates(table: Table, options: DuplicateOptions): Promise<Resolved> {
  const { key, keep } = options;
  ensure(key.length > 0, "resolve duplicates", "key", "one column or more", "none");
  for (const name of [...key, ...(typeof keep === "object" ? [keep.latest] : [])]) table.column(name);
  const order = rank(table, keep);
  const found = await withTable(table, (engine, name) =>
    engine.query(`
    SELECT rowid::DOUBLE AS row FROM ${name}
    WHERE ${key.map((column) => `${sqlName(column)} IS NOT NULL`).join(" AND ")}
    QUALIFY row_number() OVER (PARTITION BY ${key.map(sqlName).join(", ")} ORDER BY ${order}) > 1
    ORDER BY rowid`));
  const left = [...found.numbers("row")];
  ensure(
    left.length === 0 || keep !== "error",
    `use ${table.name}`,
    `the key (${key.join(", ")})`,
    "unique",
    `the same in row ${left[0]} as in an earlier one (rows counted from 0)`,
  );
  if (left.length === 0) return { table, left };
  const gone = new Set(left);
  return { table: table.filter((row) => !gone.has(row)), left };
}

/** The order in which rows of one key compete; the first stays. */
function rank(table: Table, keep: DuplicateStrategy): string {
  if (typeof keep === "object") return `${sqlName(keep.latest)} DESC NULLS LAST, rowid`;
  if (keep === "last") return "rowid DESC";
  if (keep !== "mostComplete") return "rowid";
  return `${table.names.map((name) => `(${sqlName(name)} IS NULL)::INTEGER`).join(" + ")}, rowid`;
}
