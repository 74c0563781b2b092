import { z } from "zod";
import type { SchemaInput } from "./declaration.ts";
import { parseMoment } from "./types.ts";

const base = {
  required: z.boolean().optional(),
  unique: z.boolean().optional(),
  personal: z.boolean().optional(),
};
const moment = z.string().refine((text) => !Number.isNaN(parseMoment(text)), "a date such as 2024-02-29");

const column = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("number"),
    ...base,
    min: z.number().optional(),
    max: z.number().optional(),
    integer: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal("text"),
    ...base,
    pattern: z.string().refine(isPattern, "a regular expression").optional(),
  }),
  z.strictObject({ type: z.literal("category"), ...base, levels: z.array(z.string()).min(1) }),
  z.strictObject({ type: z.literal("boolean"), ...base }),
  z.strictObject({ type: z.literal("date"), ...base, min: moment.optional(), max: moment.optional() }),
]);

const shape = z.strictObject({
  columns: z.record(z.string(), column),
  key: z.array(z.string()).optional(),
  duplicates: z.union([
    z.enum(["error", "first", "last", "mostComplete"]),
    z.strictObject({ latest: z.string() }),
  ]).optional(),
  rules: z.array(z.union([
    z.string(),
    z.strictObject({ check: z.string(), where: z.string().optional(), name: z.string().optional() }),
  ])).optional(),
});

/**
 * The input once its shape is right; anything may come in, as YAML does.
 *
 * @throws {TypeError} That names the key, the rule and the value.
 */
export function schemaShape(input: unknown, action: string): SchemaInput {
  const result = shape.safeParse(input);
  if (result.success) return result.data as SchemaInput;
  const issue = result.error.issues[0]!;
  const at = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown>)?.[key],
    input,
  );
  const where = issue.path.length === 0 ? "the declaration" : issue.path.join(".");
  throw new TypeError(
    `Cannot ${action}: ${where} must be right (${issue.message}), current value is ${JSON.stringify(at)}`,
  );
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}
