import { ensure } from "../core/mod.ts";
import { colors, faded } from "./colors.ts";
import { type Figure, figure, type FigureOptions } from "./figure.ts";
import { Plot } from "./marks.ts";

/** Options of {@linkcode histogram}. */
export interface HistogramOptions extends FigureOptions {
  /** What is counted. */
  readonly axis: string;
  /** About how many bars. @default {30} */
  readonly bins?: number;
  /** A density to lay over the bars, which then show densities too. */
  readonly density?: (x: number) => number;
  /** A value to mark with a dashed line. */
  readonly reference?: number;
}

/**
 * How values spread, with a density laid over where one is given. NaN and infinities are left out.
 *
 * @throws {RangeError} If no value is finite.
 *
 * @example
 * ```ts
 * import { histogram } from "credible/plot";
 * histogram([1, 2, 2, 3, 3, 3], { axis: "orders a customer", alt: "Most customers order thrice", bins: 3 });
 * ```
 */
export function histogram(values: ArrayLike<number>, options: HistogramOptions): Figure {
  const { axis, bins = 30, density, reference, ...about } = options;
  const finite = Array.from(values).filter(Number.isFinite);
  ensure(finite.length > 0, "draw the histogram", "values", "finite at least once", values.length);
  const height = density
    ? {
      reduceIndex: (index: number[], _: unknown, extent: { x1: number; x2: number }) =>
        index.length / finite.length / (extent.x2 - extent.x1),
    }
    : "count";
  const [low, high] = finite.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
  const curve = density
    ? Array.from({ length: 201 }, (_, i) => low + (high - low) * i / 200).map((x) => ({ x, y: density(x) }))
    : [];
  const bars = Plot.binX({ y: height as "count" }, { x: (x: number) => x, thresholds: bins });
  return figure({
    height: 300,
    x: { label: axis },
    y: { label: density ? "density" : "count", grid: true },
    marks: [
      Plot.rectY(finite, { ...bars, fill: faded(colors.blue, 0.6), insetLeft: 0.5, insetRight: 0.5 }),
      Plot.ruleY([0]),
      ...(curve.length ? [Plot.line(curve, { x: "x", y: "y", stroke: colors.orange, strokeWidth: 2 })] : []),
      ...(reference === undefined ? [] : [Plot.ruleX([reference], { strokeDasharray: "4 3" })]),
    ],
  }, about);
}
