import { DISPLAY, type Displayable } from "../core/mod.ts";
import {
  type Column,
  countMissing,
  formatDate,
  formatNumber,
  isMissing,
  maskColumn,
  type Outcome,
  personalKind,
  type Table,
} from "../data/mod.ts";
import { type Interval as Bar, intervals } from "../plot/mod.ts";
import type { Interval } from "./interval.ts";
import { meanInterval } from "./mean.ts";
import { proportionInterval } from "./proportion.ts";

/** The outcome of one group of rows. */
export interface GroupOutcome extends Pick<Interval, "estimate" | "low" | "high"> {
  /** The column that splits. */
  readonly column: string;
  /** What the rows of the group have in common: a label, a range of numbers, or `missing`. */
  readonly label: string;
  /** Rows with a known outcome. */
  readonly rows: number;
}

/** The outcome by the groups of a few columns; shows itself as a figure. */
export interface OutcomeBy extends Displayable {
  /** Column by column, group by group. */
  readonly groups: readonly GroupOutcome[];
  /** Over all rows. */
  readonly overall: Interval;
}

/** Groups of one column at most; the rarest labels are put together as `other`. */
const MOST_GROUPS = 6;

/** The share or mean that an outcome has over rows, with its interval of 95 %. */
export function estimateOutcome({ kind, values }: Pick<Outcome, "kind" | "values">): Interval {
  if (kind === "mean") return meanInterval(values);
  const known = values.filter((value) => !Number.isNaN(value));
  return proportionInterval(known.reduce((sum, value) => sum + value, 0), known.length);
}

/**
 * The outcome split by columns: labels as they are, numbers and dates in quarters of the rows, missing cells on their own.
 *
 * @throws {RangeError} If a column is not there.
 *
 * @example
 * ```ts
 * import { open, outcomeOf } from "credible/data";
 * import { outcomeBy } from "credible/evaluate";
 * const customers = await open("telco_ibm");
 * const { groups } = outcomeBy(customers, outcomeOf(customers, "Churn"), ["Contract", "tenure"]);
 * groups[0]; // { column: "Contract", label: "Month-to-month", rows: 3875, estimate: 0.427, low: 0.412, high: 0.443 }
 * ```
 */
export function outcomeBy(table: Table, outcome: Outcome, columns: readonly string[]): OutcomeBy {
  const groups = columns.flatMap((name) => splitBy(maskColumn(table.column(name)), outcome));
  const overall = estimateOutcome(outcome);
  return { groups, overall, [DISPLAY]: () => draw(outcome, columns, groups, overall)[DISPLAY]() };
}

/**
 * The first columns in the order of the table that make sense to split by: up to two of a few labels, and one of numbers.
 * The outcome is not looked at, so that differences are not picked for their size.
 */
export function columnsToSplit(table: Table, outcome: Pick<Outcome, "name">): string[] {
  const open = table.columns.filter((column) =>
    column.name !== outcome.name && personalKind(column) === undefined && countMissing(column) < table.rows
  );
  const distinct = (column: Column): number =>
    new Set(column.kind === "category" ? column.codes : column.values).size;
  const few = open.filter((column) =>
    column.kind === "category" && distinct(column) > 1 && distinct(column) <= MOST_GROUPS
  );
  const measured = open.filter((column) =>
    column.kind === "number" && distinct(column) > MOST_GROUPS && !isRunning(column.values)
  );
  return [...few.slice(0, 2), ...measured.slice(0, few.length === 0 ? 3 : 1)].map((column) => column.name);
}

/** Whether numbers only count the rows, as an index column does. */
function isRunning(values: Float64Array): boolean {
  return values.every((value, i) => i === 0 || value === values[i - 1]! + 1);
}

function splitBy(column: Column, outcome: Outcome): GroupOutcome[] {
  const labelOf = column.kind === "category" ? labelsOf(column) : rangesOf(column);
  const groups = new Map<string, number[]>(labelOf.labels.map((label) => [label, []]));
  for (let row = 0; row < outcome.values.length; row++) {
    if (!Number.isNaN(outcome.values[row]!)) groups.get(labelOf.of(row))!.push(outcome.values[row]!);
  }
  return [...groups].filter(([, values]) => values.length > 0).map(([label, values]) => {
    const { estimate, low, high } = estimateOutcome({
      kind: outcome.kind,
      values: Float64Array.from(values),
    });
    return { column: column.name, label, rows: values.length, estimate, low, high };
  });
}

/** How the rows of a column are called: every label that occurs, in order, and the one of each row. */
interface Labelling {
  readonly labels: readonly string[];
  readonly of: (row: number) => string;
}

const MISSING = "missing", OTHER = "other";

function labelsOf(column: Column & { kind: "category" }): Labelling {
  const counts = new Map<number, number>();
  for (const code of column.codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  const common = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b)
    .slice(0, counts.size > MOST_GROUPS ? MOST_GROUPS - 1 : MOST_GROUPS).map(([code]) => code).sort((a, b) =>
      a - b
    );
  const kept = new Map(common.map((code) => [code, shorten(column.levels[code]!)]));
  return {
    labels: [...new Set([...kept.values(), OTHER, MISSING])],
    of: (row) => column.codes[row]! < 0 ? MISSING : kept.get(column.codes[row]!) ?? OTHER,
  };
}

/** Numbers and dates in four groups of about as many rows; few distinct values each on their own. */
function rangesOf(column: Exclude<Column, { kind: "category" }>): Labelling {
  const sorted = column.values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = [...new Set(sorted)];
  const starts = distinct.length <= MOST_GROUPS
    ? distinct
    : [...new Set([0, 0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)]!))];
  const text = column.kind === "date" ? formatDate : formatNumber;
  const ends = starts.map((_, k) =>
    sorted.findLast((value) => k + 1 === starts.length || value < starts[k + 1]!)!
  );
  const labels = starts.map((start, k) =>
    start === ends[k] ? text(start) : `${text(start)} to ${text(ends[k]!)}`
  );
  return {
    labels: [...labels, MISSING],
    of: (row) =>
      isMissing(column, row)
        ? MISSING
        : labels[starts.findLastIndex((start) => start <= column.values[row]!)]!,
  };
}

function draw(
  outcome: Outcome,
  columns: readonly string[],
  groups: readonly GroupOutcome[],
  overall: Interval,
): Displayable {
  const bars: Bar[] = groups.map(({ column, label, rows, estimate, low, high }) => ({
    label: `${columns.length > 1 ? `${shorten(column)}: ` : ""}${label} (${rows.toLocaleString("en")})`,
    estimate,
    low: Number.isFinite(low) ? low : estimate,
    high: Number.isFinite(high) ? high : estimate,
  }));
  const all = bars.length > 0 ? bars : [{ label: "all rows", ...overall }];
  return intervals(all, {
    axis: outcome.words,
    percent: outcome.kind === "share",
    reference: overall.estimate,
    title: capital(outcome.words),
    caption: `Split by ${
      columns.join(", ") || "nothing"
    }; rows in brackets. Bars are intervals of 95 %, the dashed line is all rows.`,
    alt: `${outcome.words} by ${columns.join(", ")}: ${
      all.map((bar) => `${bar.label} ${bar.estimate.toPrecision(3)}`).join("; ")
    }`,
  });
}

function shorten(text: string): string {
  const shown = text.trim() === "" ? JSON.stringify(text) : text;
  return shown.length > 28 ? `${[...shown].slice(0, 27).join("")}…` : shown;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
