import type { Column } from "../table.ts";
import type { ColumnRule, CompiledRule, DateRule, NumberRule, Schema } from "./declaration.ts";
import { columnsOf, type Expression, type Literal } from "./expression.ts";
import { sqlName, sqlText } from "../engine.ts";
import { parseMoment } from "./types.ts";

/** One demand of a schema, as rejects name it. */
export interface Demand {
  /** Stable short name of the kind: `type`, `required`, `range`, `integer`, `levels`, `pattern`, `unique`, `key`, `rule`. */
  readonly code: string;
  /** What must hold, in words. */
  readonly rule: string;
  /** The columns that it reads. */
  readonly columns: readonly string[];
  /** SQL that is true for a row that breaks it; a row where it is NULL keeps it. */
  readonly broken: string;
}

/** How each column of the relation is stored. */
export type Stored = Readonly<Record<string, Column["kind"]>>;

/** Numbers in plain notation: what text may look like where a number is declared. RE2 and JavaScript read it alike. */
export const NUMBER_PATTERN = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?";
const MOMENT_PATTERN = "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,3})?)?Z?)?";

/**
 * What a schema demands of the columns that a relation has, in the order of the declaration. Demands on a column that is
 * absent are left out: that the column is absent is trouble of its own.
 */
export function demandsOf(schema: Schema, stored: Stored): Demand[] {
  const has = (name: string): boolean => Object.hasOwn(stored, name);
  const all = (names: readonly string[]): boolean => names.every(has);
  const rulesRead = ({ check, where }: CompiledRule): string[] => [
    ...new Set([...columnsOf(check), ...(where ? columnsOf(where) : [])]),
  ];
  return [
    ...Object.entries(schema.columns).filter(([name]) => has(name))
      .flatMap(([name, rule]) => columnDemands(name, rule, stored)),
    ...(schema.key.length > 0 && all(schema.key) ? keyDemands(schema) : []),
    ...schema.rules.filter((rule) => all(rulesRead(rule))).map((rule) => ({
      code: "rule",
      rule: rule.name,
      columns: rulesRead(rule),
      broken: `${rule.where ? `(${sqlOf(rule.where)}) AND ` : ""}NOT (${sqlOf(rule.check)})`,
    })),
  ];
}

/**
 * One statement that gives `row` (its position, from 0) and `demand` (its place in the list) of every violation, by row.
 *
 * @param relation SQL of what to read: a quoted table name, or a call such as `read_parquet('…')`.
 */
export function violationsSql(
  schema: Schema,
  relation: string,
  stored: Stored,
  demands = demandsOf(schema, stored),
): string {
  const names = Object.keys(schema.columns).filter((name) => Object.hasOwn(stored, name));
  const columns = names.flatMap((name) => {
    const { value, raw } = cells(name);
    const source = sqlName(name);
    return [
      `${present(source, stored[name]!)} AS ${raw}`,
      `${typed(schema.columns[name]!, stored[name]!, raw)} AS ${value}`,
    ];
  });
  const marks = demands.map(({ broken }, place) => `CASE WHEN ${broken} THEN ${place} END`);
  return `
    WITH typed AS (
      SELECT ${["row_number() OVER () - 1 AS row", ...columns].join(",\n        ")}
      FROM ${relation}
    ), marked AS (
      SELECT row, [${["NULL::INTEGER", ...marks].join(",\n        ")}] AS demands
      FROM typed
    ), listed AS (
      SELECT row, unnest(list_filter(demands, lambda demand: demand IS NOT NULL)) AS demand
      FROM marked
    )
    SELECT row::DOUBLE AS row, demand::DOUBLE AS demand FROM listed ORDER BY row, demand`;
}

/** The two names under which a statement holds a column: as it is stored, and as it is declared. */
function cells(name: string): { raw: string; value: string } {
  return { raw: sqlName(`raw ${name}`), value: sqlName(`value ${name}`) };
}

/** A stored cell, NULL where it is missing. */
function present(source: string, kind: Column["kind"]): string {
  if (kind === "number") return `CASE WHEN NOT isnan(${source}) THEN ${source}::DOUBLE END`;
  return kind === "date" ? milliseconds(source) : `${source}::VARCHAR`;
}

/** A moment in milliseconds since 1970; DuckDB's infinite ones become NaN: there, but no date. */
function milliseconds(moment: string): string {
  return `CASE WHEN isfinite(${moment}) THEN epoch_us(${moment}) / 1000 WHEN ${moment} IS NOT NULL THEN 'nan'::DOUBLE END`;
}

/** A stored cell as what is declared, NULL where it is missing or something else. */
function typed({ type }: ColumnRule, kind: Column["kind"], raw: string): string {
  const when = (condition: string, value: string): string => `CASE WHEN ${condition} THEN ${value} END`;
  const whole = `isfinite(${raw}) AND ${raw} = trunc(${raw}) AND abs(${raw}) < 1e15`;
  switch (`${type} in ${kind}`) {
    case "number in number":
      return when(`isfinite(${raw})`, raw);
    case "number in category":
      return when(`regexp_full_match(trim(${raw}), '${NUMBER_PATTERN}')`, `TRY_CAST(trim(${raw}) AS DOUBLE)`);
    case "text in category":
    case "category in category":
      return raw;
    case "date in date":
      return when(`isfinite(${raw})`, raw);
    case "text in number":
    case "category in number":
      return when(whole, `${raw}::BIGINT::VARCHAR`);
    case "boolean in category":
      return when(`lower(${raw}) IN ('true', 'false')`, `lower(${raw}) = 'true'`);
    case "boolean in number":
      return when(`${raw} IN (0, 1)`, `${raw} = 1`);
    case "date in category":
      return when(
        `regexp_full_match(trim(${raw}), '${MOMENT_PATTERN}')`,
        milliseconds(`TRY_CAST(rtrim(trim(${raw}), 'Z') AS TIMESTAMP)`),
      );
    default:
      return type === "number" || type === "date"
        ? "NULL::DOUBLE"
        : type === "boolean"
        ? "NULL::BOOLEAN"
        : "NULL::VARCHAR";
  }
}

function columnDemands(name: string, rule: ColumnRule, stored: Stored): Demand[] {
  const { raw, value } = cells(name);
  const demands: Demand[] = [];
  const demand = (code: string, words: string, broken: string): void => {
    demands.push({ code, rule: `${name} ${words}`, columns: [name], broken });
  };
  demand("type", `is ${TYPE_WORDS[rule.type]}`, `${raw} IS NOT NULL AND ${value} IS NULL`);
  if (rule.required) demand("required", "is present", `${raw} IS NULL`);
  if (rule.type === "number" || rule.type === "date") range(rule, value, demand);
  if (rule.type === "number" && rule.integer) demand("integer", "is whole", `${value} != trunc(${value})`);
  if (rule.type === "category") {
    const levels = rule.levels.map(sqlText).join(", ");
    demand("levels", `is one of ${rule.levels.join(", ")}`, `${value} NOT IN (${levels})`);
  }
  if (rule.type === "text" && rule.pattern !== undefined) {
    demand(
      "pattern",
      `matches ${rule.pattern}`,
      `NOT regexp_full_match(${value}, ${sqlText(rule.pattern)})`,
    );
  }
  if (rule.unique) {
    demand("unique", "is unique", `${value} IS NOT NULL AND count(*) OVER (PARTITION BY ${value}) > 1`);
  }
  return stored[name] === undefined ? [] : demands;
}

const TYPE_WORDS: Record<ColumnRule["type"], string> = {
  number: "a number",
  text: "text",
  category: "text",
  boolean: "true or false",
  date: "a date",
};

function range(
  rule: NumberRule | DateRule,
  value: string,
  demand: (code: string, words: string, sql: string) => void,
): void {
  const { min, max } = rule;
  if (min === undefined && max === undefined) return;
  const words = min === undefined
    ? `is ${max} or less`
    : max === undefined
    ? `is ${min} or more`
    : `is in [${min}, ${max}]`;
  const bound = (limit: number | string): string =>
    numberLiteral(typeof limit === "string" ? parseMoment(limit) : limit);
  const sides = [
    ...(min === undefined ? [] : [`${value} < ${bound(min)}`]),
    ...(max === undefined ? [] : [`${value} > ${bound(max)}`]),
  ];
  demand("range", words, sides.join(" OR "));
}

function keyDemands({ key, duplicates }: Schema): Demand[] {
  const values = key.map((name) => cells(name).value);
  const known = values.map((value) => `${value} IS NOT NULL`).join(" AND ");
  const name = key.join(", ");
  const present: Demand = {
    code: "key",
    rule: `key (${name}) is present`,
    columns: key,
    broken: `NOT (${known})`,
  };
  if (duplicates !== "error") return [present];
  const twice = `${known} AND count(*) OVER (PARTITION BY ${values.join(", ")}) > 1`;
  return [present, { code: "key", rule: `key (${name}) is unique`, columns: key, broken: twice }];
}

/** An expression whose types were resolved, as SQL over the typed cells. */
function sqlOf(e: Expression): string {
  switch (e.kind) {
    case "column":
      return cells(e.name).value;
    case "not":
      return `(NOT ${sqlOf(e.operand)})`;
    case "negate":
      return `(- ${sqlOf(e.operand)})`;
    case "missing":
      return `(${sqlOf(e.operand)} IS NULL)`;
    case "in":
      return `(${sqlOf(e.operand)} IN (${e.options.map(literalSql).join(", ")}))`;
    case "binary": {
      // Division by zero is missing, whatever the engine's setting.
      const right = e.operator === "/" ? `nullif(${sqlOf(e.right)}, 0)` : sqlOf(e.right);
      return `(${sqlOf(e.left)} ${e.operator.toUpperCase()} ${right})`;
    }
    default:
      return literalSql(e);
  }
}

function literalSql(literal: Literal): string {
  if (literal.kind === "text") return sqlText(literal.value);
  return literal.kind === "boolean" ? String(literal.value).toUpperCase() : numberLiteral(literal.value);
}

function numberLiteral(value: number): string {
  return `'${value}'::DOUBLE`;
}
