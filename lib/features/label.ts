import { type Check, check, ensure } from "../core/mod.ts";
import type { Column, Table } from "../data/mod.ts";
import { type Figure, histogram } from "../plot/mod.ts";
import { rfmTable } from "./rfm.ts";
import { DAY, historiesOf, type Moment, momentOf, type TransactionColumns } from "./transactions.ts";

/** Options of {@linkcode label}. */
export interface LabelOptions extends TransactionColumns {
  /** Days without a purchase after which a customer counts as gone. */
  readonly inactiveDays: number;
  /** Features know what happened before this moment; the label is what happened from it on. */
  readonly asOf: Moment;
  /**
   * Leaves out customers who were silent for `inactiveDays` before `asOf` already: by the same rule they are gone, and to
   * foresee that is no achievement. @default {true}
   */
  readonly activeOnly?: boolean;
}

/** Customers with a churn label, and how good a label it is. */
export interface Labelled {
  /** The columns of {@linkcode rfm} as of `asOf`, and `churned`: 1 without a purchase in the next `inactiveDays`. */
  readonly table: Table;
  /** Days between one purchase day and the next, of all customers, before `asOf`. */
  readonly gaps: Float64Array;
  /** Whether `inactiveDays` outlasts nine pauses of ten: otherwise customers are called gone who only pause. */
  readonly check: Check;
  /** The pauses, with `inactiveDays` marked: what the choice of days rests on. */
  readonly figure: Figure;
}

/** A label must outlast this share of the pauses that ended in another purchase. */
const OUTLASTS = 0.9;

/**
 * Makes a churn label where nobody cancels: who does not buy in the `inactiveDays` from `asOf` on is gone. Features are
 * those of {@linkcode rfm}, from before `asOf` only.
 *
 * @throws {RangeError} If `inactiveDays` is not a number of days above 0, or the table ends before the label is known for
 * everybody, which would call late customers gone.
 * @throws {TypeError} If the date column holds no dates.
 */
export function label(transactions: Table, options: LabelOptions): Labelled {
  const { inactiveDays, activeOnly = true } = options;
  const action = "label customers";
  ensure(inactiveDays > 0 && Number.isFinite(inactiveDays), action, "inactiveDays", "above 0", inactiveDays);
  const asOf = momentOf(options.asOf, action, "asOf");
  const end = asOf + inactiveDays * DAY;
  const after = historiesOf(transactions, options, end);
  const day = (moment: number) => new Date(moment).toISOString().slice(0, 10);
  ensure(
    after.lastDay >= end - DAY,
    action,
    "asOf",
    `${inactiveDays} days before the last transaction (${
      day(after.lastDay)
    }) or earlier, so that the label is known`,
    day(asOf),
  );
  const { histories } = historiesOf(transactions, options, asOf);
  const known = histories.filter((h) => !activeOnly || asOf - h.days.at(-1)! <= inactiveDays * DAY);
  const stayed = new Set(after.histories.filter((h) => h.days.at(-1)! >= asOf).map((h) => h.customer));
  const churned: Column = {
    kind: "number",
    name: "churned",
    values: Float64Array.from(known, (h) => Number(!stayed.has(h.customer))),
  };
  const gaps = Float64Array.from(
    histories.flatMap((h) => h.days.slice(1).map((d, k) => (d - h.days[k]!) / DAY)),
  );
  return {
    table: rfmTable(transactions.name, known, asOf).with(churned),
    gaps,
    check: judge(gaps, inactiveDays),
    get figure() {
      return gapFigure(gaps, inactiveDays);
    },
  };
}

function judge(gaps: Float64Array, inactiveDays: number): Check {
  return check({
    code: "inactiveDays",
    title: `share of pauses between purchases shorter than ${inactiveDays} days`,
    value: gaps.filter((gap) => gap < inactiveDays).length / gaps.length,
    limit: { between: [OUTLASTS, 1] },
    advice: "Take more days: too many of those called gone come back.",
    source:
      "pauses that ended in another purchase; the last, unfinished pause of each customer is not among them",
  });
}

function gapFigure(gaps: Float64Array, inactiveDays: number): Figure {
  const share = Math.round(100 * gaps.filter((gap) => gap < inactiveDays).length / gaps.length);
  const sentence =
    `${share} % of the pauses that ended in another purchase were shorter than ${inactiveDays} days.`;
  return histogram(gaps, {
    axis: "days from one purchase day to the next",
    reference: inactiveDays,
    title: "When is silence an end",
    caption: `${sentence} The dashed line is where a customer is called gone.`,
    alt: `Histogram of days between purchases. ${sentence}`,
  });
}
