import { ensure, suggest } from "../../core/mod.ts";
import { colors, type Figure, figure, Plot } from "../../plot/mod.ts";
import type { HierarchicalFit } from "../fit/fitted.ts";

/** What each business says alone, for {@linkcode shrinkagePlot}. */
export interface AloneEstimate {
  /** Name of the business. */
  readonly group: string;
  /** Its own estimate of the coefficient, without the others. */
  readonly estimate: number;
}

/**
 * One coefficient by business: posterior mean with its 90 % interval, beside the population mean (dashed) and, where given,
 * what each business would say alone. The gap between the two is the shrinkage.
 *
 * @param alone Estimates without pooling, for some or all businesses.
 * @throws {RangeError} If there is no coefficient of that name.
 */
export function shrinkagePlot(
  fit: HierarchicalFit,
  coefficient: string,
  alone: readonly AloneEstimate[] = [],
): Figure {
  const names = fit.coefficients.map((c) => c.name);
  ensure(
    names.includes(coefficient),
    "draw the forest",
    "coefficient",
    suggest(coefficient, names),
    coefficient,
  );
  const mu = fit.posterior.summary(`mu[${coefficient}]`).mean;
  const rows = fit.design.groups.map((group, j) => {
    const { mean, q5, q95 } = fit.posterior.summary(`beta[${group},${coefficient}]`);
    return { group: `${group} (${fit.data.counts[j]!.rows})`, name: group, mean, low: q5, high: q95 };
  }).sort((a, b) => a.mean - b.mean);
  const labels = new Map(rows.map((r) => [r.name, r.group]));
  const points = alone.filter((a) => labels.has(a.group) && Number.isFinite(a.estimate))
    .map((a) => ({ group: labels.get(a.group)!, estimate: a.estimate }));
  return figure({
    height: 60 + 22 * rows.length,
    x: { label: coefficient, grid: true, nice: true },
    y: { label: null, domain: rows.map((r) => r.group), tickSize: 0 },
    marks: [
      Plot.ruleX([mu], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 }),
      Plot.ruleY(rows, { y: "group", x1: "low", x2: "high", stroke: colors.blue, strokeWidth: 2.5 }),
      Plot.dot(rows, { y: "group", x: "mean", r: 4.5, fill: colors.blue }),
      Plot.dot(points, { y: "group", x: "estimate", r: 4, stroke: colors.orange, strokeWidth: 1.8 }),
    ],
  }, {
    title: `${coefficient} by ${fit.design.group ?? "group"}`,
    caption: `Posterior means with 90 % intervals; dashed the population mean${
      points.length === 0 ? "" : "; open circles what each says alone"
    }. Rows in brackets.`,
    alt: `Forest plot of ${coefficient} for ${rows.length} groups around ${mu.toFixed(2)}`,
  });
}
