import { type Check, check, median } from "../../core/mod.ts";
import { type CoefficientSpec, variesByGroup } from "../hierarchical/spec.ts";
import type { Family } from "../likelihood/glm.ts";
import type { GroupedRows } from "../likelihood/likelihood.ts";

/** What {@linkcode dataChecks} looks at. */
export interface Fitted {
  readonly family: Family;
  readonly rows: GroupedRows;
  readonly trials?: Float64Array;
  readonly coefficients: readonly CoefficientSpec[];
  readonly groupNames: readonly string[];
  /** Whether groups were asked for. */
  readonly grouped: boolean;
}

/**
 * Where data say nothing of a number, its posterior is its prior, and chains agree on that as well as on anything: checks of
 * the training rows that a verdict on the draws cannot make.
 */
export function dataChecks(fitted: Fitted): Check[] {
  const { family, grouped, coefficients } = fitted;
  const varies = grouped && coefficients.some(variesByGroup);
  return [
    ...(varies ? groupChecks(fitted) : []),
    ...(family === "bernoulli" || family === "binomial" ? outcomeChecks(fitted) : []),
    ...(family === "bernoulli" ? [separationCheck(fitted)] : []),
    collinearCheck(fitted),
  ];
}

function groupChecks({ rows: { group, groups } }: Fitted): Check[] {
  const counts = new Float64Array(groups);
  for (const g of group) counts[g]!++;
  return [
    check({
      code: "oneGroup",
      title: "Groups to learn differences from",
      value: groups,
      limit: { above: 0 },
      warn: { above: 1 },
      advice: "One group says nothing of how groups differ: the scales between groups are their priors.",
    }),
    check({
      code: "smallGroups",
      title: "Rows of the middle group",
      value: median(counts),
      limit: { above: 0 },
      warn: { above: 1 },
      advice:
        "One row a group cannot tell what is the group's from what is luck: the scales lean on their priors.",
    }),
  ];
}

function outcomeChecks({ rows: { y, group, groups }, trials, groupNames, grouped }: Fitted): Check[] {
  const hits = new Float64Array(groups), misses = new Float64Array(groups);
  y.forEach((v, i) => {
    hits[group[i]!]! += v;
    misses[group[i]!]! += (trials?.[i] ?? 1) - v;
  });
  const total = (counts: Float64Array): number => counts.reduce((a, b) => a + b, 0);
  const alike = groupNames.filter((_, g) => hits[g]! + misses[g]! > 0 && (hits[g] === 0 || misses[g] === 0));
  const rarer = check({
    code: "oneOutcome",
    title: "Outcomes of the rarer kind",
    value: Math.min(total(hits), total(misses)),
    limit: { above: 0 },
    advice: "All outcomes are the same: probabilities are what the prior says. Fit on rows of both kinds.",
  });
  if (!grouped || groups === 1) return [rarer];
  const groupsAlike = check({
    code: "oneOutcomeGroups",
    title: "Groups with outcomes of one kind only",
    value: alike.length,
    limit: { below: groups + 1 },
    warn: { below: 1 },
    advice: `What is said of ${alike.slice(0, 5).join(", ")}${
      alike.length > 5 ? " and others" : ""
    } leans on the other groups and on the priors.`,
    evidence: alike,
  });
  return [rarer, groupsAlike];
}

/** Additions that the search for a separating direction may take: a second or so. */
const SEARCH = 5e7;

/** A perceptron ends exactly where outcomes can be separated; one that has not ended says nothing. */
function separationCheck({ rows: { x, y } }: Fitted): Check {
  const { columns, values } = x, direction = new Float64Array(columns);
  const rounds = Math.min(1000, Math.floor(SEARCH / (values.length + 1)));
  let separated = false;
  for (let round = 0; round < rounds && !separated; round++) {
    separated = true;
    for (let i = 0; i < x.rows; i++) {
      const sign = y[i] === 1 ? 1 : -1, from = i * columns;
      let margin = 0;
      for (let k = 0; k < columns; k++) margin += direction[k]! * values[from + k]!;
      if (sign * margin > 0) continue;
      separated = false;
      for (let k = 0; k < columns; k++) direction[k]! += sign * values[from + k]!;
    }
  }
  return check({
    code: "separated",
    title: "Whether features separate the outcomes without exception",
    value: Number(separated),
    limit: { below: 2 },
    warn: { below: 1 },
    advice:
      "Data say only that coefficients are large; how large is the priors' word. Look for a feature that knows the outcome.",
    source: "Albert and Anderson 1984, https://doi.org/10.1093/biomet/71.1.1",
  });
}

/** Below this share of its own square a column is what the columns before it say. */
const REPEATED = 1e-8;

function collinearCheck({ rows: { x }, coefficients }: Fitted): Check {
  const basis: Float64Array[] = [], repeated: string[] = [];
  for (let k = 0; k < x.columns; k++) {
    const column = Float64Array.from({ length: x.rows }, (_, i) => x.values[i * x.columns + k]!);
    const before = squaresOf(column);
    for (const unit of basis) {
      const share = column.reduce((sum, v, i) => sum + v * unit[i]!, 0);
      for (let i = 0; i < x.rows; i++) column[i]! -= share * unit[i]!;
    }
    const left = squaresOf(column);
    if (!(left > REPEATED * before)) repeated.push(coefficients[k]!.name);
    else basis.push(column.map((v) => v / Math.sqrt(left)));
  }
  return check({
    code: "collinear",
    title: "Features that say what others have said",
    value: repeated.length,
    limit: { below: x.columns + 1 },
    warn: { below: 1 },
    advice: `Leave out ${
      repeated.join(", ")
    }: data cannot tell such coefficients from those of the features that they repeat.`,
    columns: repeated,
  });
}

function squaresOf(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v * v, 0);
}
