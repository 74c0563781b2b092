import { type Check, DISPLAY, type Displayable, ensure, median } from "../core/mod.ts";
import { type Interval, proportionInterval } from "../evaluate/mod.ts";
import { table } from "../plot/mod.ts";
import { ensureLength, type Groups, rowsBy } from "./cells.ts";
import { coverageCheck, type CoverageLaw } from "./coverage_law.ts";
import type { CoverageOptions } from "./predicted_sets.ts";

/** The intervals of rows. */
export interface PredictedIntervals extends Displayable {
  /** The lower end of each; −Infinity where nothing can be left out. */
  readonly low: Float64Array;
  /** The upper end of each. */
  readonly high: Float64Array;
  /** How well they did, once the values are known. */
  coverage(values: ArrayLike<number>, options?: CoverageOptions): ValueCoverage;
}

/** Coverage of intervals on one part of the rows. */
export interface ValueCoverageRow {
  /** Which rows. */
  readonly name: string;
  /** How many. */
  readonly rows: number;
  /** Share whose interval holds the value, with its 95 % Wilson interval. */
  readonly coverage: Interval;
  /** Median width; Infinity when half of them are infinite. */
  readonly medianWidth: number;
  /** Share of values below their interval. */
  readonly below: number;
  /** Share of values above their interval. */
  readonly above: number;
}

/** How well intervals did on rows whose values are known. */
export interface ValueCoverage extends Displayable {
  /** All rows. */
  readonly overall: ValueCoverageRow;
  /** Rows by the values of each slice. */
  readonly bySlice: Readonly<Record<string, readonly ValueCoverageRow[]>>;
  /** Share of intervals that are infinite. */
  readonly infinite: number;
  /** The predictor that says the median of the calibration values of every row. */
  readonly constant: ValueCoverageRow;
  /** Whether the overall coverage is what the calibration rows allow. */
  readonly check?: Check;
}

/** What predicted intervals are made of. */
export interface IntervalParts {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly confidence: number;
  readonly checks: readonly Check[];
  readonly constant?: readonly [number, number];
  readonly law?: CoverageLaw;
  readonly groups?: Groups;
}

/** Makes predicted intervals that show themselves. */
export function predictedIntervals(parts: IntervalParts): PredictedIntervals {
  const { low, high, confidence, checks } = parts;
  return {
    low,
    high,
    coverage: (values, options = {}) => judge(parts, values, options),
    [DISPLAY]: () =>
      table({ low, high }, {
        caption: `${low.length} intervals at ${Number((100 * confidence).toPrecision(4))} %`,
        limit: 10,
        note: checks.map((c) => `${c.title}. ${c.advice}`).join(" "),
      })[DISPLAY](),
  };
}

function judge(parts: IntervalParts, values: ArrayLike<number>, options: CoverageOptions): ValueCoverage {
  const { low, high, law, constant } = parts, n = low.length, action = "judge intervals";
  ensureLength(action, "values", values, n);
  ensure(n > 0, action, "the number of rows", "1 or more", 0);
  for (let i = 0; i < n; i++) ensure(!Number.isNaN(values[i]), action, `values[${i}]`, "a number", values[i]);
  const all = Array.from(low, (_, i) => i);
  const rowOf = (name: string, rows: readonly number[]): ValueCoverageRow =>
    coverageRow(name, rows.map((i) => [low[i]!, values[i]!, high[i]!]));
  const overall = rowOf("all rows", all);
  const [centre, reach] = constant ?? [NaN, NaN];
  const covered = all.filter((i) => values[i]! >= low[i]! && values[i]! <= high[i]!).length;
  const result: Omit<ValueCoverage, typeof DISPLAY> = {
    overall,
    bySlice: Object.fromEntries(
      Object.entries({ ...(parts.groups ? { group: parts.groups } : {}), ...options.slices }).map(
        ([slice, column]) => {
          ensureLength(action, slice, column, n);
          return [slice, [...rowsBy(column)].map(([name, rows]) => rowOf(name, rows))];
        },
      ),
    ),
    infinite: all.filter((i) => high[i]! - low[i]! === Infinity).length / n,
    constant: coverageRow("always the median", all.map((i) => [centre - reach, values[i]!, centre + reach])),
    ...(law ? { check: coverageCheck(covered, n, law) } : {}),
  };
  return { ...result, [DISPLAY]: () => show(result, parts)[DISPLAY]() };
}

function coverageRow(name: string, rows: readonly (readonly [number, number, number])[]): ValueCoverageRow {
  const n = rows.length, share = (count: number): number => count / n;
  const below = rows.filter(([low, value]) => value < low).length;
  const above = rows.filter(([, value, high]) => value > high).length;
  return {
    name,
    rows: n,
    coverage: proportionInterval(n - below - above, n),
    medianWidth: median(rows.map(([low, , high]) => high - low)),
    below: share(below),
    above: share(above),
  };
}

function show(result: Omit<ValueCoverage, typeof DISPLAY>, parts: IntervalParts): ReturnType<typeof table> {
  const slices = Object.entries(result.bySlice).flatMap(([slice, rows]) =>
    rows.map((r) => ({ ...r, name: `${slice}: ${r.name}` }))
  );
  const [low, high] = parts.law?.range() ?? [];
  return table(
    [result.overall, ...slices, ...(parts.constant ? [result.constant] : [])].map(({ coverage, ...r }) => ({
      name: r.name,
      rows: r.rows,
      coverage: coverage.estimate,
      low: coverage.low,
      high: coverage.high,
      medianWidth: r.medianWidth,
      below: r.below,
      above: r.above,
    })),
    {
      caption: `Coverage of intervals at ${Number((100 * parts.confidence).toPrecision(4))} %`,
      columns: {
        name: { label: "rows" },
        rows: { label: "n" },
        coverage: { percent: true, digits: 1 },
        low: { label: "95 % from", percent: true, digits: 1 },
        high: { label: "to", percent: true, digits: 1 },
        medianWidth: { label: "median width" },
        below: { label: "values below", percent: true, digits: 1 },
        above: { label: "values above", percent: true, digits: 1 },
      },
      note: parts.law && low !== undefined && high !== undefined
        ? `${parts.law.n} calibration rows allow a coverage of ${
          (100 * parts.law.expected).toFixed(1)
        } % on ` +
          `average, ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} % in 95 of 100 calibration sets.`
        : "",
    },
  );
}
