import { countUpTo, quantileSorted } from "../../core/mod.ts";
import { colors, type Figure, figure, Plot } from "../../plot/mod.ts";
import type { HierarchicalFit } from "../fit/fitted.ts";
import type { LevelFit } from "../fit/level_fit.ts";
import type { PredictiveComparison } from "./posterior_predictive.ts";

/** The mean of each group: what the model makes, and what is. */
export function groupsFigure(
  groups: readonly PredictiveComparison[],
  fit: HierarchicalFit | LevelFit,
): Figure {
  const { target, positive } = fit.design;
  const isShare = "levels" in fit || fit.family === "bernoulli" || fit.family === "binomial";
  const what = positive === undefined ? target : `${target} = ${positive}`;
  const inside = groups.filter((g) => g.observed >= g.low && g.observed <= g.high).length;
  return figure({
    x: {
      label: isShare ? `share of ${what} (%)` : `mean ${target}`,
      percent: isShare,
      grid: true,
      nice: true,
    },
    y: { label: null, domain: groups.map((g) => g.name), tickSize: 0 },
    height: 60 + 22 * groups.length,
    marks: [
      Plot.ruleY(groups, { y: "name", x1: "low", x2: "high", stroke: colors.blue, strokeWidth: 2.5 }),
      Plot.dot(groups, { y: "name", x: "middle", fill: colors.blue, r: 4 }),
      Plot.dot(groups, { y: "name", x: "observed", stroke: colors.orange, r: 5, strokeWidth: 2 }),
    ],
  }, {
    title: "Groups, made and real",
    caption:
      `Blue: the model's 90 % interval and median. Open circles: the data, ${inside} of ${groups.length} inside.`,
    alt: `Predictive intervals of ${groups.length} groups; ${inside} hold what was observed`,
  });
}

const BINS = 30;

/** Bins that are drawn for counts: one per count up to so many. */
const MOST_COUNTS = 40;

/** The share of outcomes by value: a band of what the model makes, and what is. Amounts above 0 are binned by their logarithm. */
export function outcomesFigure(
  observed: Float64Array,
  made: readonly Float64Array[],
  { family, design }: HierarchicalFit,
): Figure {
  const isCount = family === "binomial" || family === "poisson" || family === "negativeBinomial";
  const isAmount = family === "gamma" || family === "logNormal";
  const ends = endsOf(observed, made[0] ?? observed);
  const edges = isCount ? countEdges(ends[1]) : isAmount ? logEdges(ends) : evenEdges(ends);
  const real = sharesOf(observed, edges), shares = made.map((y) => sharesOf(y, edges));
  const bins = Array.from(real, (share, b) => {
    const own = Float64Array.from(shares, (s) => s[b]!).sort();
    return {
      from: edges[b]!,
      to: edges[b + 1]!,
      share,
      low: quantileSorted(own, 0.05),
      high: quantileSorted(own, 0.95),
    };
  });
  const middle = (bin: typeof bins[number]): number =>
    isCount
      ? Math.floor((bin.from + bin.to) / 2)
      : isAmount
      ? Math.sqrt(bin.from * bin.to)
      : (bin.from + bin.to) / 2;
  const inside = bins.filter((b) => b.share >= b.low && b.share <= b.high).length;
  return figure({
    height: 230,
    x: { label: design.target, ...(isAmount ? { type: "log" as const } : {}) },
    y: { label: "share of outcomes (%)", percent: true, grid: true },
    marks: [
      Plot.rect(bins, { x1: "from", x2: "to", y1: "low", y2: "high", fill: colors.blue, fillOpacity: 0.35 }),
      Plot.dot(bins, { x: middle, y: "share", stroke: colors.orange, r: 3.5, strokeWidth: 2 }),
      Plot.ruleY([0]),
    ],
  }, {
    title: "Outcomes, made and real",
    caption:
      `Bands: the middle 90 % of what the model makes. Open circles: the data, ${inside} of ${bins.length} inside.`,
    alt: `Share of ${design.target} by value, made and observed; ${inside} of ${bins.length} bins agree`,
  });
}

function endsOf(...many: readonly Float64Array[]): [number, number] {
  const all = many.flatMap((v) => [...v]);
  return [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/** Edges between whole numbers, so that each bin holds as many of them as the next. */
function countEdges(largest: number): number[] {
  const width = Math.ceil((largest + 1) / MOST_COUNTS), bins = Math.ceil((largest + 1) / width);
  return Array.from({ length: bins + 1 }, (_, b) => b * width - 0.5);
}

function evenEdges([low, high]: [number, number]): number[] {
  const width = (high - low || 1) / BINS;
  return Array.from({ length: BINS + 1 }, (_, b) => low + b * width);
}

function logEdges([low, high]: [number, number]): number[] {
  return evenEdges([Math.log(Math.max(low, 1e-300)), Math.log(high)]).map(Math.exp);
}

/** What share of the values lies in each bin; what is beyond the edges counts to the outermost ones. */
function sharesOf(values: Float64Array, edges: readonly number[]): Float64Array {
  const shares = new Float64Array(edges.length - 1);
  for (const value of values) {
    const bin = Math.min(Math.max(countUpTo(edges, value) - 1, 0), shares.length - 1);
    shares[bin]! += 1 / values.length;
  }
  return shares;
}
