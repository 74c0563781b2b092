import type { Table } from "../data/mod.ts";
import { namedOrSilent } from "./audit.ts";
import { type Strength, strength } from "./strength.ts";
import { predictors, subjectOf } from "./subject.ts";

/** A column, and how well it alone ranks the target. */
export interface RankedColumn extends Strength {
  /** The column's name. */
  readonly column: string;
}

/**
 * How well each column alone ranks the target, the best first: area under the ROC curve for two classes, (1 + |rank
 * correlation|) / 2 for a number. Identifiers and constants are left out, and so is what `without` names.
 *
 * @throws {RangeError} If the target is not a column, has one value, or is text of other than two classes.
 *
 * @example
 * ```ts
 * import { Table } from "credible/data";
 * import { rankColumns } from "credible/audit";
 * const table = new Table("t", [
 *   { kind: "number", name: "calls", values: Float64Array.of(1, 2, 3, 9) },
 *   { kind: "number", name: "left", values: Float64Array.of(0, 0, 1, 1) },
 * ]);
 * rankColumns(table, "left"); // [{ column: "calls", value: 1, by: "values", chance: 1 / 3 }]
 * ```
 */
export function rankColumns(table: Table, target: string, without: readonly string[] = []): RankedColumn[] {
  const subject = subjectOf(table.without(without), target);
  const out = namedOrSilent(subject);
  return predictors(subject).filter((f) => !out.has(f.column.name))
    .map((f) => ({ column: f.column.name, ...strength(f, subject.target!) }))
    .sort((a, b) => b.value - a.value);
}
