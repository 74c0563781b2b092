import { colors, faded, type Figure, figure, Plot } from "../plot/mod.ts";
import type { Values } from "./calibrator.ts";
import { type BinOptions, reliabilityBins } from "./judge.ts";

/** Options of {@linkcode reliabilityDiagram}. */
export interface ReliabilityOptions extends BinOptions {
  /** What is predicted, for the axes. @default {"event"} */
  readonly event?: string;
  /** A few words in bold that open the caption. */
  readonly title?: string;
}

/**
 * The reliability diagram: what was said against what happened in each bin, with 95 % Wilson bands, and the histogram
 * of what was said beneath, so that an empty corner is seen as such.
 *
 * @throws {RangeError} If lengths differ, a label is not 0 or 1, or a probability is outside [0, 1].
 *
 * @example
 * ```ts
 * import { reliabilityDiagram } from "credible/calibration";
 * reliabilityDiagram([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9], { bins: 3, event: "churn" });
 * ```
 */
export function reliabilityDiagram(
  labels: Values,
  probabilities: Values,
  options: ReliabilityOptions = {},
): Figure {
  const { event = "event", title, ...cut } = options;
  const bins = reliabilityBins(labels, probabilities, cut), used = bins.filter(({ rows }) => rows > 0);
  const points = used.map(({ probability, rate, rows }) => ({
    said: probability,
    rate: rate.estimate,
    low: rate.low,
    high: rate.high,
    rows,
  }));
  const most = Math.max(...bins.map(({ rows }) => rows));
  const bars = bins.map(({ low, high, rows }) => ({ low, high, top: -0.03 - 0.2 * (1 - rows / most), rows }));
  const off =
    used.filter(({ probability, rate }) => probability < rate.low || probability > rate.high).length;
  return figure({
    x: { label: `predicted probability of ${event}`, domain: [0, 1], grid: true },
    y: { label: `share with ${event}`, domain: [-0.24, 1], ticks: [0, 0.25, 0.5, 0.75, 1], grid: true },
    height: 460,
    marks: [
      Plot.rect(bars, { x1: "low", x2: "high", y1: -0.23, y2: "top", fill: colors.grey, inset: 0.5 }),
      Plot.ruleY([0], { strokeOpacity: 0.3 }),
      Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.6 }),
      Plot.areaY(points, { x: "said", y1: "low", y2: "high", fill: faded(colors.blue, 0.15) }),
      Plot.ruleX(points, { x: "said", y1: "low", y2: "high", stroke: colors.blue, strokeWidth: 1.5 }),
      Plot.line(points, { x: "said", y: "rate", stroke: colors.blue }),
      Plot.dot(points, { x: "said", y: "rate", fill: colors.blue, r: 4 }),
    ],
  }, {
    ...(title === undefined ? {} : { title }),
    caption:
      `What was said against what happened, with 95 % intervals; ${off} of ${used.length} bins leave out the ` +
      `diagonal. Grey: how often each probability was said, out of ${labels.length} rows.`,
    alt: `Reliability diagram: ${
      points.map((p) => `${p.said.toFixed(2)} said, ${p.rate.toFixed(2)} seen`).join("; ")
    }`,
  });
}
