import { createRng, DISPLAY, type Displayable, ensure, mean, quantile } from "../../../core/mod.ts";
import type { Table } from "../../../data/mod.ts";
import type { Moment, TransactionColumns } from "../../../features/mod.ts";
import { colors, figure, Plot } from "../../../plot/mod.ts";
import { byCohort } from "../bayes/cohort_fit.ts";
import type { PurchaseFit } from "../bayes/fit_purchases.ts";
import { purchaseTimes } from "../bayes/story.ts";
import { summariseBuyers } from "../buyers.ts";
import { DAY } from "../../time.ts";

/** Options of {@linkcode trackPurchases}. */
export interface TrackingOptions extends TransactionColumns {
  /** Up to when the fit has seen purchases. */
  readonly asOf: Moment;
  /** Up to when purchases are counted. */
  readonly until: Moment;
  /** Each customer's cohort, as in the fit. */
  readonly cohorts?: readonly string[];
  /** Days in the fit's unit of time. @default {7} */
  readonly unitDays?: number;
  /** Draws of the posterior, each with luck of its own. @default {100} */
  readonly draws?: number;
  /** Of the band, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** Of the luck. @default that of the fit */
  readonly seed?: number;
}

/** Repeat purchases up to a moment. */
export interface TrackedPurchases {
  /** Units of time since the first customer came. */
  readonly time: number;
  /** How many there were. */
  readonly actual: number;
  /** How many were to be expected. */
  readonly expected: number;
  /** The lower end of what the model finds plausible, luck included. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** Cumulative repeat purchases against the model. Shows itself as a tracking plot. */
export interface Tracking extends Displayable {
  /** One a unit of time. */
  readonly rows: readonly TrackedPurchases[];
  /** Where the fit's knowledge ends, in units since the first customer. */
  readonly known: number;
}

/**
 * The repeat purchases of the customers known at `asOf`, cumulated from the first day until after it, and what the model makes of
 * as many customers who came on the same days. Left of `asOf` the curve shows whether the model fits, right of it whether it
 * foretells.
 *
 * @throws {RangeError} If a column is not there or a moment is no date.
 */
export function trackPurchases(transactions: Table, fit: PurchaseFit, options: TrackingOptions): Tracking {
  const { unitDays = 7, draws = 100, confidence = 0.9, seed = fit.posterior.seed } = options;
  const { customer, date, amount } = options, columns = { customer, date, amount, unitDays };
  const [asOf, until] = [options.asOf, options.until].map((moment) => new Date(moment).getTime()) as [
    number,
    number,
  ];
  ensure(until >= asOf, "track purchases", "until", "asOf or later", String(options.until));
  const buyers = summariseBuyers(transactions, { ...columns, asOf });
  const known = Math.max(...Array.from(buyers.age)),
    unit = unitDays * DAY,
    end = known + (until - asOf) / unit;
  const came = Float64Array.from(buyers.age, (age) => known - age), steps = Math.floor(end);

  const wanted = new Set(buyers.customers);
  const actual = Array.from({ length: steps }, (_, k) => {
    const then = summariseBuyers(transactions, { ...columns, asOf: asOf + (k + 1 - known) * unit });
    return then.customers.reduce((sum, who, i) => sum + (wanted.has(who) ? then.frequency[i]! : 0), 0);
  });

  const paths = Array.from({ length: draws }, () => new Float64Array(steps));
  for (const [cohort, own] of byCohort(came.length, options.cohorts)) {
    fit.models(cohort, draws).forEach((story, d) => {
      const luck = createRng(seed, "tracking", d).split(`cohort ${cohort}`), path = paths[d]!;
      for (const i of own) {
        for (const time of purchaseTimes(story.born(luck), end - came[i]!, luck)) {
          const step = Math.floor(came[i]! + time);
          if (step < steps) path[step]!++;
        }
      }
    });
  }
  for (const path of paths) for (let k = 1; k < steps; k++) path[k]! += path[k - 1]!;
  const tail = (1 - confidence) / 2;
  const rows = actual.map((count, k) => {
    const drawn = paths.map((path) => path[k]!);
    const ends = { low: quantile(drawn, tail), high: quantile(drawn, 1 - tail) };
    return { time: k + 1, actual: count, expected: mean(drawn), ...ends };
  });
  return { rows, known, [DISPLAY]: () => draw(rows, known, confidence)[DISPLAY]() };
}

function draw(rows: readonly TrackedPurchases[], known: number, confidence: number): Displayable {
  return figure({
    x: { label: "time since the first customer" },
    y: { label: "repeat purchases so far", grid: true },
    color: { legend: true, domain: ["actual", "model"], range: [colors.orange, colors.blue] },
    marks: [
      Plot.areaY(rows, { x: "time", y1: "low", y2: "high", fill: colors.blue, fillOpacity: 0.18 }),
      Plot.line(rows, { x: "time", y: "expected", stroke: () => "model", strokeWidth: 2 }),
      Plot.line(rows, { x: "time", y: "actual", stroke: () => "actual", strokeWidth: 2 }),
      Plot.ruleX([known], { strokeDasharray: "4 3" }),
    ],
  }, {
    title: "Tracking",
    caption: `Right of the dashed line the model has seen nothing. The band holds ${
      Math.round(100 * confidence)
    } % of what it finds plausible, luck included.`,
    alt: "Cumulative repeat purchases over time, actual and by the model, before and after the fit",
  });
}
