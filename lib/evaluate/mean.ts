import { mean, standardDeviation } from "../core/mod.ts";
import { studentT } from "../core/distributions/mod.ts";
import { ensureConfidence, type Values } from "./binary.ts";
import { type Interval, interval } from "./interval.ts";

/**
 * A mean with Student's interval. It is exact for normal values and good for many others from some tens of rows on;
 * where a few values are far larger than the rest it is too short.
 *
 * @param values NaN is left out.
 * @returns Ends are NaN without values, and infinite with one.
 * @throws {RangeError} If confidence is outside (0, 1).
 * @see Student 1908, https://doi.org/10.1093/biomet/6.1.1
 *
 * @example
 * ```ts
 * import { meanInterval } from "credible/evaluate";
 * const { estimate, low, high } = meanInterval([4, 6, 8, NaN]); // 6, 1.03 to 10.97
 * ```
 */
export function meanInterval(values: Values, options: { readonly confidence?: number } = {}): Interval {
  const { confidence = 0.95 } = options;
  ensureConfidence("compute the interval of a mean", confidence);
  const known = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  const n = known.length;
  const estimate = n === 0 ? NaN : mean(known);
  const standardError = n < 2 ? NaN : standardDeviation(known) / Math.sqrt(n);
  const reach = n < 2
    ? (n === 1 ? Infinity : NaN)
    : standardError * studentT(n - 1).isf((1 - confidence) / 2);
  const parts = {
    estimate,
    low: estimate - reach,
    high: estimate + reach,
    confidence,
    method: "Student 1908",
  };
  return interval(n < 2 ? parts : { ...parts, standardError });
}
