import { z } from "zod";
import { suggest } from "../../core/mod.ts";

/** A mistake in a file: where, what the rule is, what stands there. */
export interface Mistake {
  /** Keys from the top, joined by points. */
  readonly key: string;
  /** What the value must be. */
  readonly rule: string;
  /** What stands there, as JSON; undefined where nothing does. */
  readonly value: unknown;
  /** What was probably meant, of a wrong key. */
  readonly advice?: string;
}

/** What a person did wrong, one sentence's parts for each issue that zod found; wrong keys get their nearest ones. */
export function explainIssues(
  schema: z.ZodType,
  data: unknown,
  issues: readonly z.core.$ZodIssue[],
): Mistake[] {
  return issues.flatMap((issue) => {
    const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], data);
    const key = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") {
      return [{ key: key || "the file", rule: ruleOf(issue, value), value }];
    }
    return issue.keys.map((wrong) => ({
      key: [...issue.path, wrong].join("."),
      rule: "a known key",
      value: (value as Record<string, unknown>)[wrong],
      advice: suggest(wrong, keysAt(schema, issue.path)),
    }));
  });
}

/** All mistakes as one message: "Cannot read <file>: <key> must be <rule>, current value is <value>", a line each. */
export function mistakesText(file: string, mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ key, rule, value, advice }) =>
    `${key} must be ${rule}, current value is ${JSON.stringify(value) ?? "missing"}${
      advice ? `; ${advice}` : ""
    }`
  );
  return `Cannot read ${file}: ${lines.join("\n  ")}`;
}

function ruleOf(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return value === undefined ? `given, ${kind(issue.expected)}` : kind(issue.expected);
    case "too_small":
      return `${sizeOf(issue.origin)}${issue.inclusive ? "at least" : "above"} ${issue.minimum}`;
    case "too_big":
      return `${sizeOf(issue.origin)}${issue.inclusive ? "at most" : "below"} ${issue.maximum}`;
    case "invalid_value":
      return issue.values.length === 1
        ? JSON.stringify(issue.values[0])
        : `one of ${issue.values.map((v) => JSON.stringify(v)).join(", ")}`;
    default:
      return issue.message; // our own words, of `regex` and `refine`
  }
}

function sizeOf(origin: string): string {
  return origin === "array" || origin === "string" ? "of length " : "";
}

function kind(expected: string): string {
  const words: Record<string, string> = {
    int: "a whole number",
    number: "a number",
    string: "text",
    boolean: "true or false",
    object: "keys with values",
    array: "a list",
  };
  return words[expected] ?? expected;
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const inner = path.reduce<z.ZodType | undefined>((at, key) => shapeOf(at)?.[String(key)], schema);
  return Object.keys(shapeOf(inner) ?? {});
}

function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> | undefined {
  let at: unknown = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodPrefault) {
    at = at.unwrap();
  }
  return at instanceof z.ZodObject ? at.shape as Record<string, z.ZodType> : undefined;
}
