import { suggest } from "../../core/mod.ts";
import type { BinaryOperator, Expression, Literal } from "./expression.ts";
import type { ColumnRule } from "./declaration.ts";

/** What an expression gives. */
export type ValueType = "number" | "text" | "boolean" | "date";

type Columns = Readonly<Record<string, ColumnRule>>;

interface Typed {
  readonly type: ValueType;
  readonly expression: Expression;
}

/**
 * A condition with its text constants turned into moments where they meet dates, once it is sure that every column is
 * declared and like is compared with like: what passes here is valid SQL.
 *
 * @throws {RangeError} If a column is not declared. @throws {TypeError} If types do not fit.
 */
export function resolveTypes(expression: Expression, columns: Columns, source: string): Expression {
  const rule = `Cannot make a schema: the rule ${JSON.stringify(source)}`;
  const { type, expression: resolved } = resolve(expression, columns, rule);
  if (type === "boolean") return resolved;
  throw new TypeError(`${rule} must be true or false, current value is a ${type}`);
}

function resolve(e: Expression, columns: Columns, rule: string): Typed {
  const demand = (wanted: ValueType, operand: Expression): Expression => {
    const { type, expression } = resolve(operand, columns, rule);
    if (type === wanted) return expression;
    throw new TypeError(`${rule} needs a ${wanted} where it has a ${type}`);
  };
  switch (e.kind) {
    case "column":
      return { type: typeOfColumn(e.name, columns, rule), expression: e };
    case "not":
      return { type: "boolean", expression: { ...e, operand: demand("boolean", e.operand) } };
    case "negate":
      return { type: "number", expression: { ...e, operand: demand("number", e.operand) } };
    case "missing":
      return { type: "boolean", expression: { ...e, operand: resolve(e.operand, columns, rule).expression } };
    case "in": {
      const { type, expression: operand } = resolve(e.operand, columns, rule);
      const options = e.options.map((option) => literalAs(type, option, rule));
      return { type: "boolean", expression: { ...e, operand, options } };
    }
    case "binary":
      return binary(e, columns, rule, demand);
    default:
      return { type: e.kind, expression: e };
  }
}

const ARITHMETIC: readonly BinaryOperator[] = ["+", "-", "*", "/"];
const LOGIC: readonly BinaryOperator[] = ["and", "or"];

function binary(
  e: Expression & { kind: "binary" },
  columns: Columns,
  rule: string,
  demand: (wanted: ValueType, operand: Expression) => Expression,
): Typed {
  if (ARITHMETIC.includes(e.operator)) {
    return {
      type: "number",
      expression: { ...e, left: demand("number", e.left), right: demand("number", e.right) },
    };
  }
  if (LOGIC.includes(e.operator)) {
    return {
      type: "boolean",
      expression: { ...e, left: demand("boolean", e.left), right: demand("boolean", e.right) },
    };
  }
  const left = resolve(e.left, columns, rule), right = resolve(e.right, columns, rule);
  const type = left.type === "date" || right.type === "date" ? "date" : left.type;
  const side = (s: Typed): Expression => {
    if (s.type === type) return s.expression;
    if (type === "date" && s.expression.kind === "text") return literalAs("date", s.expression, rule);
    throw new TypeError(`${rule} compares a ${left.type} with a ${right.type}`);
  };
  return { type: "boolean", expression: { ...e, left: side(left), right: side(right) } };
}

function typeOfColumn(name: string, columns: Columns, rule: string): ValueType {
  const declared = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (declared) return declared.type === "category" ? "text" : declared.type;
  const hint = suggest(name, Object.keys(columns));
  throw new RangeError(`${rule} reads ${JSON.stringify(name)}, which is not declared: ${hint}`);
}

function literalAs(type: ValueType, literal: Literal, rule: string): Literal {
  if (literal.kind === type) return literal;
  if (type === "date" && literal.kind === "text") {
    const value = parseMoment(literal.value);
    if (!Number.isNaN(value)) return { kind: "date", value };
    throw new TypeError(
      `${rule} needs a date such as '2024-02-29' where it has ${JSON.stringify(literal.value)}`,
    );
  }
  throw new TypeError(`${rule} compares a ${type} with a ${literal.kind}`);
}

/** A date or moment in ISO 8601 (UTC where it names no zone) as milliseconds since 1970; NaN if it is none, as 30 February. */
export function parseMoment(text: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?)?$/.exec(text.trim());
  if (!parts) return NaN;
  const [, day, time = "00:00"] = parts;
  const moment = Date.parse(`${day}T${time}Z`);
  // Date.parse rolls 30 February over to March in some engines: the day must come back as it went in.
  return Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== day ? NaN : moment;
}
