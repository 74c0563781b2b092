import type { Expression } from "./expression.ts";

/** What every column can declare. */
export interface ColumnBase {
  /** No cell may be missing. @default {false} */
  readonly required?: boolean;
  /** No value may come twice; missing cells do not count. @default {false} */
  readonly unique?: boolean;
  /** Whether values are masked where they are shown; undeclared, the name and the values decide. */
  readonly personal?: boolean;
}

/** Numbers, or text that is a number in plain notation such as `-1.5e3`. */
export interface NumberRule extends ColumnBase {
  /** Numbers. */
  readonly type: "number";
  /** Smallest value allowed. */
  readonly min?: number;
  /** Largest value allowed. */
  readonly max?: number;
  /** Only whole numbers. @default {false} */
  readonly integer?: boolean;
}

/** Any text. */
export interface TextRule extends ColumnBase {
  /** Text. */
  readonly type: "text";
  /** A regular expression (RE2) that the whole value must match. */
  readonly pattern?: string;
}

/** One of a few texts. */
export interface CategoryRule extends ColumnBase {
  /** One of a few texts. */
  readonly type: "category";
  /** The values allowed, letter by letter. */
  readonly levels: readonly string[];
}

/** `true` or `false`, in any case. */
export interface BooleanRule extends ColumnBase {
  /** True or false. */
  readonly type: "boolean";
}

/** Moments, or text in ISO 8601 such as `2024-02-29` or `2024-02-29T13:00:00` (UTC). */
export interface DateRule extends ColumnBase {
  /** Moments. */
  readonly type: "date";
  /** Earliest moment allowed, ISO 8601. */
  readonly min?: string;
  /** Latest moment allowed, ISO 8601. */
  readonly max?: string;
}

/** What one column must hold. */
export type ColumnRule = NumberRule | TextRule | CategoryRule | BooleanRule | DateRule;

/** A rule over the columns of one row. */
export interface BusinessRule {
  /** What must hold, in the words of {@linkcode parseExpression}. Where an operand is missing the rule is kept. */
  readonly check: string;
  /** The rows that it is about; all by default. */
  readonly where?: string;
  /** How rejects name it; the text of `check` and `where` by default. */
  readonly name?: string;
}

/**
 * Which row of several with one key stays: the `first`, the `last`, the one with fewest missing cells (`mostComplete`),
 * the one with the latest value of a column; `error` makes every row of the key a violation. Ties go to the first.
 */
export type DuplicateStrategy = "error" | "first" | "last" | "mostComplete" | { readonly latest: string };

/** What {@linkcode schema} takes, also as YAML. */
export interface SchemaInput<Name extends string = string> {
  /** What each column holds. A table may have further columns. */
  readonly columns: Readonly<Record<Name, ColumnRule>>;
  /** The columns that together name a row: present, and unique after `duplicates` is applied. */
  readonly key?: readonly NoInfer<Name>[];
  /** What to do with rows of one key. @default {"error"} */
  readonly duplicates?: DuplicateStrategy;
  /** Rules over one row: the text of a check, or a {@linkcode BusinessRule}. */
  readonly rules?: readonly (string | BusinessRule)[];
}

/** A {@linkcode BusinessRule} read and found sound: its columns are declared, its comparisons are of like with like. */
export interface CompiledRule {
  /** How rejects name it. */
  readonly name: string;
  /** What must hold. */
  readonly check: Expression;
  /** The rows that it is about; all where undefined. */
  readonly where?: Expression;
}

/** A schema that is sound in itself. Made by {@linkcode schema} and {@linkcode readSchema}. */
export interface Schema {
  /** What each column holds. */
  readonly columns: Readonly<Record<string, ColumnRule>>;
  /** Empty where rows have no key. */
  readonly key: readonly string[];
  /** What to do with rows of one key. */
  readonly duplicates: DuplicateStrategy;
  /** Rules over one row. */
  readonly rules: readonly CompiledRule[];
}
