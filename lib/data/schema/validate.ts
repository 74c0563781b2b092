import { type Check, check, DISPLAY, type Displayable, notApplicable } from "../../core/mod.ts";
import { withTable } from "../duckdb.ts";
import { maskColumn, personalKind } from "../personal.ts";
import { categoryColumn, type Column, Table } from "../table.ts";
import { cellText, convertColumn } from "./convert.ts";
import type { Schema } from "./declaration.ts";
import { resolveDuplicates } from "./duplicates.ts";
import { showValidation } from "./show.ts";
import { type Demand, demandsOf, type Stored, violationsSql } from "./sql.ts";

/** Options of {@linkcode validate}. */
export interface ValidateOptions {
  /**
   * What happens to rows that break a demand: `throw` stops, `drop` leaves them out and counts them, `keep` lets them
   * through (a cell of another type becomes missing). @default {"throw"}
   */
  readonly onViolation?: "throw" | "drop" | "keep";
}

/** What came of holding a table against a schema. */
export interface Validation extends Displayable {
  /** The rows that stay, with columns of the declared types. */
  readonly table: Table;
  /** One row a violation: `row` (position in the table that came in, from 0), `column`, `rule`, `value`. */
  readonly rejects: Table;
  /** Rows that came in. */
  readonly rows: number;
  /** Rows with a violation. */
  readonly violating: number;
  /** Rows left out as duplicates of a row that stays. */
  readonly duplicates: number;
  /** One check a demand, in the order of the schema; its value is the count of violations. */
  readonly checks: readonly Check[];
}

/**
 * Holds a table against a schema: one SQL statement finds every violation.
 *
 * @throws {RangeError} Where `onViolation` is `throw`: with the first violation and their count, or with a column that is
 * declared as required, or is of the key, and absent. Otherwise an absent column is a failing check.
 *
 * @example
 * ```ts
 * import { query, schema, validate } from "credible/data";
 * const logins = await query("SELECT * FROM (VALUES ('a', 3, 5), ('b', 4, 2)) t(shop, users, actions)");
 * const sound = schema({
 *   columns: { shop: { type: "text" }, users: { type: "number", min: 0 }, actions: { type: "number" } },
 *   rules: ["actions >= users"],
 * });
 * const { table, rejects } = await validate(logins, sound, { onViolation: "drop" });
 * [table.rows, rejects.rows]; // [1, 1]
 * ```
 */
export async function validate(
  table: Table,
  schema: Schema,
  options: ValidateOptions = {},
): Promise<Validation> {
  const { onViolation = "throw" } = options;
  const stored: Stored = Object.fromEntries(table.columns.map((column) => [column.name, column.kind]));
  const demands = demandsOf(schema, stored);
  const found = await withTable(
    table,
    (engine, name) => engine.query(violationsSql(schema, name, stored, demands)),
  );
  const rows = found.numbers("row"), places = found.numbers("demand");
  const rejects = rejectsOf(table, schema, demands, rows, places);
  const checks = [...absent(schema, stored), ...demands.map((demand, place) => judge(demand, places, place))];
  const broken = new Set(rows);
  if (onViolation === "throw") refuse(table, checks, rejects);
  const stay = onViolation === "drop" ? table.filter((row) => !broken.has(row)) : table;
  const typed = stay.columns.reduce((t, column) => {
    const rule = schema.columns[column.name];
    return rule ? t.with(convertColumn(column, rule)) : t;
  }, stay);
  const { key, duplicates: keep } = schema;
  const named = keep !== "error" && key.every((name) => stored[name]);
  const { table: unique, left } = named
    ? await resolveDuplicates(typed, { key, keep })
    : { table: typed, left: [] };
  const result = {
    table: unique,
    rejects,
    rows: table.rows,
    violating: broken.size,
    duplicates: left.length,
    checks,
  };
  return { ...result, [DISPLAY]: () => showValidation(result, onViolation) };
}

function rejectsOf(
  table: Table,
  schema: Schema,
  demands: readonly Demand[],
  rows: Float64Array,
  places: Float64Array,
): Table {
  const shown = new Map(table.columns.map((column) => [column.name, masked(column, schema)]));
  const texts = Array.from(
    rows,
    (row, i) => demands[places[i]!]!.columns.map((name) => cellText(shown.get(name)!, row)).join(", "),
  );
  const names = demands.map((demand) => demand.columns.join(", "));
  return new Table(`rejects of ${table.name}`, [
    { kind: "number", name: "row", values: rows },
    categoryColumn("column", Array.from(places, (place) => names[place]!)),
    categoryColumn("rule", Array.from(places, (place) => demands[place]!.rule)),
    categoryColumn("value", texts),
  ]);
}

/** Rejects go into pages and messages: what is personal does not. */
function masked(column: Column, schema: Schema): Column {
  const declared = schema.columns[column.name]?.personal;
  return declared === false ? column : maskColumn(column, declared ? "name" : personalKind(column));
}

function judge(demand: Demand, places: Float64Array, place: number): Check {
  const { code, rule, columns } = demand;
  const value = places.reduce((count, other) => count + Number(other === place), 0);
  const advice = value === 0 ? "" : "Look at the rejects: correct the source, or drop these rows and say so.";
  return check({ code, title: rule, value, limit: { below: 1 }, advice, columns });
}

/** Declared columns that the table lacks: a failure where they are needed, else a demand that nobody could make. */
function absent(schema: Schema, stored: Stored): Check[] {
  return Object.entries(schema.columns).filter(([name]) => !Object.hasOwn(stored, name)).map(
    ([name, { required }]) => {
      const title = `${name} is a column`;
      if (!required && !schema.key.includes(name)) {
        return notApplicable("absent", title, "the table has no such column");
      }
      const advice = "Rename the column that is meant, or declare it as not required.";
      return { code: "absent", title, status: "fail", value: "absent", advice, columns: [name] };
    },
  );
}

function refuse(table: Table, checks: readonly Check[], rejects: Table): void {
  const lacking = checks.find(({ code, status }) => code === "absent" && status === "fail");
  if (lacking) {
    throw new RangeError(
      `Cannot use ${table.name}: ${lacking.columns![0]} must be a column, current value is absent`,
    );
  }
  if (rejects.rows === 0) return;
  const [rule, value] = ["rule", "value"].map((name) => cellText(rejects.column(name), 0));
  const more = rejects.rows > 1 ? ` (and ${rejects.rows - 1} more violations)` : "";
  throw new RangeError(
    `Cannot use ${table.name}: row ${rejects.numbers("row")[0]} must keep the rule ${
      JSON.stringify(rule)
    }, ` +
      `current value is ${JSON.stringify(value)}${more}`,
  );
}
