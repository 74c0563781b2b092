import type { Matrix } from "../core/mod.ts";
import type { RevenueRows } from "./revenue_rows.ts";

/** The rows at these places, in this order; a place may come twice. */
export function takeRows(features: Matrix, places: ArrayLike<number>): Matrix {
  const { columns } = features, values = new Float64Array(places.length * columns);
  for (let i = 0; i < places.length; i++) {
    values.set(features.values.subarray(places[i]! * columns, (places[i]! + 1) * columns), i * columns);
  }
  return { rows: places.length, columns, values };
}

/** The values at these places. */
export function takeValues(values: ArrayLike<number>, places: ArrayLike<number>): Float64Array {
  return Float64Array.from(places, (place) => values[place]!);
}

/**
 * The events at these places, such as one side of a split.
 *
 * @param places Row numbers from 0, in the wanted order.
 *
 * @example
 * ```ts
 * import { type RevenueRows, takeRevenueRows } from "credible/ltv";
 * const day = 86_400_000;
 * const rows: RevenueRows = {
 *   features: { rows: 3, columns: 1, values: Float64Array.of(5, 6, 7) },
 *   names: ["sessions"],
 *   ids: Float64Array.of(1, 2, 3),
 *   users: Float64Array.of(10, 10, 11),
 *   times: Float64Array.of(0, day, 2 * day),
 *   horizons: [7],
 *   revenue: [Float64Array.of(0, 3, 0)],
 * };
 * takeRevenueRows(rows, [2, 0]).ids; // 3, 1
 * ```
 */
export function takeRevenueRows(rows: RevenueRows, places: ArrayLike<number>): RevenueRows {
  return {
    ...rows,
    features: takeRows(rows.features, places),
    ids: takeValues(rows.ids, places),
    users: takeValues(rows.users, places),
    times: takeValues(rows.times, places),
    revenue: rows.revenue.map((values) => takeValues(values, places)),
  };
}
