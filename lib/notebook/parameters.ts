/**
 * Parameters as papermill has them: a cell tagged `parameters` declares names with defaults, values given for a run are
 * assigned by a cell tagged `injected-parameters` right after it.
 *
 * @see https://papermill.readthedocs.io/en/latest/usage-parameterize.html
 * @module
 */
import { ensure, suggest } from "../core/mod.ts";
import type { Cell, Notebook } from "./format.ts";
import { parseSource } from "./source.ts";

/** What a parameter holds; `any` where neither a type nor the default says it. */
export type ParameterKind = "number" | "string" | "boolean" | "array" | "object" | "any";

/** A parameter that a notebook declares. */
export interface Parameter {
  /** The name that the cell declares. */
  readonly name: string;
  /** What it holds, by its written type or its default. */
  readonly kind: ParameterKind;
  /** Whether null is a value, by its type or its default. */
  readonly nullable: boolean;
  /** The default as it is written. */
  readonly default: string;
}

/**
 * The parameters that a notebook declares: each `let name = default` of its cell tagged `parameters`.
 *
 * @throws {SyntaxError} If that cell does not parse.
 * @throws {TypeError} If it declares one by `const`: an injected cell could not assign it.
 */
export function parametersOf(notebook: Notebook): Parameter[] {
  const cell = notebook.cells.find(isParametersCell);
  if (!cell) return [];
  const parsed = parseSource(cell.source);
  if ("problem" in parsed) {
    const { message, line } = parsed.problem;
    throw new SyntaxError(`Cannot read the parameters: line ${line} of their cell: ${message}`);
  }
  return parsed.tree.program.body
    .filter((node) => node.type === "VariableDeclaration")
    .flatMap((node) => node.declarations.map((declaration) => ({ by: node.kind, declaration })))
    .flatMap(({ by, declaration: { id, init } }) => {
      if (id.type !== "Identifier") return [];
      const { name } = id;
      ensure(
        by !== "const",
        "read the parameters",
        name,
        "declared by let, so that a value can be given",
        by,
        TypeError,
      );
      const annotation = id.typeAnnotation as TypeAnnotation | null | undefined;
      const declared = annotation ? typeKinds(annotation.typeAnnotation) : [];
      const written = init ? [valueKind(init as Expression)] : [];
      const kinds = [...declared, ...written].filter((kind) => kind !== "null");
      return [{
        name,
        kind: kinds.find((kind) => kind !== "any") ?? "any",
        nullable: declared.includes("null") || written.includes("null"),
        default: init ? cell.source.slice(init.start!, init.end!) : "undefined",
      }];
    });
}

/**
 * Gives values to a notebook's parameters.
 *
 * @param given Values by name. Text for a parameter that is no string is read by its kind, as from a command line:
 * `3`, `true`, `["a", "b"]`.
 * @returns The notebook with its injected cell, and the values as they were read.
 * @throws {RangeError} If a name is not a parameter: the message has the known ones.
 * @throws {TypeError} If a value has not the kind of its default.
 *
 * @example
 * ```ts
 * import { injectParameters } from "credible/notebook";
 * const cell = {
 *   cell_type: "code" as const,
 *   id: "parameters",
 *   metadata: { tags: ["parameters"] },
 *   source: "let customers = 150;",
 * };
 * const notebook = { nbformat: 4 as const, nbformat_minor: 5, metadata: {}, cells: [cell] };
 * injectParameters(notebook, { customers: "500" }).notebook.cells[1]!.source; // "// Parameters\ncustomers = 500;\nvoid 0;"
 * ```
 */
export function injectParameters(
  notebook: Notebook,
  given: Readonly<Record<string, unknown>>,
): { readonly notebook: Notebook; readonly values: Readonly<Record<string, unknown>> } {
  const names = Object.keys(given);
  if (names.length === 0) return { notebook, values: {} };
  const at = notebook.cells.findIndex(isParametersCell);
  if (at < 0) {
    throw new RangeError(
      `Cannot set the parameter ${
        JSON.stringify(names[0])
      }: the notebook has none. Tag a cell "parameters" and ` +
        `declare them there: let ${names[0]} = …;`,
    );
  }
  const known = new Map(parametersOf(notebook).map((parameter) => [parameter.name, parameter]));
  const values = Object.fromEntries(names.map((name) => {
    const parameter = known.get(name);
    if (!parameter) throw unknownParameter(name, [...known.keys()]);
    return [name, read(parameter, given[name])];
  }));
  const assignments = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)};`);
  const injected: Cell = {
    cell_type: "code",
    id: "injected-parameters",
    metadata: { tags: ["injected-parameters"] },
    // Without the last line the cell would show the value of its last assignment.
    source: ["// Parameters", ...assignments, "void 0;"].join("\n"),
    outputs: [],
    execution_count: null,
  };
  const kept = notebook.cells.filter((cell) => !cell.metadata.tags?.includes("injected-parameters"));
  const after = kept.findIndex(isParametersCell) + 1;
  return { notebook: { ...notebook, cells: kept.toSpliced(after, 0, injected) }, values };
}

function isParametersCell(cell: Cell): boolean {
  return cell.cell_type === "code" && (cell.metadata.tags ?? []).includes("parameters");
}

function unknownParameter(name: string, known: readonly string[]): RangeError {
  const all = known.length > 0 ? known.join(", ") : "none";
  const hint = suggest(name, known);
  const near = hint.startsWith("did you mean") ? ` (${hint})` : "";
  return new RangeError(
    `Cannot set the parameter ${
      JSON.stringify(name)
    }: the notebook has none of that name${near}; known: ${all}`,
  );
}

/** A value by the kind of its parameter. */
function read({ name, kind, nullable }: Parameter, value: unknown): unknown {
  const parsed = typeof value === "string" && kind !== "string" ? parseText(value, kind) : value;
  if (nullable && (parsed === null || value === "null")) return null;
  const article = kind === "array" || kind === "object" ? "an" : "a";
  const rule = kind === "array" || kind === "object"
    ? `${article} ${kind} as JSON`
    : kind === "boolean"
    ? "true or false"
    : `${article} ${kind}`;
  ensure(kind === "any" || kindOf(parsed) === kind, "set the parameter", name, rule, value, TypeError);
  return parsed;
}

/** Text from a command line as a value; undefined where it is none of that kind. */
function parseText(text: string, kind: ParameterKind): unknown {
  if (kind === "number") return text.trim() === "" ? undefined : finiteOrUndefined(Number(text));
  try {
    return JSON.parse(text);
  } catch {
    return kind === "any" ? text : undefined;
  }
}

function finiteOrUndefined(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function kindOf(value: unknown): ParameterKind {
  if (Array.isArray(value)) return "array";
  if (value === null) return "any";
  const type = typeof value;
  return type === "number" || type === "string" || type === "boolean" || type === "object" ? type : "any";
}

/** The little of Babel's syntax tree that is read here. */
interface Expression {
  readonly type: string;
  readonly operator?: string;
  readonly expression?: Expression;
  readonly left?: Expression;
  readonly right?: Expression;
}
interface TypeAnnotation {
  readonly typeAnnotation: TypeNode;
}
interface TypeNode {
  readonly type: string;
  readonly types?: readonly TypeNode[];
  readonly literal?: Expression;
}

/** The kinds that a written type allows; nothing where it is a name, say. */
function typeKinds(node: TypeNode): (ParameterKind | "null")[] {
  if (node.types) return node.types.flatMap(typeKinds);
  if (node.literal) return [valueKind(node.literal)];
  const kind = TYPE_KINDS[node.type];
  return kind ? [kind] : [];
}

const TYPE_KINDS: Readonly<Record<string, ParameterKind | "null">> = {
  TSNumberKeyword: "number",
  TSStringKeyword: "string",
  TSBooleanKeyword: "boolean",
  TSArrayType: "array",
  TSTupleType: "array",
  TSTypeLiteral: "object",
  TSNullKeyword: "null",
  TSUndefinedKeyword: "null",
};

/** The kind of a default as far as its form tells. */
function valueKind(node: Expression): ParameterKind | "null" {
  switch (node.type) {
    case "NumericLiteral":
      return "number";
    case "StringLiteral":
    case "TemplateLiteral":
      return "string";
    case "BooleanLiteral":
      return "boolean";
    case "ArrayExpression":
      return "array";
    case "ObjectExpression":
      return "object";
    case "NullLiteral":
      return "null";
    case "UnaryExpression":
      return node.operator === "!" ? "boolean" : node.operator === "-" ? "number" : "any";
    case "BinaryExpression":
      return binaryKind(node);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "ParenthesizedExpression":
      return valueKind(node.expression!);
    default:
      return "any";
  }
}

function binaryKind({ operator, left, right }: Expression): ParameterKind | "null" {
  if (["-", "*", "/", "**", "%"].includes(operator!)) return "number";
  return operator === "+" && valueKind(left!) === valueKind(right!) ? valueKind(left!) : "any";
}
