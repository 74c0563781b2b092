import { ensure, suggest } from "../core/mod.ts";
import { colors, type Figure, figure, type FigureOptions, Plot } from "../plot/mod.ts";
import type { Base } from "./base.ts";
import { marginFor } from "./margin_for.ts";

/** What the trees of other families know about each industry, beside chance and what its own trees reach, out of fold. */
export function skillFigure(base: Base, about: Partial<FigureOptions> = {}): Figure {
  const rows = base.industries.toSorted((a, b) => b.others.auc.estimate - a.others.auc.estimate).flatMap(
    ({ name, family, own, others }) => {
      const label = name === family ? name : `${name} (${family})`;
      return [{ label, by: "other families", ...others.auc }, { label, by: "its own trees", ...own.auc }];
    },
  );
  const color = { domain: ["other families", "its own trees"], range: [colors.orange, colors.blue] };
  return figure({
    x: { label: "area under the ROC curve", grid: true, nice: true },
    y: { label: null, domain: [...new Set(rows.map(({ label }) => label))], tickSize: 0 },
    color: { ...color, legend: true },
    height: 70 + 26 * base.industries.length,
    marginLeft: marginFor(rows.map(({ label }) => label)),
    marks: [
      Plot.ruleX([0.5], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 }),
      Plot.ruleY(rows, { y: "label", x1: "low", x2: "high", stroke: "by", strokeWidth: 2.5 }),
      Plot.dot(rows, { y: "label", x: "estimate", fill: "by", r: 4.5 }),
    ],
  }, {
    caption: "Dots with 95 % intervals; dashed is chance. Others never saw the industry's family.",
    alt: base.industries.map(({ name, own, others }) =>
      `${name}: others ${others.auc.estimate.toFixed(2)}, own ${own.auc.estimate.toFixed(2)}`
    ).join("; "),
    ...about,
  });
}

/**
 * The shape of one role in each industry that has it: the mean SHAP value of the trees by the role's score, out of fold, and the line
 * that stands for it.
 *
 * @throws {RangeError} If no industry has the role.
 */
export function shapesFigure(base: Base, role: string, about: Partial<FigureOptions> = {}): Figure {
  const found = base.industries.flatMap(({ name, roles }) => {
    const of = roles.find((one) => one.role === role);
    return of ? [{ name, ...of.shap }] : [];
  });
  const known = base.industries.flatMap(({ roles }) => roles.map((of) => of.role));
  ensure(found.length > 0, "draw the shapes", "role", suggest(role, new Set(known)), role);
  const points = found.flatMap(({ name, curve }) => curve.map((point) => ({ name, ...point })));
  // A line of least squares goes through the means; the curve's own middle stands for them.
  const lines = found.flatMap(({ name, slope, curve }) => {
    const xs = curve.map(({ x }) => x);
    const [x0, y0] = [
      curve.reduce((sum, { x }) => sum + x, 0),
      curve.reduce((sum, { shap }) => sum + shap, 0),
    ]
      .map((total) => total / curve.length) as [number, number];
    return [Math.min(...xs), Math.max(...xs)].map((x) => ({ name, x, shap: y0 + slope * (x - x0) }));
  });
  return figure({
    x: { label: `${role}, score` },
    y: { label: "mean SHAP value (log-odds)", grid: true },
    fx: { label: null, domain: found.map(({ name }) => name), padding: 0.12 },
    marks: [
      Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.5 }),
      Plot.line(lines, {
        x: "x",
        y: "shap",
        fx: "name",
        stroke: colors.orange,
        strokeWidth: 1.5,
        strokeDasharray: "5 3",
      }),
      Plot.line(points, { x: "x", y: "shap", fx: "name", stroke: colors.blue, strokeWidth: 2 }),
      Plot.dot(points, { x: "x", y: "shap", fx: "name", fill: colors.blue, r: 2.5 }),
    ],
  }, {
    caption: "Blue: what the trees of each industry learnt, out of fold. Dashed: the line with their slope.",
    alt: found.map(({ name, slope, r2 }) => `${name}: slope ${slope.toFixed(2)}, R² ${r2.toFixed(2)}`).join(
      "; ",
    ),
    ...about,
  });
}
