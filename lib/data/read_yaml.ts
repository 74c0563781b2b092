import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { suggest } from "../core/mod.ts";

/** A key whose value breaks a rule. */
export interface YamlMistake {
  /** Keys from the top, joined by points. */
  readonly key: string;
  /** What the value must be: "a whole number", "one of …". */
  readonly rule: string;
  /** What stands there; undefined where nothing does. */
  readonly value: unknown;
  /** What was probably meant. */
  readonly advice?: string;
}

/** What a file must hold: a schema of zod. */
export interface YamlSchema<T> {
  /** What was read, with defaults filled in, or every issue. */
  safeParse(
    data: unknown,
  ): { readonly success: boolean; readonly data?: T | undefined; readonly error?: unknown };
}

/**
 * Reads a person's YAML by a schema. All mistakes are told at once, a line each: "<key> must be <rule>, current value is <value>"; a key
 * that is not known gets its nearest ones. A message given to the schema is the rule; where there is none, the rule is made from the schema.
 *
 * @param file Its name in messages.
 * @param between Rules between keys, looked at once each key keeps its own.
 * @throws {SyntaxError} If it is not YAML, or breaks a rule.
 *
 * @example
 * ```ts
 * import { readYaml } from "credible/data";
 * import { z } from "zod";
 * const schema = z.strictObject({ seed: z.int(), rows: z.number().min(1) });
 * try {
 *   readYaml(schema, "sead: 7\nrows: 0", "study.yaml");
 * } catch (error) {
 *   // Cannot read study.yaml: seed must be given, a number, current value is missing
 *   //   rows must be at least 1, current value is 0
 *   //   sead must be a known key, current value is 7; did you mean "seed"?
 *   console.log((error as Error).message);
 * }
 * ```
 */
export function readYaml<T>(
  schema: YamlSchema<T>,
  yaml: string,
  file: string,
  between: (data: T) => readonly YamlMistake[] = () => [],
): T {
  const data = parse(yaml, file), rules = schema as z.ZodType<T>;
  const read = rules.safeParse(data, { error: ruleOf });
  const mistakes = read.success
    ? between(read.data)
    : read.error.issues.flatMap((issue) => explain(rules, data, issue));
  if (read.success && mistakes.length === 0) return read.data;
  throw new SyntaxError(`Cannot read ${file}: ${mistakes.map(sentence).join("\n  ")}`);
}

function parse(yaml: string, file: string): unknown {
  const lineCounter = new LineCounter(), document = parseDocument(yaml, { lineCounter });
  const [broken] = document.errors;
  if (!broken) return document.toJS();
  const { line } = lineCounter.linePos(broken.pos[0]);
  const why = broken.message.split("\n")[0]!.replace(/ at line \d+.*$/, "");
  throw new SyntaxError(`Cannot read ${file}: line ${line} must be YAML: ${why}`);
}

function sentence({ key, rule, value, advice }: YamlMistake): string {
  const text = `${key} must be ${rule}, current value is ${JSON.stringify(value) ?? "missing"}`;
  return advice === undefined ? text : `${text}; ${advice}`;
}

function explain(schema: z.ZodType, data: unknown, issue: z.core.$ZodIssue): YamlMistake[] {
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], data);
  if (issue.code !== "unrecognized_keys") {
    return [{ key: issue.path.join(".") || "the file", rule: issue.message, value }];
  }
  return issue.keys.map((wrong) => ({
    key: [...issue.path, wrong].join("."),
    rule: "a known key",
    value: (value as Record<string, unknown>)[wrong],
    advice: suggest(wrong, keysAt(schema, issue.path)),
  }));
}

/** The rule that was broken, in words; undefined leaves it to zod. */
function ruleOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type": {
      const kind = KINDS[issue.expected] ?? issue.expected;
      return issue.input === undefined ? `given, ${kind}` : kind;
    }
    case "too_small":
      return `${sized(issue.origin)}${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `${sized(issue.origin)}${issue.inclusive === false ? "below" : "at most"} ${issue.maximum}`;
    case "invalid_value":
      return `${issue.values.length > 1 ? "one of " : ""}${
        issue.values.map((v) => JSON.stringify(v)).join(", ")
      }`;
    default:
      return undefined;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "text",
  boolean: "true or false",
  object: "keys with values",
  array: "a list",
};

function sized(origin: string): string {
  return origin === "array" || origin === "string" ? "of length " : "";
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const at = path.reduce<z.ZodType | undefined>((s, key) => shapeOf(s)?.[String(key)], schema);
  return Object.keys(shapeOf(at) ?? {});
}

function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> | undefined {
  let inner: unknown = schema;
  for (;;) {
    if (inner instanceof z.ZodPipe) inner = inner.out; // what z.preprocess makes
    else if (inner instanceof z.ZodExactOptional) inner = inner.unwrap();
    else if (
      inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault
    ) {
      inner = inner.unwrap();
    } else break;
  }
  return inner instanceof z.ZodObject ? inner.shape as Record<string, z.ZodType> : undefined;
}
