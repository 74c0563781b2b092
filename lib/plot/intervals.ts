import { ensure } from "../core/mod.ts";
import { colors } from "./colors.ts";
import { type Figure, figure, type FigureOptions } from "./figure.ts";
import { Plot } from "./marks.ts";

/** One row of an interval plot. */
export interface Interval {
  /** What the row is about. */
  readonly label: string;
  /** The point. */
  readonly estimate: number;
  /** The lower end. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
  /** A second split of each label, which takes a colour. */
  readonly group?: string;
}

/** Options of {@linkcode intervals}. */
export interface IntervalsOptions extends FigureOptions {
  /** What the axis measures. */
  readonly axis: string;
  /** Whether values are shares, printed as percent. @default {false} */
  readonly percent?: boolean;
  /** A value to compare with, drawn as a dashed line. */
  readonly reference?: number;
}

/**
 * A forest plot: one row a label, a point with its interval, in the order given.
 *
 * @throws {RangeError} If there is no row.
 *
 * @example
 * ```ts
 * import { intervals } from "credible/plot";
 * intervals([
 *   { label: "monthly", estimate: 0.43, low: 0.41, high: 0.44 },
 *   { label: "two years", estimate: 0.03, low: 0.02, high: 0.04 },
 * ], { axis: "churn", percent: true, reference: 0.27, alt: "Churn by contract with 95 % intervals" });
 * ```
 */
export function intervals(rows: readonly Interval[], options: IntervalsOptions): Figure {
  const { axis, percent = false, reference, ...about } = options;
  ensure(rows.length > 0, "draw the intervals", "rows", "one or more", 0);
  const labels = [...new Set(rows.map((row) => row.label))];
  const groups = [...new Set(rows.flatMap((row) => row.group ?? []))];
  const split = groups.length > 1;
  const place = split ? { fy: "label", y: "group" } : { y: "label" };
  const stroke = split ? { stroke: "group" } : { stroke: colors.blue };
  const fill = split ? { fill: "group" } : { fill: colors.blue };
  const height = (split ? 16 * groups.length + 14 : 26) * labels.length + 54;
  return figure({
    x: { label: percent ? `${axis} (%)` : axis, grid: true, nice: true, percent },
    y: { label: null, domain: split ? groups : labels, tickSize: 0, ...(split ? { axis: null } : {}) },
    ...(split
      ? {
        fy: { label: null, domain: labels, axis: "left" as const },
        color: { domain: groups, legend: true },
      }
      : {}),
    height,
    marginTop: 6,
    marks: [
      ...(reference === undefined ? [] : [
        Plot.ruleX([reference], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 }),
      ]),
      Plot.ruleY(rows, {
        ...place,
        ...stroke,
        x1: "low",
        x2: "high",
        strokeWidth: 2.5,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, { ...place, ...fill, x: "estimate", r: 4.5 }),
    ],
  }, about);
}
