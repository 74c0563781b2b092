import { ensure } from "../core/mod.ts";
import {
  type CategoryColumn,
  type Column,
  type DateColumn,
  type NumberColumn,
  type Table,
} from "../data/mod.ts";
import { type AuditLimits, DEFAULT_LIMITS } from "./limits.ts";

/** What every rule needs to know about a number or date column; computed once. */
export interface NumberFacts {
  readonly column: NumberColumn | DateColumn;
  readonly missing: number;
  readonly distinct: number;
  /** The values that are there, ascending. */
  readonly sorted: Float64Array;
  /** Whether every value is a whole number. */
  readonly whole: boolean;
}

/** What every rule needs to know about a category column; computed once. */
export interface CategoryFacts {
  readonly column: CategoryColumn;
  readonly missing: number;
  /** How many levels occur. */
  readonly distinct: number;
  /** Rows by level. */
  readonly counts: Int32Array;
}

/** Facts about one column. */
export type Facts = NumberFacts | CategoryFacts;

/** Whether facts are about a category column. */
export function isCategory(facts: Facts): facts is CategoryFacts {
  return facts.column.kind === "category";
}

/** Whether facts are about a column of numbers; dates are not. */
export function isNumber(facts: Facts): facts is NumberFacts & { readonly column: NumberColumn } {
  return facts.column.kind === "number";
}

/** The table under audit, with the facts that the rules share. */
export interface Subject {
  readonly table: Table;
  readonly rows: number;
  readonly limits: AuditLimits;
  readonly facts: readonly Facts[];
  readonly target?: Target;
}

/** The target as numbers: the two classes as 0 and 1 with 1 the rarer one, otherwise a number; NaN is missing. */
export interface Target {
  readonly name: string;
  readonly values: Float64Array;
  readonly classes: boolean;
  /** How the class that counts as 1 is spelled in the table. */
  readonly positive?: string;
}

/** Prepares a table for the rules. @throws {RangeError} If the target is not a column. */
export function subjectOf(
  table: Table,
  targetName: string | undefined,
  limits: Partial<AuditLimits> = {},
): Subject {
  const facts = table.columns.map(factsOf);
  const base = { table, rows: table.rows, limits: { ...DEFAULT_LIMITS, ...limits }, facts };
  if (targetName === undefined) return base;
  table.column(targetName);
  return { ...base, target: targetOf(facts.find((f) => f.column.name === targetName)!) };
}

/** The facts of all columns but the target. */
export function predictors(subject: Subject): Facts[] {
  return subject.facts.filter((f) => f.column.name !== subject.target?.name);
}

function factsOf(column: Column): Facts {
  return column.kind === "category" ? categoryFacts(column) : numberFacts(column);
}

function categoryFacts(column: CategoryColumn): CategoryFacts {
  const counts = new Int32Array(column.levels.length);
  let missing = 0;
  for (const code of column.codes) {
    if (code < 0) missing++;
    else counts[code]!++;
  }
  return { column, missing, counts, distinct: counts.reduce((n, c) => n + Number(c > 0), 0) };
}

function numberFacts(column: NumberColumn | DateColumn): NumberFacts {
  const sorted = present(column.values).sort();
  let distinct = 0;
  let whole = true;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) {
      distinct++;
      whole &&= Number.isInteger(sorted[i]);
    }
  }
  return { column, missing: column.values.length - sorted.length, distinct, sorted, whole };
}

/** The values that are there; a plain loop, since a callback a value would take most of an audit's time. */
export function present(values: Float64Array): Float64Array {
  const kept = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === values[i]) kept[n++] = values[i]!;
  return kept.slice(0, n);
}

function targetOf(facts: Facts): Target {
  const name = facts.column.name;
  if (facts.column.kind === "category") {
    const { column, counts } = facts as CategoryFacts;
    const used = [...counts.keys()].filter((code) => counts[code]! > 0);
    ensure(
      used.length === 2,
      "audit the target",
      `text target ${JSON.stringify(name)}`,
      "of two classes",
      `${used.length} classes`,
    );
    const rarer = counts[used[0]!]! < counts[used[1]!]! ? used[0]! : used[1]!;
    const values = Float64Array.from(column.codes, (c) => c < 0 ? NaN : Number(c === rarer));
    return { name, values, classes: true, positive: column.levels[rarer]! };
  }
  const { column, distinct, sorted } = facts as NumberFacts;
  ensure(
    distinct >= 2,
    "audit the target",
    `target ${JSON.stringify(name)}`,
    "of at least two values",
    distinct,
  );
  if (distinct > 2) return { name, values: column.values, classes: false };
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const positive = sorted.filter((v) => v === high).length * 2 <= sorted.length ? high : low;
  const values = column.values.map((v) => Number.isNaN(v) ? NaN : Number(v === positive));
  return { name, values, classes: true, positive: String(positive) };
}
