import { ensure, suggest } from "../../core/mod.ts";
import type { BusinessRule, CompiledRule, Schema, SchemaInput } from "./declaration.ts";
import { type Expression, parseExpression } from "./expression.ts";
import { schemaShape } from "./shape.ts";
import { resolveTypes } from "./types.ts";

/**
 * Declares what a table must hold.
 *
 * @throws {TypeError} If the declaration is malformed, or a rule compares what cannot be compared.
 * @throws {RangeError} If a key, a rule or a strategy names a column that is not declared.
 * @throws {SyntaxError} If a rule cannot be read.
 *
 * @example
 * ```ts
 * import { schema } from "credible/data";
 * const accounts = schema({
 *   columns: {
 *     account: { type: "text", required: true },
 *     status: { type: "category", levels: ["trial", "customer"] },
 *     mrr: { type: "number", min: 0 },
 *     users: { type: "number", integer: true },
 *     actions: { type: "number", integer: true },
 *   },
 *   key: ["account"],
 *   duplicates: "mostComplete",
 *   rules: ["actions >= users", { name: "MRR > 0 for customers", check: "mrr > 0", where: "status = 'customer'" }],
 * });
 * ```
 */
export function schema<const Name extends string>(input: SchemaInput<Name>): Schema {
  const { columns, key = [], duplicates = "error", rules = [] } = schemaShape(input, "make a schema");
  const named = [...key, ...(typeof duplicates === "object" ? [duplicates.latest] : [])];
  for (const name of named) {
    if (!Object.hasOwn(columns, name)) {
      throw new RangeError(
        `Cannot make a schema: column ${JSON.stringify(name)} is not declared, ${
          suggest(name, Object.keys(columns))
        }`,
      );
    }
  }
  ensure(
    key.length > 0 || duplicates === "error",
    "make a schema",
    "key",
    "given to resolve duplicates",
    "none",
    TypeError,
  );
  return {
    columns,
    key,
    duplicates,
    rules: rules.map((rule) => compileRule(typeof rule === "string" ? { check: rule } : rule, columns)),
  };
}

function compileRule(rule: BusinessRule, columns: Schema["columns"]): CompiledRule {
  const read = (source: string): Expression => resolveTypes(parseExpression(source), columns, source);
  const name = rule.name ?? (rule.where === undefined ? rule.check : `${rule.check} where ${rule.where}`);
  return {
    name,
    check: read(rule.check),
    ...(rule.where === undefined ? {} : { where: read(rule.where) }),
  };
}
