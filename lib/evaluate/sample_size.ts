import {
  type Check,
  check,
  createRng,
  DISPLAY,
  type Displayable,
  ensure,
  notApplicable,
  type Rng,
} from "../core/mod.ts";
import type { Outcome } from "../data/mod.ts";
import { colors, figure, Plot } from "../plot/mod.ts";
import type { Interval } from "./interval.ts";
import { meanInterval } from "./mean.ts";
import { estimateOutcome } from "./outcome_by.ts";
import { proportionInterval } from "./proportion.ts";

/** Options of {@linkcode studySampleSize}. */
export interface SampleSizeOptions {
  /** How many customers each sample has. @default {[150, 10_000]} */
  readonly sizes?: readonly number[];
  /** How many samples of each size. @default {1000} */
  readonly samples?: number;
  /** Names the draws. */
  readonly seed: number;
}

/** One sample: the interval that its analyst would report, and whether it holds the truth. */
export interface SampleResult {
  /** Customers in the sample. */
  readonly size: number;
  /** The share or mean of the sample with its interval of 95 %. */
  readonly interval: Interval;
  /** Whether the interval holds the truth. */
  readonly holds: boolean;
}

/** What samples of several sizes say about one truth; shows the first of them as a figure. */
export interface SampleSizeStudy extends Displayable {
  /** The share or mean of the rows that samples are drawn from. */
  readonly truth: number;
  /** Size by size. */
  readonly results: readonly SampleResult[];
  /** How many intervals of a size hold the truth, judged against the promised 95 %. */
  coverage(size: number): Check;
}

/** Samples drawn in the figure. */
const DRAWN = 25;

/**
 * Draws many samples (with replacement) from the known outcomes of a table and makes the interval of each, as if nobody
 * knew the rest: how wide is it, and does it hold the truth?
 *
 * @throws {RangeError} If the outcome is known for no row.
 *
 * @example
 * ```ts
 * import { outcomeOf, query } from "credible/data";
 * import { studySampleSize } from "credible/evaluate";
 * const shops = await query("SELECT i % 4 = 0 AS churned FROM range(1000) t(i)");
 * const study = studySampleSize(outcomeOf(shops, "churned"), { seed: 7 });
 * study.coverage(150).status; // "pass"
 * ```
 */
export function studySampleSize(outcome: Outcome, options: SampleSizeOptions): SampleSizeStudy {
  const { sizes = [150, 10_000], samples = 1000, seed } = options;
  const known = outcome.values.filter((value) => !Number.isNaN(value));
  ensure(known.length > 0, "study sample sizes", "the outcome", "known for a row", "none");
  const truth = estimateOutcome(outcome).estimate;
  const results = sizes.flatMap((size) => {
    const rng = createRng(seed, "samples of customers", size);
    return Array.from({ length: samples }, (): SampleResult => {
      const interval = outcome.kind === "share"
        ? shareOfSample(truth, size, rng)
        : meanOfSample(known, size, rng);
      return { size, interval, holds: interval.low <= truth && truth <= interval.high };
    });
  });
  return {
    truth,
    results,
    coverage: (size) => judge(outcome, truth, results.filter((result) => result.size === size), size),
    [DISPLAY]: () => draw(outcome, truth, sizes, results)[DISPLAY](),
  };
}

/** A sample with replacement has a binomial count. */
function shareOfSample(share: number, size: number, rng: Rng): Interval {
  return proportionInterval(rng.binomial(size, share), size);
}

function meanOfSample(known: Float64Array, size: number, rng: Rng): Interval {
  return meanInterval(Float64Array.from({ length: size }, () => known[rng.integer(known.length)]!));
}

/** Rows with the rarer label that a sample must have on average for Wilson's interval to be near its promise. */
const FEWEST_EXPECTED = 5;

function judge(outcome: Outcome, truth: number, results: readonly SampleResult[], size: number): Check {
  const title = `Intervals from ${size.toLocaleString("en")} customers that hold the truth`;
  if (outcome.kind === "mean") {
    return notApplicable("coverage", title, "means of skewed amounts come without a promise");
  }
  if (Math.min(truth, 1 - truth) * size < FEWEST_EXPECTED) {
    return notApplicable(
      "coverage",
      title,
      `the rarer label comes fewer than ${FEWEST_EXPECTED} times in such a sample`,
    );
  }
  const value = results.filter((result) => result.holds).length / results.length;
  // Wilson's true coverage lies within 0.02 of 0.95 here; counting it adds four standard errors.
  const slack = 0.02 + 4 * Math.sqrt(0.95 * 0.05 / results.length);
  const [low, high] = [0.95 - slack, Math.min(1, 0.95 + slack)].map((end) => Number(end.toFixed(3)));
  return check({ code: "coverage", title, value, limit: { between: [low!, high!] } });
}

/**
 * How wide the interval of 95 % is that a sample of this size gives on average: for a share in Wilson's way, for a mean
 * from the spread of the known values.
 */
export function intervalWidth(outcome: Outcome, size: number): number {
  const { estimate, standardError } = estimateOutcome(outcome);
  if (outcome.kind === "share") {
    const { low, high } = proportionInterval(Math.round(size * estimate), size);
    return high - low;
  }
  const known = outcome.values.reduce((count, value) => count + Number(!Number.isNaN(value)), 0);
  return 2 * 1.96 * (standardError ?? NaN) * Math.sqrt(known / size);
}

/** The width of the interval against the number of customers, with this table's own number marked. */
export function widthFigure(outcome: Outcome, sizes: readonly number[] = [150, 10_000]): Displayable {
  const own = outcome.values.reduce((count, value) => count + Number(!Number.isNaN(value)), 0);
  const unit = outcome.kind === "share" ? 100 : 1;
  const at = (size: number) => ({ size, width: unit * intervalWidth(outcome, size) });
  const curve = Array.from({ length: 61 }, (_, i) => at(Math.round(20 * 5000 ** (i / 60))));
  const marked = sizes.map((size) => ({ ...at(size), text: `${size.toLocaleString("en")} customers` }));
  const mine = [{ ...at(own), text: `this table: ${own.toLocaleString("en")}` }];
  // Under the curve there is room on the left, but near the axis none: a small table is named above the others.
  const place = own < 400
    ? { dx: 8, dy: -25, textAnchor: "start" } as const
    : { dx: -8, dy: 3, textAnchor: "end" } as const;
  return figure({
    height: 340,
    x: {
      type: "log",
      label: "customers",
      ticks: [20, 100, 1000, 10_000, 100_000],
      tickFormat: (n: number) => n.toLocaleString("en"),
    },
    y: {
      label: outcome.kind === "share" ? "width of the interval (percentage points)" : "width of the interval",
      grid: true,
      zero: true,
    },
    marks: [
      Plot.line(curve, { x: "size", y: "width", stroke: colors.blue, strokeWidth: 2 }),
      Plot.dot([...marked, ...mine], { x: "size", y: "width", fill: colors.orange, r: 4.5 }),
      Plot.text(marked, { x: "size", y: "width", text: "text", dx: 8, dy: -9, textAnchor: "start" }),
      Plot.text(mine, { x: "size", y: "width", text: "text", ...place }),
    ],
  }, {
    title: "Four times the customers, half the width",
    caption:
      "How wide an interval of 95 % is for the outcome of this table, by the number of customers it is made from.",
    alt: `The width falls with the root of the number: ${
      [...marked, ...mine].map((m) => `${m.text} ${m.width.toPrecision(2)}`).join("; ")
    }`,
  });
}

function draw(
  outcome: Outcome,
  truth: number,
  sizes: readonly number[],
  results: readonly SampleResult[],
): Displayable {
  const unit = outcome.kind === "share" ? 100 : 1;
  const shown = sizes.flatMap((size) =>
    results.filter((result) => result.size === size).slice(0, DRAWN).map(({ interval, holds }, i) => ({
      size: `${size.toLocaleString("en")} customers`,
      sample: i + 1,
      low: unit * interval.low,
      high: unit * interval.high,
      estimate: unit * interval.estimate,
      verdict: holds ? "holds the truth" : "misses it",
    }))
  );
  const misses = shown.filter((row) => row.verdict === "misses it").length;
  return figure({
    height: 320,
    fx: { label: null, domain: [...new Set(shown.map((row) => row.size))] },
    x: { label: null, ticks: [], domain: Array.from({ length: DRAWN }, (_, i) => i + 1), type: "band" },
    y: {
      label: unit === 100 ? `${outcome.words} (%)` : outcome.words,
      labelAnchor: "center",
      labelArrow: "none",
      grid: true,
    },
    marginLeft: 64,
    color: { domain: ["holds the truth", "misses it"], range: [colors.blue, colors.orange], legend: true },
    marks: [
      Plot.ruleY([unit * truth], { stroke: "currentColor", strokeDasharray: "4 3" }),
      Plot.ruleX(shown, {
        fx: "size",
        x: "sample",
        y1: "low",
        y2: "high",
        stroke: "verdict",
        strokeWidth: 2.5,
      }),
      Plot.dot(shown, { fx: "size", x: "sample", y: "estimate", fill: "verdict", r: 2.5 }),
    ],
  }, {
    title: `${DRAWN} analysts, each with a sample of their own`,
    caption:
      "Every bar is the interval of 95 % that one sample gives; the dashed line is the truth. About one bar in twenty misses it, whatever the size.",
    alt: `Intervals from samples of ${
      sizes.join(" and ")
    } customers; ${misses} of ${shown.length} miss the truth, the larger samples' are far shorter`,
  });
}
