import { ensure } from "../core/mod.ts";
import { type CategoryColumn, type Column, countMissing } from "./column.ts";
import type { Table } from "./table.ts";

/** What a person wants to predict, as one number a row. */
export interface Outcome {
  /** The column. */
  readonly name: string;
  /** `share`: 1 where the row has the label looked at, else 0. `mean`: a quantity. */
  readonly kind: "share" | "mean";
  /** What the mean over rows is, in words: `share of Churn = Yes`, `mean of spend`. */
  readonly words: string;
  /** For a share: the label that counts as 1. */
  readonly label?: string;
  /** One a row; NaN where the outcome is missing. */
  readonly values: Float64Array;
  /** What had to be decided on the way, for the reader; empty when nothing had. */
  readonly note: string;
}

const YES =
  /^(?:1|y|yes|t|true|ja|oui|s[ií]|churn(?:ed)?|left|lost|gone|exited|cancel+ed|attrited.*|bad|default(?:ed)?)$/i;
const NO = /^(?:0|n|no|f|false|nein|non|stay(?:ed)?|kept|retained|active|existing.*|not[_ -].*|good)$/i;

/** Text with more classes than this is a name or a remark, not an outcome. */
const MOST_CLASSES = 20;

/**
 * Reads a column as what is to be predicted, whatever its form: Yes/No, 0/1, true/false, any two labels (the share of
 * the one that says yes, or of the rarer), a quantity (its mean), several classes (the share of the commonest).
 *
 * @throws {RangeError} If there is no such column, or it cannot be an outcome: a date, one value only, free text.
 *
 * @example
 * ```ts
 * import { categoryColumn, outcomeOf, Table } from "credible/data";
 * const shops = new Table("shops", [categoryColumn("churn", ["no", "yes", "no", null])]);
 * outcomeOf(shops, "churn"); // { kind: "share", words: "share of churn = yes", values: [0, 1, 0, NaN], … }
 * ```
 */
export function outcomeOf(table: Table, name: string): Outcome {
  const column = table.column(name);
  const refuse = (rule: string, value: string): never => {
    ensure(false, `predict ${JSON.stringify(name)} of ${table.name}`, "the target", rule, value);
  };
  if (column.kind === "date") return refuse("a label or a number", "dates");
  const labels = labelsOf(column);
  if (labels.size < 2) {
    return refuse("a column of two values or more", labels.size === 0 ? "nothing" : "one value");
  }
  if (labels.size === 2) return share(column, likelierYes(labels), "");
  if (column.kind === "number") {
    return { name, kind: "mean", words: `mean of ${name}`, values: column.values, note: "" };
  }
  if (labels.size > MOST_CLASSES) {
    return refuse(`a number, or one of ${MOST_CLASSES} classes at most`, `${labels.size} texts`);
  }
  const commonest = [...labels].reduce((a, b) => b[1] > a[1] ? b : a)[0];
  return share(
    column,
    commonest,
    `${name} has ${labels.size} classes. One is looked at here, the commonest: ${commonest}.`,
  );
}

/** How many rows lack their outcome. */
export function missingOutcomes(outcome: Outcome): number {
  return countMissing({ kind: "number", name: outcome.name, values: outcome.values });
}

/** Rows by label, in the order of the labels; numbers as their text. */
function labelsOf(column: Exclude<Column, { kind: "date" }>): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (label: string): void => void counts.set(label, (counts.get(label) ?? 0) + 1);
  if (column.kind === "number") column.values.forEach((value) => Number.isNaN(value) || count(String(value)));
  else column.codes.forEach((code) => code < 0 || count(column.levels[code]!));
  return new Map([...counts].sort(([a], [b]) => a < b ? -1 : 1));
}

/** Of two labels the one that says yes, or whose other says no; else the rarer. */
function likelierYes(labels: ReadonlyMap<string, number>): string {
  const [[a, ofA], [b, ofB]] = [...labels] as [[string, number], [string, number]];
  const says = (pattern: RegExp, label: string): boolean => pattern.test(label.trim());
  const forA = says(YES, a) || says(NO, b), forB = says(YES, b) || says(NO, a);
  if (forA !== forB) return forA ? a : b;
  return ofA < ofB ? a : b;
}

function share(column: CategoryColumn | Column, label: string, note: string): Outcome {
  const { name } = column;
  const values = column.kind === "category"
    ? Float64Array.from(column.codes, (code) => code < 0 ? NaN : Number(column.levels[code] === label))
    : column.values.map((value) => Number.isNaN(value) ? NaN : Number(String(value) === label));
  return {
    name,
    kind: "share",
    words: `share of ${name} = ${label}`,
    label,
    values: Float64Array.from(values),
    note,
  };
}
