import { DISPLAY, type Displayable, ensure, median } from "../../core/mod.ts";
import { type Interval, proportionInterval } from "../../evaluate/mod.ts";
import { table } from "../../plot/mod.ts";

/** The set of each customer: 0 or not, and an interval of what is spent given a purchase. */
export interface PredictedRevenueSets extends Displayable {
  /** Wanted coverage of each class. */
  readonly confidence: number;
  /** 1 where no revenue at all is possible. */
  readonly holdsZero: Uint8Array;
  /** The lower end of what a buyer spends. */
  readonly low: Float64Array;
  /** The upper end; Infinity where calibration rows are too few. */
  readonly high: Float64Array;
  /**
   * Whether a customer's set holds what came.
   *
   * @throws {RangeError} Unless the amount is 0 or more.
   */
  holds(i: number, revenue: number): boolean;
  /** How well they did, by class, once revenue is known. `expected` orders customers for the top decile. */
  coverage(revenue: ArrayLike<number>, expected?: ArrayLike<number>): RevenueSetCoverage;
}

/** Coverage of sets on one part of the customers. */
export interface RevenueSetRow {
  /** Which customers. */
  readonly name: string;
  /** How many. */
  readonly rows: number;
  /** Share whose set holds their revenue, with its 95 % Wilson interval. */
  readonly coverage: Interval;
  /** Median width of the interval given a purchase, in money. */
  readonly medianWidth: number;
  /** Share whose set holds 0. */
  readonly holdsZero: number;
}

/** How well sets did, by class. */
export interface RevenueSetCoverage extends Displayable {
  /** Customers without revenue. */
  readonly zeros: RevenueSetRow;
  /** Customers with revenue. */
  readonly buyers: RevenueSetRow;
  /** The tenth of whom most is expected; absent without `expected`. */
  readonly topDecile?: RevenueSetRow;
  /** Buyers of the tenth of whom most is expected; absent without `expected`. */
  readonly topDecileBuyers?: RevenueSetRow;
  /** The tenth of the buyers that spent most: known only afterwards, so nothing is promised for them. */
  readonly largestBuyers: RevenueSetRow;
}

/** What sets are made of. */
export type RevenueSetParts = Pick<PredictedRevenueSets, "confidence" | "holdsZero" | "low" | "high">;

/** Makes sets that show themselves. */
export function predictedRevenueSets(parts: RevenueSetParts): PredictedRevenueSets {
  const { confidence, holdsZero, low, high } = parts;
  const holds = (i: number, revenue: number): boolean => {
    ensure(
      revenue >= 0 && revenue < Infinity,
      "judge a set",
      `revenue[${i}]`,
      "0 or more, and known",
      revenue,
    );
    return revenue === 0 ? holdsZero[i] === 1 : revenue >= low[i]! && revenue <= high[i]!;
  };
  return {
    ...parts,
    holds,
    coverage: (revenue, expected) => judge(parts, holds, revenue, expected),
    [DISPLAY]: () =>
      table({ "holds 0": Array.from(holdsZero, (z) => z ? "yes" : "no"), "spends from": low, to: high }, {
        caption: `${low.length} sets of revenue at ${percent(confidence)}`,
        limit: 10,
      })[DISPLAY](),
  };
}

function judge(
  parts: RevenueSetParts,
  holds: PredictedRevenueSets["holds"],
  revenue: ArrayLike<number>,
  expected?: ArrayLike<number>,
): RevenueSetCoverage {
  const { low, high, holdsZero, confidence } = parts, n = low.length, action = "judge sets of revenue";
  ensure(revenue.length === n, action, "revenue", `${n} long`, revenue.length);
  ensure(expected === undefined || expected.length === n, action, "expected", `${n} long`, expected?.length);
  const all = Array.from(low, (_, i) => i), bought = (i: number): boolean => revenue[i]! > 0;
  const rowOf = (name: string, rows: readonly number[]): RevenueSetRow => ({
    name,
    rows: rows.length,
    coverage: proportionInterval(rows.filter((i) => holds(i, revenue[i]!)).length, rows.length),
    medianWidth: median(rows.map((i) => high[i]! - low[i]!)),
    holdsZero: rows.filter((i) => holdsZero[i] === 1).length / rows.length,
  });
  const buyers = all.filter(bought);
  const top = expected ? topTenth(all, expected) : undefined;
  const result = {
    zeros: rowOf("no revenue", all.filter((i) => !bought(i))),
    buyers: rowOf("buyers", buyers),
    ...(top
      ? {
        topDecile: rowOf("top decile by expected revenue", top),
        topDecileBuyers: rowOf("buyers in it", top.filter(bought)),
      }
      : {}),
    largestBuyers: rowOf("largest tenth of buyers", topTenth(buyers, revenue)),
  };
  return { ...result, [DISPLAY]: () => coverageTable(Object.values(result), confidence)[DISPLAY]() };
}

/** The tenth of the rows with the largest values, at least one. */
function topTenth(rows: readonly number[], values: ArrayLike<number>): number[] {
  return rows.toSorted((a, b) => values[b]! - values[a]! || a - b).slice(0, Math.ceil(rows.length / 10));
}

function coverageTable(rows: readonly RevenueSetRow[], confidence: number): ReturnType<typeof table> {
  return table(
    rows.map(({ coverage, ...row }) => ({
      name: row.name,
      rows: row.rows,
      coverage: coverage.estimate,
      low: coverage.low,
      high: coverage.high,
      medianWidth: row.medianWidth,
      holdsZero: row.holdsZero,
    })),
    {
      caption: `Coverage of sets of revenue at ${percent(confidence)}, by what came`,
      columns: {
        name: { label: "customers" },
        rows: { label: "n" },
        coverage: { percent: true, digits: 1 },
        low: { label: "95 % from", percent: true, digits: 1 },
        high: { label: "to", percent: true, digits: 1 },
        medianWidth: { label: "median width" },
        holdsZero: { label: "sets with 0", percent: true, digits: 1 },
      },
      note:
        "Promised for the first two rows. The largest buyers are known only afterwards: what spends most was underestimated most.",
    },
  );
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(4))} %`;
}
