import { colors, type Figure, figure, Plot } from "../../plot/mod.ts";
import type { VariationalFit } from "./variational_fit.ts";

/** Points of the trace that may lie below the picture: the way up is steep, and what matters is at its end. */
const CUT = 0.25;

/** The evidence lower bound on the way: it should have come to rest. */
export function elboPlot(fit: VariationalFit): Figure {
  const points = fit.trace.filter(({ elbo }) => Number.isFinite(elbo));
  const heights = points.map(({ elbo }) => elbo).sort((a, b) => a - b);
  const top = heights.at(-1) ?? 0, low = heights[Math.floor(CUT * heights.length)] ?? 0;
  const value = fit.elbo.value.toFixed(1);
  return figure({
    height: 220,
    x: { label: "iterations" },
    y: { label: "ELBO in nats", grid: true, domain: [low, top], clamp: true, nice: true },
    marks: [
      Plot.line(points, { x: "iteration", y: "elbo", z: "path", stroke: colors.blue, strokeWidth: 1.2 }),
    ],
  }, {
    title: "The bound on the way",
    caption: `Estimates of the evidence lower bound; of the result it is ${value}.`,
    alt: `A curve that climbs and comes to rest near ${value}`,
  });
}
