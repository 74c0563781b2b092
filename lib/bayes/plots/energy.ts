import { mean } from "../../core/mod.ts";
import { colors, type Figure, figure, Plot } from "../../plot/mod.ts";
import { energyFractions } from "../diagnostics/mod.ts";
import { OUTCOMES } from "../sampler/store.ts";
import type { Posterior } from "../sampler/posterior.ts";

const BINS = 40;

/**
 * The spread of the energy against the spread of its changes from draw to draw: where the changes are much the narrower of
 * the two, the sampler cannot reach the tails.
 *
 * @see Betancourt 2016, https://arxiv.org/abs/1604.00695
 */
export function energyPlot(posterior: Posterior): Figure {
  const chains = posterior.statisticOf("energy");
  const spread = chains.flatMap((chain) => {
    const centre = mean(chain);
    return Array.from(chain, (e) => e - centre);
  });
  const changes = chains.flatMap((chain) => Array.from(chain.subarray(1), (e, i) => e - chain[i]!));
  const reach = Math.max(...spread.map(Math.abs), ...changes.map(Math.abs)) || 1;
  const smallest = Math.min(...energyFractions(chains));
  const series = [
    ...densityOf(spread, reach).map((p) => ({ ...p, what: "energy" })),
    ...densityOf(changes, reach).map((p) => ({ ...p, what: "change per draw" })),
  ];
  return figure({
    height: 190,
    x: { label: "energy, centred" },
    y: { label: "density", grid: true },
    color: { domain: ["energy", "change per draw"], range: [colors.blue, colors.orange], legend: true },
    marks: [
      Plot.line(series, { x: "at", y: "density", stroke: "what", curve: "monotone-x" }),
      Plot.ruleY([0]),
    ],
  }, {
    title: "Energy",
    caption: `Smallest E-BFMI of a chain: ${smallest.toFixed(2)}; below 0.3 the tails are hardly reached.`,
    alt: `Densities of the energy and of its changes; smallest E-BFMI ${smallest.toFixed(2)}`,
  });
}

function densityOf(values: readonly number[], reach: number): { at: number; density: number }[] {
  const width = 2 * reach / BINS, counts = new Float64Array(BINS);
  for (const v of values) counts[Math.min(BINS - 1, Math.max(0, Math.floor((v + reach) / width)))]!++;
  return Array.from(counts, (n, b) => ({
    at: -reach + (b + 0.5) * width,
    density: n / (values.length * width),
  }));
}

/**
 * The draws of two quantities against each other, divergent transitions marked: where they gather is what the integrator
 * cannot follow.
 *
 * @throws {RangeError} If there is no quantity of that name.
 */
export function pairPlot(posterior: Posterior, across: string, up: string): Figure {
  const bad = [OUTCOMES.indexOf("divergent"), OUTCOMES.indexOf("badDensity")];
  const outcome = posterior.statisticOf("outcome"), y = posterior.chainsOf(up);
  const points = posterior.chainsOf(across).flatMap((chain, c) =>
    Array.from(chain, (value, d) => ({ x: value, y: y[c]![d]!, diverged: bad.includes(outcome[c]![d]!) }))
  );
  const every = Math.ceil(points.length / 1000);
  const diverged = points.filter((p) => p.diverged);
  return figure({
    height: 320,
    x: { label: across, nice: true },
    y: { label: up, grid: true, nice: true },
    marks: [
      Plot.dot(points.filter((p, i) => !p.diverged && i % every === 0), {
        x: "x",
        y: "y",
        r: 1.6,
        fill: colors.blue,
        fillOpacity: 0.45,
      }),
      Plot.dot(diverged, { x: "x", y: "y", r: 3, fill: colors.orange }),
    ],
  }, {
    title: `${up} against ${across}`,
    caption: diverged.length === 0
      ? "No transition diverged."
      : `${diverged.length} divergent transitions in orange.`,
    alt: `Scatter of ${up} against ${across} with ${diverged.length} divergent transitions marked`,
  });
}
