import { matrix } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { ensureRevenueRows, type RevenueRows } from "../revenue_rows.ts";

/** Options of {@linkcode revenueRowsOf}. */
export interface RevenueTableOptions {
  /** The columns that stages may read. No label belongs among them. */
  readonly features: readonly string[];
  /** Days, rising; revenue up to day 7 is the column `iap_revenue_d7`. */
  readonly horizons: readonly number[];
}

/**
 * Events of a table for the stages: `row_id`, `user_id`, `event_ts`, features, and `iap_revenue_d…` by horizon, missing where not known.
 *
 * @throws {RangeError} If a column is not there, an id comes twice, or revenue is negative or falls with the horizon.
 *
 * @example
 * ```ts
 * import { query } from "credible/data";
 * import { revenueRowsOf } from "credible/ltv";
 * const events = await query(`SELECT * FROM (VALUES
 *   (1, 7, TIMESTAMP '2026-01-31', 3.5, 0.0, 2.0), (2, 7, TIMESTAMP '2026-02-01', 1.0, 0.0, NULL)
 * ) AS e(row_id, user_id, event_ts, sessions, iap_revenue_d1, iap_revenue_d7)`);
 * const rows = revenueRowsOf(events, { features: ["sessions"], horizons: [1, 7] });
 * rows.revenue[1]; // 2, NaN
 * ```
 */
export function revenueRowsOf(table: Table, { features, horizons }: RevenueTableOptions): RevenueRows {
  const all = matrix(table.rows, features.length);
  features.forEach((name, f) => {
    const values = table.numbers(name);
    for (let i = 0; i < values.length; i++) all.values[i * features.length + f] = values[i]!;
  });
  const rows: RevenueRows = {
    features: all,
    names: features,
    ids: table.numbers("row_id"),
    users: table.numbers("user_id"),
    times: table.numbers("event_ts"),
    horizons,
    revenue: horizons.map((days) => table.numbers(`iap_revenue_d${days}`)),
  };
  ensureRevenueRows("read events of a table", rows);
  return rows;
}
