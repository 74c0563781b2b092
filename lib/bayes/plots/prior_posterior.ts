import { colors, type Figure, figure, Plot } from "../../plot/mod.ts";
import { isHorseshoe } from "../effects/horseshoe.ts";
import { isOneSided, logMeanPrior, type MeanPrior } from "../effects/mean_prior.ts";
import type { HierarchicalFit } from "../fit/fitted.ts";
import { ensure, suggest } from "../../core/mod.ts";

const POINTS = 120;

/**
 * What was believed of a coefficient's population mean before and after the data: a posterior that lies far out in its
 * prior's tail is a conflict, one that equals it says that the data were silent.
 *
 * @throws {RangeError} If there is no coefficient of that name, or it has no prior of its own but a horseshoe.
 */
export function priorPosteriorPlot(fit: HierarchicalFit, coefficient: string): Figure {
  const names = fit.coefficients.map((c) => c.name);
  ensure(
    names.includes(coefficient),
    "draw the prior",
    "coefficient",
    suggest(coefficient, names),
    coefficient,
  );
  const prior = fit.coefficients.find((c) => c.name === coefficient)!.location;
  const action = "draw the prior";
  ensure(!isHorseshoe(prior), action, `the prior of ${coefficient}`, "its own", "a horseshoe, shared");
  const { mean, sd } = fit.posterior.summary(`mu[${coefficient}]`);
  const draws = fit.posterior.drawsOf(`mu[${coefficient}]`);
  const [low, high] = rangeOf(prior, mean, sd);
  const at = Array.from({ length: POINTS }, (_, i) => low + (high - low) * i / (POINTS - 1));
  const width = 1.06 * sd * draws.length ** -0.2; // Silverman's rule
  const series = at.flatMap((x) => [
    { x, density: Math.exp(logMeanPrior(prior, x)), what: "prior" },
    { x, density: kernelDensity(draws, x, width), what: "posterior" },
  ]);
  return figure({
    height: 190,
    x: { label: `mean of ${coefficient} over groups` },
    y: { label: "density", grid: true },
    color: { domain: ["prior", "posterior"], range: [colors.grey, colors.blue], legend: true },
    marks: [Plot.line(series, { x: "x", y: "density", stroke: "what" }), Plot.ruleY([0])],
  }, {
    title: `Prior and posterior of ${coefficient}`,
    alt: `Densities of prior and posterior of ${coefficient}; posterior mean ${mean.toFixed(2)}, sd ${
      sd.toFixed(2)
    }`,
  });
}

function rangeOf(prior: MeanPrior, mean: number, sd: number): [number, number] {
  if (isOneSided(prior)) {
    const far = 3 * prior.size.scale * (prior.side === "positive" ? 1 : -1);
    return [Math.min(0, far, mean - 4 * sd), Math.max(0, far, mean + 4 * sd)];
  }
  const heavy = prior.filter((p) => p.weight > 0.02); // the far tails of a t are not worth the width
  const lows = heavy.map((p) => p.mean - 3 * p.sd), highs = heavy.map((p) => p.mean + 3 * p.sd);
  return [Math.min(mean - 4 * sd, ...lows), Math.max(mean + 4 * sd, ...highs)];
}

function kernelDensity(draws: Float64Array, x: number, width: number): number {
  let sum = 0;
  for (const d of draws) sum += Math.exp(-0.5 * ((x - d) / width) ** 2);
  return sum / (draws.length * width * Math.sqrt(2 * Math.PI));
}
