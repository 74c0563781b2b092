import { ensure } from "../core/mod.ts";
import { type Calibrator, calibrator, ensureRows, type FitOptions, type Values } from "./calibrator.ts";
import { binOf, innerEdges } from "./binned.ts";
import { fitIncreasing, isotonicAt } from "./isotonic.ts";

/** A piecewise cubic through points that rises where they rise and overshoots nowhere. */
export interface MonotoneSpline {
  /** Ascending knots. */
  readonly x: readonly number[];
  /** Values at the knots. */
  readonly y: readonly number[];
  /** Slopes at the knots. */
  readonly slopes: readonly number[];
}

/**
 * The monotone cubic interpolant with the slopes of Fritsch and Butland, which scipy calls PCHIP.
 *
 * @param x Ascending, distinct, two or more.
 * @param y One a knot.
 * @throws {RangeError} If knots are not ascending, or are fewer than two.
 * @see Fritsch & Butland 1984, https://doi.org/10.1137/0905021
 */
export function monotoneSpline(x: readonly number[], y: readonly number[]): MonotoneSpline {
  const action = "make a monotone spline", n = x.length;
  ensure(n > 1 && y.length === n, action, "knots", "two or more, with a value each", n);
  for (let i = 1; i < n; i++) ensure(x[i]! > x[i - 1]!, action, `x[${i}]`, `above ${x[i - 1]}`, x[i]);
  const widths = x.slice(1).map((v, i) => v - x[i]!), rises = widths.map((h, i) => (y[i + 1]! - y[i]!) / h);
  if (n === 2) return { x, y, slopes: [rises[0]!, rises[0]!] };
  const inner = rises.slice(1).map((after, i) => {
    const before = rises[i]!, w1 = 2 * widths[i + 1]! + widths[i]!, w2 = widths[i + 1]! + 2 * widths[i]!;
    return before * after > 0 ? (w1 + w2) / (w1 / before + w2 / after) : 0;
  });
  const first = endSlope(widths[0]!, widths[1]!, rises[0]!, rises[1]!);
  const last = endSlope(widths.at(-1)!, widths.at(-2)!, rises.at(-1)!, rises.at(-2)!);
  return { x, y, slopes: [first, ...inner, last] };
}

/** The three-point formula, kept from overshooting. */
function endSlope(h0: number, h1: number, m0: number, m1: number): number {
  const slope = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
  if (Math.sign(slope) !== Math.sign(m0)) return 0;
  return Math.sign(m0) !== Math.sign(m1) && Math.abs(slope) > 3 * Math.abs(m0) ? 3 * m0 : slope;
}

/** The value of a spline, constant outside its knots. */
export function splineAt({ x, y, slopes }: MonotoneSpline, at: number): number {
  if (at <= x[0]!) return y[0]!;
  if (at >= x.at(-1)!) return y.at(-1)!;
  const k = Math.max(0, binOf(x, at) - 1), h = x[k + 1]! - x[k]!, t = (at - x[k]!) / h;
  const [a, b] = [y[k]!, y[k + 1]!], [c, d] = [slopes[k]! * h, slopes[k + 1]! * h];
  return a * (1 + 2 * t) * (1 - t) ** 2 + b * t * t * (3 - 2 * t) + c * t * (1 - t) ** 2 +
    d * t * t * (t - 1);
}

/** Options of {@linkcode fitSpline}. */
export interface SplineOptions extends FitOptions {
  /** Knots between the ends, at quantiles. @default {5} */
  readonly knots?: number;
}

/**
 * Calibration by a monotone spline: smooth where isotonic calibration has steps. Bins of equally many rows give a mean
 * probability and a rate each; rates are made increasing, and a monotone cubic runs through them from (0, 0) to (1, 1).
 *
 * @throws {RangeError} If knots is no positive integer.
 */
export function fitSpline(probabilities: Values, labels: Values, options: SplineOptions = {}): Calibrator {
  const { knots = 5, weights } = options;
  ensureRows(probabilities, labels, weights);
  ensure(Number.isInteger(knots) && knots > 0, "fit the calibration", "knots", "a positive integer", knots);
  const edges = innerEdges(probabilities, knots, "quantile");
  const bins = Array.from({ length: edges.length + 1 }, () => ({ weight: 0, p: 0, events: 0 }));
  for (let i = 0; i < probabilities.length; i++) {
    const bin = bins[binOf(edges, probabilities[i]!)]!, weight = weights ? weights[i]! : 1;
    bin.weight += weight;
    bin.p += weight * probabilities[i]!;
    bin.events += weight * labels[i]!;
  }
  const used = bins.filter(({ weight, p }) => weight > 0 && p > 0 && p < weight);
  const points = used.map(({ weight, p, events }) => ({
    x: p / weight,
    y: (events + 1) / (weight + 2),
    weight,
  }));
  if (points.length === 0) return splineCalibrator(monotoneSpline([0, 1], [0, 1]));
  const fit = fitIncreasing(points.map((p) => p.x), points.map((p) => p.y), points.map((p) => p.weight));
  const rising = points.map(({ x }) => isotonicAt(fit, x));
  return splineCalibrator(monotoneSpline([0, ...points.map((p) => p.x), 1], [0, ...rising, 1]));
}

/** The calibrator of a spline. */
export function splineCalibrator(spline: MonotoneSpline): Calibrator {
  const { x, y, slopes } = spline;
  return calibrator("spline", { x, y, slopes }, (p) => Math.min(1, Math.max(0, splineAt(spline, p))));
}
