import { type ResultTable, table } from "../plot/mod.ts";
import { coverageLaw } from "./coverage_law.ts";

/** Options of {@linkcode coverageTable}. */
export interface CoverageTableOptions {
  /** Numbers of calibration rows. @default {10, 20, 30, 50, 100, 200, 500, 1000} */
  readonly rows?: readonly number[];
  /** Confidences, in (0, 1). @default {0.8, 0.9, 0.95} */
  readonly confidences?: readonly number[];
}

/**
 * How many calibration rows do I need? For each number of rows and confidence, the coverage on average and where it lies
 * in 95 of 100 calibration sets, in percent.
 *
 * @throws {RangeError} If a number of rows is no integer of 0 or more, or a confidence is outside (0, 1).
 *
 * @example
 * ```ts
 * import { coverageTable } from "credible/conformal";
 * coverageTable({ rows: [30, 80], confidences: [0.9] });
 * ```
 */
export function coverageTable(options: CoverageTableOptions = {}): ResultTable {
  const { rows = [10, 20, 30, 50, 100, 200, 500, 1000], confidences = [0.8, 0.9, 0.95] } = options;
  const percent = (share: number): string => (100 * share).toFixed(1);
  const text = (n: number, confidence: number): string => {
    const law = coverageLaw(n, confidence), [low, high] = law.range();
    return law.expected >= 1
      ? "everything"
      : `${percent(law.expected)} (${percent(low)} to ${percent(high)})`;
  };
  const cells = (n: number): [string, string][] =>
    confidences.map((c) => [`at ${Number((100 * c).toPrecision(4))} %`, text(n, c)]);
  return table(rows.map((n) => ({ "calibration rows": n, ...Object.fromEntries(cells(n)) })), {
    caption:
      "Coverage by calibration rows: on average, and the range that 95 of 100 calibration sets fall into (%)",
  });
}
