import { ensure } from "../core/mod.ts";
import type { Values } from "./binary.ts";
import type { Split } from "./split.ts";

/** Options of {@linkcode temporalSplit}. */
export interface TemporalSplitOptions {
  /** The first moment to judge on: rows at or after it are the test set. */
  readonly cutoff: number;
  /**
   * Rows less than this before the cutoff are in neither set, in the unit of `times`: their outcome was not known yet at
   * the cutoff, as with a label that looks 30 days ahead. @default {0}
   */
  readonly embargo?: number;
}

/**
 * The past to fit on and the future to judge on.
 *
 * @param times n moments as numbers, such as days or milliseconds.
 * @throws {RangeError} If a time is NaN, the embargo is negative, or either set is empty.
 *
 * @example
 * ```ts
 * import { temporalSplit } from "credible/evaluate";
 * const days = [1, 12, 25, 31, 44];
 * const { train, test } = temporalSplit(days, { cutoff: 30, embargo: 7 }); // 0, 1 and 3, 4: day 25 is in neither
 * ```
 */
export function temporalSplit(times: Values, options: TemporalSplitOptions): Split {
  return between(times, options.cutoff, Infinity, options.embargo ?? 0);
}

/** Options of {@linkcode temporalFolds}. */
export interface TemporalFoldOptions {
  /** How many periods to judge on, 1 or more. @default {4} */
  readonly folds?: number;
  /** As in {@linkcode TemporalSplitOptions}. @default {0} */
  readonly embargo?: number;
}

/**
 * Walks forward: the rows are cut by time into `folds + 1` periods of about equal size, and each period but the first is
 * judged by a fit on all that lies before it, less the embargo.
 *
 * @throws {RangeError} If a time is NaN, folds is no positive integer, or a period or its past is empty: fewer distinct
 * times than periods, or an embargo as long as the first period.
 */
export function temporalFolds(times: Values, options: TemporalFoldOptions = {}): Split[] {
  const { folds = 4, embargo = 0 } = options;
  ensure(Number.isInteger(folds) && folds >= 1, "make temporal folds", "folds", "a positive integer", folds);
  const sorted = Float64Array.from(times).sort();
  // A cut is the time of a row, so that rows of one moment stay together.
  const cut = (k: number): number => sorted[Math.ceil(k * sorted.length / (folds + 1))]!;
  return Array.from(
    { length: folds },
    (_, k) => between(times, cut(k + 1), k + 1 < folds ? cut(k + 2) : Infinity, embargo),
  );
}

function between(times: Values, cutoff: number, end: number, embargo: number): Split {
  const action = "split by time";
  ensure(Number.isFinite(cutoff), action, "cutoff", "finite", cutoff);
  ensure(embargo >= 0 && embargo < Infinity, action, "embargo", "finite, 0 or more", embargo);
  const train: number[] = [], test: number[] = [];
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    ensure(!Number.isNaN(time), action, `times[${i}]`, "a number", time);
    if (time >= cutoff && time < end) test.push(i);
    else if (time < cutoff && time <= cutoff - embargo) train.push(i);
  }
  ensure(train.length > 0, action, "cutoff", `after some row by the embargo of ${embargo}`, cutoff);
  ensure(test.length > 0, action, "cutoff", "at or before some row of its period", cutoff);
  return { train: Uint32Array.from(train), test: Uint32Array.from(test) };
}
