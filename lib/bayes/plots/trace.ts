import { countBelow } from "../../core/mod.ts";
import { colors, type Figure, figure, palette, Plot } from "../../plot/mod.ts";
import type { Posterior } from "../sampler/posterior.ts";

/** Points drawn per chain: more would be ink on ink. */
const MOST_POINTS = 250;

/**
 * The draws of one quantity in their order, each chain in its colour: good chains look alike, like one band of noise.
 *
 * @throws {RangeError} If there is no quantity of that name.
 */
export function tracePlot(posterior: Posterior, quantity: string): Figure {
  const every = Math.ceil(posterior.draws / MOST_POINTS);
  const points = posterior.chainsOf(quantity).flatMap((chain, c) =>
    Array.from({ length: Math.ceil(chain.length / every) }, (_, i) => ({
      draw: i * every,
      value: chain[i * every]!,
      chain: `${c + 1}`,
    }))
  );
  const { rHat } = posterior.summary(quantity);
  return figure({
    height: 190,
    x: { label: "draw" },
    y: { label: quantity, grid: true, nice: true },
    color: { domain: chainNames(posterior), range: [...palette], legend: true, label: "chain" },
    marks: [
      Plot.line(points, { x: "draw", y: "value", stroke: "chain", strokeWidth: 0.7, strokeOpacity: 0.8 }),
    ],
  }, {
    title: `Draws of ${quantity}`,
    caption: `Every ${ordinal(every)} draw of each chain. R̂ ${rHat.toFixed(3)}.`,
    alt: `Trace of ${quantity} in ${posterior.chains} chains; R̂ is ${rHat.toFixed(3)}`,
  });
}

/**
 * Histograms of ranks, one a chain: draws are ranked over all chains, so chains that agree have level histograms.
 *
 * @see Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221, section 5.3
 * @throws {RangeError} If there is no quantity of that name.
 */
export function rankPlot(posterior: Posterior, quantity: string): Figure {
  const chains = posterior.chainsOf(quantity), bins = 20;
  const sorted = Float64Array.from(chains.flatMap((c) => [...c])).sort();
  const bars = chains.flatMap((chain, c) => {
    const counts = new Uint32Array(bins);
    for (const value of chain) counts[Math.floor(bins * countBelow(sorted, value) / sorted.length)]!++;
    return Array.from(counts, (count, b) => ({
      from: b / bins,
      to: (b + 1) / bins,
      count,
      chain: `chain ${c + 1}`,
    }));
  });
  return figure({
    height: 160,
    x: { label: "rank among all draws (share)", ticks: [0.5] },
    y: { label: "draws", grid: true },
    fx: { label: null },
    marks: [
      Plot.rect(bars, {
        x1: "from",
        x2: "to",
        y1: 0,
        y2: "count",
        fx: "chain",
        fill: colors.blue,
        inset: 0.3,
      }),
      Plot.ruleY([posterior.draws / bins], { stroke: "currentColor", strokeDasharray: "4 3" }),
    ],
  }, {
    title: `Ranks of ${quantity}`,
    caption: "The dashed line is where every bar would stand if chains agreed exactly.",
    alt: `Rank histograms of ${quantity}, one per chain`,
  });
}

/** The names that chains have in legends. */
function chainNames(posterior: Posterior): string[] {
  return Array.from({ length: posterior.chains }, (_, c) => `${c + 1}`);
}

function ordinal(n: number): string {
  return n === 1 ? "single" : n === 2 ? "second" : n === 3 ? "third" : `${n}th`;
}
