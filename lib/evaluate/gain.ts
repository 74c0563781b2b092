import { ensure } from "../core/mod.ts";
import { descending, ensureBinary, type Values } from "./binary.ts";

/** What calling the best-scored share of the rows brings in. */
export interface Gain {
  /** The share of rows called, as asked. */
  readonly fraction: number;
  /** How many rows that is. */
  readonly rows: number;
  /** Share of all positives among them. */
  readonly gain: number;
  /** Their rate of positives over that of all rows. */
  readonly lift: number;
}

/**
 * Cumulative gain and lift: of the customers that a campaign can afford to call, how many are the right ones.
 *
 * @param fractions Shares of the rows, in (0, 1]. @default {0.1, 0.2, …, 1}
 * @returns One entry a fraction, over the first floor(fraction · n) rows by score, ties in the order of the input; gain and
 * lift are NaN without positives, and lift where the fraction is less than a row.
 * @throws {RangeError} As {@linkcode auc}, or if a fraction is outside (0, 1].
 *
 * @example
 * ```ts
 * import { cumulativeGain } from "credible/evaluate";
 * const [half] = cumulativeGain([0, 1, 0, 1], [0.2, 0.9, 0.1, 0.8], [0.5]); // gain 1, lift 2
 * ```
 */
export function cumulativeGain(
  labels: Values,
  scores: Values,
  fractions: readonly number[] = TENTHS,
): Gain[] {
  const action = "compute gain and lift";
  ensureBinary(action, labels, scores);
  const found = new Float64Array(labels.length + 1); // positives among the first rows
  descending(scores).forEach((row, i) => found[i + 1] = found[i]! + labels[row]!);
  const positives = found.at(-1)!;
  return fractions.map((fraction) => {
    ensure(fraction > 0 && fraction <= 1, action, "fractions", "in (0, 1]", fraction);
    const rows = Math.floor(fraction * labels.length + 1e-9); // 0.3 of 10 rows is 3, though 0.3 is a little less
    return {
      fraction,
      rows,
      gain: found[rows]! / positives,
      lift: found[rows]! / rows / (positives / labels.length),
    };
  });
}

const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
