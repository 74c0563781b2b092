import { ensure, mean, quantileSorted } from "../../core/mod.ts";
import { colors, type Figure, figure, Plot } from "../../plot/mod.ts";
import type { HierarchicalFit } from "../fit/fitted.ts";
import { evaluateSpline } from "../fit/spline.ts";

const POINTS = 80;

/**
 * What a feature with a spline adds to the linear predictor of a customer over its values, in a business like the average
 * one: posterior mean with its 90 % band, and its straight part (dashed). Upright lines are the knots; beyond them the curve
 * is straight.
 *
 * @throws {RangeError} If the feature has no spline in this fit.
 */
export function curvePlot(fit: HierarchicalFit, feature: string): Figure {
  const columns = fit.design.columns.filter((c) => c.source === feature && !c.missing);
  const bent = columns.filter((c) => c.curve), line = columns.find((c) => !c.curve)!;
  const known = [...new Set(fit.design.columns.filter((c) => c.curve).map((c) => c.source))];
  const rule = known.length === 0
    ? "a feature with a spline, of which there is none"
    : `one of ${known.join(", ")}`;
  ensure(bent.length > 0, "draw the curve", "feature", rule, feature);
  const { knots } = bent[0]!.curve!, margin = 0.2 * (knots.at(-1)! - knots[0]!);
  const [low, high] = [knots[0]! - margin, knots.at(-1)! + margin];
  const draws = (name: string): Float64Array => fit.posterior.drawsOf(`mu[${name}]`);
  const slope = draws(line.name), weights = bent.map((c) => draws(c.name)), straight = mean(slope);
  const natural = (u: number): number => line.centre + line.scale * u;
  const points = Array.from({ length: POINTS }, (_, i) => {
    const u = low + (high - low) * i / (POINTS - 1), basis = bent.map((c) => evaluateSpline(c.curve!, u));
    const values = Float64Array.from(
      slope,
      (s, d) => basis.reduce((sum, b, m) => sum + b * weights[m]![d]!, s * u),
    ).sort();
    return {
      x: natural(u),
      middle: mean(values),
      low: quantileSorted(values, 0.05),
      high: quantileSorted(values, 0.95),
      line: straight * u,
    };
  });
  const ends = [points[0]!, points.at(-1)!];
  return figure({
    height: 240,
    x: { label: feature },
    y: { label: "adds to the linear predictor", grid: true },
    marks: [
      Plot.areaY(points, { x: "x", y1: "low", y2: "high", fill: colors.blue, fillOpacity: 0.2 }),
      Plot.line(points, {
        x: "x",
        y: "line",
        stroke: "currentColor",
        strokeDasharray: "4 3",
        strokeOpacity: 0.7,
      }),
      Plot.line(points, { x: "x", y: "middle", stroke: colors.blue, strokeWidth: 2 }),
      Plot.ruleX(knots.map(natural), { stroke: colors.grey, strokeOpacity: 0.3 }),
      Plot.ruleY([0], { strokeOpacity: 0.4 }),
    ],
  }, {
    title: `The curve of ${feature}`,
    caption: "Posterior mean with its 90 % band, and its straight part (dashed)",
    alt: `Curve of ${feature} from ${ends[0]!.middle.toFixed(2)} at ${ends[0]!.x.toFixed(2)} to ${
      ends[1]!.middle.toFixed(2)
    } at ${ends[1]!.x.toFixed(2)}, lowest ${Math.min(...points.map((p) => p.middle)).toFixed(2)}`,
  });
}
