import { ensure, mean } from "../../core/mod.ts";
import { takeValues } from "../select.ts";

/** Rows with predictions of about the same size: what was said of them, and what they spent. */
export interface Decile {
  /** From 1, the lowest predictions, up. */
  readonly decile: number;
  /** How many. */
  readonly rows: number;
  /** The mean of what was predicted. */
  readonly predicted: number;
  /** The mean of what was spent. */
  readonly actual: number;
  /** Standard error of the mean difference between the two. */
  readonly standardError: number;
}

/**
 * Calibration by decile: rows in the order of their predictions (ties in the order of the input), cut into groups that are as equal as
 * they can be.
 *
 * @param groups How many. @default {10}
 * @throws {RangeError} If lengths differ, or there are fewer than two rows a group.
 */
export function decileCalibration(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  groups = 10,
): Decile[] {
  const n = actual.length, action = "compare deciles";
  ensure(predicted.length === n, action, "predicted", `${n} long`, predicted.length);
  ensure(groups >= 1 && n >= 2 * groups, action, "rows", `two or more for each of ${groups} groups`, n);
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) =>
    predicted[i]! - predicted[j]! || i - j
  );
  return Array.from({ length: groups }, (_, k) => {
    const rows = order.subarray(Math.round(k * n / groups), Math.round((k + 1) * n / groups));
    const off = Float64Array.from(rows, (row) => predicted[row]! - actual[row]!);
    return {
      decile: k + 1,
      rows: rows.length,
      predicted: mean(takeValues(predicted, rows)),
      actual: mean(takeValues(actual, rows)),
      standardError: errorOfMean(off),
    };
  });
}

function errorOfMean(values: Float64Array): number {
  const centre = mean(values);
  const squares = values.reduce((sum, v) => sum + (v - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
