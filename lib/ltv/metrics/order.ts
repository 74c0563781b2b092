import { ensure } from "../../core/mod.ts";

/** How often a later horizon got less than an earlier one. */
export interface OrderViolations {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Rows with at least one fall. */
  readonly violations: number;
  /** The largest fall, in the unit of the forecast; 0 without any. */
  readonly largest: number;
}

/**
 * Counts rows whose forecasts fall from one horizon to the next: more days cannot bring less.
 *
 * @param forecasts By horizon, then by row.
 * @throws {RangeError} If horizons differ in length or a forecast is NaN.
 *
 * @example
 * ```ts
 * import { orderViolations } from "credible/ltv";
 * orderViolations([[1, 2], [3, 1]]).violations; // 1: the second row falls from 2 to 1
 * ```
 */
export function orderViolations(forecasts: readonly ArrayLike<number>[]): OrderViolations {
  const rows = forecasts[0]?.length ?? 0;
  let violations = 0, largest = 0;
  for (const forecast of forecasts) {
    ensure(forecast.length === rows, "count violations", "forecasts", `${rows} long each`, forecast.length);
  }
  for (let i = 0; i < rows; i++) {
    let fall = 0;
    forecasts.forEach((forecast, h) => {
      ensure(
        !Number.isNaN(forecast[i]),
        "count violations",
        `forecasts[${h}][${i}]`,
        "a number",
        forecast[i],
      );
      if (h > 0) fall = Math.max(fall, forecasts[h - 1]![i]! - forecast[i]!);
    });
    if (fall > 0) violations++;
    largest = Math.max(largest, fall);
  }
  return { rows, violations, largest };
}
