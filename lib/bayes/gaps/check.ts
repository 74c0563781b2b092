import { type Check, check, notApplicable } from "../../core/mod.ts";
import type { GroupedRows } from "../likelihood/likelihood.ts";
import type { GapPlan } from "./plan.ts";

/**
 * For each feature with gaps: whether outcomes differ where it is missing, within businesses, in standard errors of a
 * permutation. A warning, never a failure: rows may differ because of features that the model knows, or because values go
 * missing by what they are, which no data can tell apart.
 */
export function missingnessChecks(
  plan: GapPlan,
  missing: readonly (readonly number[])[],
  { y, group, groups }: Pick<GroupedRows, "y" | "group" | "groups">,
): Check[] {
  return plan.features.map(({ name }, f) => {
    const lacks = Uint8Array.from(missing, (features) => features.includes(f) ? 1 : 0);
    const difference = Math.abs(stratifiedDifference(lacks, y, group, groups));
    const title = `Outcomes where ${name} is missing, in standard errors from the others of their business`;
    if (Number.isNaN(difference)) return notApplicable("missingness", title, "outcomes or gaps do not vary");
    return check({
      code: "missingness",
      title,
      value: difference,
      limit: { below: Number.MAX_VALUE },
      warn: { below: 3 },
      advice:
        `Values of ${name} may be missing because of what they are, which this model takes for impossible: ` +
        `ask how they get lost, and compare with gaps: "indicator".`,
      columns: [name],
      source: "Rubin 1976, https://doi.org/10.1093/biomet/63.3.581",
    });
  });
}

/** The sum of outcomes over marked rows less its mean under permutation within groups, over its standard deviation. */
function stratifiedDifference(
  marked: Uint8Array,
  y: Float64Array,
  group: Int32Array,
  groups: number,
): number {
  const rows = new Float64Array(groups), marks = new Float64Array(groups), sums = new Float64Array(groups);
  y.forEach((v, i) => {
    rows[group[i]!]!++;
    marks[group[i]!]! += marked[i]!;
    sums[group[i]!]! += v;
  });
  const squares = new Float64Array(groups);
  let excess = 0, variance = 0;
  y.forEach((v, i) => {
    const off = v - sums[group[i]!]! / rows[group[i]!]!;
    squares[group[i]!]! += off * off;
    excess += marked[i]! * off;
  });
  for (let g = 0; g < groups; g++) {
    if (rows[g]! > 1) {
      variance += marks[g]! * (rows[g]! - marks[g]!) / rows[g]! * squares[g]! / (rows[g]! - 1);
    }
  }
  return variance > 0 ? excess / Math.sqrt(variance) : NaN;
}
