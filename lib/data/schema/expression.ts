import { ensure } from "../../core/mod.ts";

/** An operator between two operands of a rule. */
export type BinaryOperator = "or" | "and" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/";

/** Loosest first; those of one line bind alike. */
const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [
  ["or"],
  ["and"],
  ["=", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
];

/** A constant of a rule. Moments are milliseconds since 1970-01-01 UTC. */
export type Literal =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "date"; readonly value: number };

/** A rule of business, parsed: what {@linkcode parseExpression} makes of `mrr > 0 and seats >= users`. */
export type Expression =
  | Literal
  | { readonly kind: "column"; readonly name: string }
  | {
    readonly kind: "binary";
    readonly operator: BinaryOperator;
    readonly left: Expression;
    readonly right: Expression;
  }
  | { readonly kind: "not" | "negate" | "missing"; readonly operand: Expression }
  | { readonly kind: "in"; readonly operand: Expression; readonly options: readonly Literal[] };

interface Token {
  readonly kind: "number" | "text" | "column" | "word" | "symbol" | "end";
  readonly text: string;
}

const TOKEN =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|'(?<text>(?:[^']|'')*)'|"(?<column>(?:[^"]|"")*)"|(?<word>[\p{L}_][\p{L}\p{M}\p{N}_]*)|(?<symbol><=|>=|!=|<>|[=<>+\-*/(),]))/uy;

/**
 * Reads a rule: comparisons (`=`, `!=`, `<`, `<=`, `>`, `>=`), arithmetic, `and`, `or`, `not`, `in ('a', 'b')`,
 * `is missing`, `is not missing`. A column is written plainly, or in double quotes where its name needs them; text in
 * single quotes. A quote inside quotes is doubled. Where an operand is missing a comparison is neither true nor false.
 *
 * @throws {SyntaxError} With the place where reading stopped.
 *
 * @example
 * ```ts
 * import { parseExpression } from "credible/data";
 * parseExpression(`status != 'customer' or "monthly revenue" > 0`);
 * ```
 */
export function parseExpression(source: string): Expression {
  const tokens = tokenise(source);
  let at = 0;
  const peek = (): Token => tokens[at]!;
  const fail = (wanted: string): never => {
    const seen = peek().kind === "end" ? "the end" : peek().text;
    throw new SyntaxError(
      `Cannot read the rule ${JSON.stringify(source)}: it must have ${wanted}, current value is ${seen}`,
    );
  };
  const accept = (...words: string[]): string | undefined => {
    const { kind, text } = peek();
    const word = text.toLowerCase();
    if ((kind !== "word" && kind !== "symbol") || !words.includes(word)) return undefined;
    at++;
    return word;
  };
  const demand = (word: string): void => void (accept(word) ?? fail(`"${word}" here`));

  function binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (!operators) return negation();
    if (level === 2 && accept("not")) return { kind: "not", operand: binary(level) };
    let left = binary(level + 1);
    for (let sign; (sign = accept(...operators, ...(level === 2 ? ["<>"] : [])));) {
      const operator = (sign === "<>" ? "!=" : sign) as BinaryOperator;
      left = { kind: "binary", operator, left, right: binary(level + 1) };
    }
    return level === 2 ? membership(left) : left;
  }

  function membership(operand: Expression): Expression {
    if (accept("is")) {
      const not = accept("not");
      if (!accept("missing", "null")) fail('"missing" here');
      const missing: Expression = { kind: "missing", operand };
      return not ? { kind: "not", operand: missing } : missing;
    }
    const not = accept("not");
    if (!accept("in")) return not ? fail('"in" after "not"') : operand;
    demand("(");
    const options: Literal[] = [];
    do options.push(literal() ?? fail("a constant here")); while (accept(","));
    demand(")");
    const inside: Expression = { kind: "in", operand, options };
    return not ? { kind: "not", operand: inside } : inside;
  }

  function negation(): Expression {
    if (accept("-")) return { kind: "negate", operand: negation() };
    if (accept("(")) {
      const inner = binary(0);
      demand(")");
      return inner;
    }
    return literal() ?? column() ?? fail("a column, a number or a text here");
  }

  function literal(): Literal | undefined {
    const sign = peek().text === "-" && tokens[at + 1]?.kind === "number" ? -1 : 1;
    if (sign < 0) at++;
    const { kind, text } = peek();
    if (kind === "number") return at++, { kind, value: sign * Number(text) };
    if (kind === "text") return at++, { kind, value: text };
    const truth = accept("true", "false");
    return truth === undefined ? undefined : { kind: "boolean", value: truth === "true" };
  }

  function column(): Expression | undefined {
    const { kind, text } = peek();
    if (kind !== "column" && (kind !== "word" || RESERVED.has(text.toLowerCase()))) return undefined;
    at++;
    return { kind: "column", name: text };
  }

  const expression = binary(0);
  if (peek().kind !== "end") fail("an operator or the end here");
  return expression;
}

const RESERVED = new Set(["and", "or", "not", "in", "is", "missing", "null", "true", "false"]);

function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end;) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(source)?.groups;
    ensure(
      groups !== undefined,
      `read the rule ${JSON.stringify(source)}`,
      `what stands at ${from + 1}`,
      "a name, a number, a text in single quotes or an operator",
      source.slice(from).trim(),
      SyntaxError,
    );
    const [kind, text] = Object.entries(groups).find(([, text]) => text !== undefined)!;
    const quote = kind === "text" ? "'" : '"';
    tokens.push({ kind: kind as Token["kind"], text: text!.replaceAll(quote + quote, quote) });
  }
  return [...tokens, { kind: "end", text: "" }];
}

/** The columns that an expression reads, each once, in order of appearance. */
export function columnsOf(expression: Expression): string[] {
  const names = (e: Expression): string[] => {
    if (e.kind === "column") return [e.name];
    if (e.kind === "binary") return [...names(e.left), ...names(e.right)];
    return "operand" in e ? names(e.operand) : [];
  };
  return [...new Set(names(expression))];
}
