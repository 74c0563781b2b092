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
  return new Parser(source).parse();
}

/** Recursive descent: one method a level of precedence, each leaving the place after what it has read. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(readonly source: string) {
    this.#tokens = tokenise(source);
  }

  parse(): Expression {
    const expression = this.#binary(0);
    if (this.#next.kind !== "end") this.#fail("an operator or the end here");
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #fail(wanted: string): never {
    const { kind, text } = this.#next;
    const seen = kind === "end" ? "the end" : text;
    throw new SyntaxError(
      `Cannot read the rule ${JSON.stringify(this.source)}: it must have ${wanted}, current value is ${seen}`,
    );
  }

  /** Steps over one of these words or signs and returns it; undefined where something else stands. */
  #accept(...words: string[]): string | undefined {
    const { kind, text } = this.#next;
    const word = text.toLowerCase();
    if ((kind !== "word" && kind !== "symbol") || !words.includes(word)) return undefined;
    this.#at++;
    return word;
  }

  #demand(word: string): void {
    if (this.#accept(word) === undefined) this.#fail(`"${word}" here`);
  }

  #binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (!operators) return this.#unary();
    const comparing = level === COMPARISON;
    if (comparing && this.#accept("not")) return { kind: "not", operand: this.#binary(level) };
    let left = this.#binary(level + 1);
    for (let sign; (sign = this.#accept(...operators, ...(comparing ? ["<>"] : [])));) {
      const operator = (sign === "<>" ? "!=" : sign) as BinaryOperator;
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
    return comparing ? this.#membership(left) : left;
  }

  /** `is missing`, `in (…)` and their opposites behind an operand; the operand alone where neither stands. */
  #membership(operand: Expression): Expression {
    if (this.#accept("is")) {
      const not = this.#accept("not");
      if (!this.#accept("missing", "null")) this.#fail('"missing" here');
      const missing: Expression = { kind: "missing", operand };
      return not ? { kind: "not", operand: missing } : missing;
    }
    const not = this.#accept("not");
    if (!this.#accept("in")) return not ? this.#fail('"in" after "not"') : operand;
    this.#demand("(");
    const options: Literal[] = [];
    do options.push(this.#literal() ?? this.#fail("a constant here")); while (this.#accept(","));
    this.#demand(")");
    const inside: Expression = { kind: "in", operand, options };
    return not ? { kind: "not", operand: inside } : inside;
  }

  #unary(): Expression {
    if (this.#accept("-")) return { kind: "negate", operand: this.#unary() };
    if (this.#accept("(")) {
      const inner = this.#binary(0);
      this.#demand(")");
      return inner;
    }
    return this.#literal() ?? this.#column() ?? this.#fail("a column, a number or a text here");
  }

  #literal(): Literal | undefined {
    const negative = this.#next.text === "-" && this.#tokens[this.#at + 1]?.kind === "number";
    if (negative) this.#at++;
    const { kind, text } = this.#next;
    if (kind === "number") return this.#at++, { kind, value: negative ? -Number(text) : Number(text) };
    if (kind === "text") return this.#at++, { kind, value: text };
    const truth = this.#accept("true", "false");
    return truth === undefined ? undefined : { kind: "boolean", value: truth === "true" };
  }

  #column(): Expression | undefined {
    const { kind, text } = this.#next;
    if (kind !== "column" && (kind !== "word" || RESERVED.has(text.toLowerCase()))) return undefined;
    this.#at++;
    return { kind: "column", name: text };
  }
}

/** The level at which `not`, `in` and `is missing` stand. */
const COMPARISON = 2;

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
