/**
 * Calibration by the rates of bins.
 *
 * @module
 */
import { countBelow, ensure, logSumExp, quantileSorted } from "../core/mod.ts";
import { betaln } from "../core/distributions/mod.ts";
import { type Calibrator, calibrator, ensureRows, type FitOptions, type Values } from "./calibrator.ts";

/** Options of {@linkcode fitHistogram}. */
export interface HistogramOptions extends FitOptions {
  /** How many bins. @default {10} */
  readonly bins?: number;
  /** Equally many rows a bin, or equally wide. @default {"quantile"} */
  readonly cut?: "quantile" | "uniform";
}

/**
 * Histogram binning: the observed rate of the bin, with one event and one other added so that no bin says 0 or 1. A bin
 * without rows keeps its middle.
 *
 * @throws {RangeError} If bins is no positive integer.
 * @see Zadrozny & Elkan 2001; the rate is Laplace's.
 */
export function fitHistogram(
  probabilities: Values,
  labels: Values,
  options: HistogramOptions = {},
): Calibrator {
  const { bins = 10, cut = "quantile", weights } = options;
  ensureRows(probabilities, labels, weights);
  ensure(Number.isInteger(bins) && bins > 0, "fit the calibration", "bins", "a positive integer", bins);
  const edges = innerEdges(probabilities, bins, cut), events = new Float64Array(edges.length + 1);
  const totals = new Float64Array(edges.length + 1);
  for (let i = 0; i < probabilities.length; i++) {
    const bin = binOf(edges, probabilities[i]!), weight = weights ? weights[i]! : 1;
    events[bin]! += weight * labels[i]!;
    totals[bin]! += weight;
  }
  const rates = Array.from(totals, (total, bin) => {
    const middle = ((edges[bin - 1] ?? 0) + (edges[bin] ?? 1)) / 2;
    return total > 0 ? (events[bin]! + 1) / (total + 2) : middle;
  });
  return histogramCalibrator(edges, rates);
}

/** The calibrator of inner edges and one rate more than these. */
export function histogramCalibrator(edges: readonly number[], rates: readonly number[]): Calibrator {
  return calibrator("histogram", { edges, rates }, (p) => rates[binOf(edges, p)]!);
}

/** Inner edges, ascending and distinct; the bin of p is how many of them lie below it (right-closed). */
export function innerEdges(probabilities: Values, bins: number, cut: "quantile" | "uniform"): number[] {
  const levels = Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins);
  if (cut === "uniform") return levels;
  const sorted = Float64Array.from(probabilities).sort();
  return [...new Set(levels.map((level) => quantileSorted(sorted, level)))];
}

/** The bin of p: one that lies on an edge belongs to the bin below it. */
export function binOf(edges: readonly number[], p: number): number {
  return countBelow(edges, p);
}

/**
 * Bayesian binning into quantiles: histograms of every size from ∛n / 10 to 10 ∛n (at most n / 2) bins, weighted by
 * their marginal likelihood, so that the number of bins need not be chosen.
 *
 * @see Naeini, Cooper & Hauskrecht 2015, https://doi.org/10.1609/aaai.v29i1.9602; prior strength 2 as there.
 */
export function fitBayesianBinning(probabilities: Values, labels: Values): Calibrator {
  ensureRows(probabilities, labels);
  const n = probabilities.length, root = Math.cbrt(n);
  const least = Math.max(1, Math.floor(root / 10)),
    most = Math.max(least, Math.min(Math.ceil(10 * root), n >> 1));
  const models = Array.from(
    { length: most - least + 1 },
    (_, i) => binModel(probabilities, labels, least + i),
  );
  const total = logSumExp(models.map(({ score }) => score));
  const weighted = models.map((m) => ({ ...m, weight: Math.exp(m.score - total) }));
  const kept = weighted.filter(({ weight }) => weight > 1e-6),
    mass = kept.reduce((sum, m) => sum + m.weight, 0);
  return bayesianBinningCalibrator(
    kept.map((m) => m.weight / mass),
    kept.map((m) => m.edges),
    kept.map((m) => m.rates),
  );
}

/** The calibrator of weighted histograms. */
export function bayesianBinningCalibrator(
  weights: readonly number[],
  edges: readonly (readonly number[])[],
  rates: readonly (readonly number[])[],
): Calibrator {
  return calibrator(
    "bayesianBinning",
    { weights, edges, rates },
    (p) => weights.reduce((sum, weight, k) => sum + weight * rates[k]![binOf(edges[k]!, p)]!, 0),
  );
}

interface BinModel {
  readonly edges: readonly number[];
  readonly rates: readonly number[];
  readonly score: number;
}

/** One histogram with a Beta prior in each bin around its middle, and its log marginal likelihood. */
function binModel(probabilities: Values, labels: Values, bins: number): BinModel {
  const edges = innerEdges(probabilities, bins, "quantile"), count = edges.length + 1, strength = 2 / count;
  const events = new Float64Array(count), totals = new Float64Array(count);
  for (let i = 0; i < probabilities.length; i++) {
    const bin = binOf(edges, probabilities[i]!);
    events[bin]! += labels[i]!;
    totals[bin]!++;
  }
  let score = 0;
  const rates = Array.from(totals, (total, bin) => {
    const middle = ((edges[bin - 1] ?? 0) + (edges[bin] ?? 1)) / 2;
    const up = strength * Math.min(1 - 1e-6, Math.max(1e-6, middle)), down = strength - up;
    score += betaln(events[bin]! + up, total - events[bin]! + down) - betaln(up, down);
    return (events[bin]! + up) / (total + strength);
  });
  return { edges, rates, score };
}
