import type { Check } from "../core/mod.ts";
import { type Facts, isCategory, predictors, type Subject } from "./subject.ts";

/** Columns that say nothing: one value throughout, or none at all. */
export function findConstants(subject: Subject): Check[] {
  if (subject.rows < 2) return [];
  return predictors(subject).filter(isConstant).map((f) => ({
    code: "constant",
    title: f.distinct === 0 ? `${f.column.name} is empty` : `${f.column.name} is ${only(f)} throughout`,
    status: "warn",
    value: f.distinct,
    limit: { above: 1 },
    advice: "Drop it: no model can learn from it. If it should vary, the extract is wrong.",
    columns: [f.column.name],
  }));
}

/** Whether a column has one value and no gap, or nothing but gaps. A value with gaps is a flag, not a constant. */
export function isConstant(facts: Facts): boolean {
  return facts.distinct === 0 || (facts.distinct === 1 && facts.missing === 0);
}

function only(facts: Facts): string {
  return isCategory(facts)
    ? JSON.stringify(facts.column.levels[facts.column.codes[0]!])
    : String(facts.column.values[0]);
}
