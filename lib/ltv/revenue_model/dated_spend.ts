import { ensure } from "../../core/mod.ts";
import type { DatedSpend } from "../outputs/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";
import type { RevenueForecasts } from "./revenue_forecasts.ts";

/**
 * Rows with what was said of them, as `coverageByWeek` and `adaptiveSets` take them.
 *
 * @param forecasts Of these rows, by a model that was not fitted on them.
 * @param horizon Up to which day. @default {the last horizon of the forecasts}
 * @throws {RangeError} If rows or forecasts do not have the horizon, or differ in number.
 */
export function datedSpend(
  rows: RevenueRows,
  forecasts: RevenueForecasts,
  horizon: number = forecasts.horizons.at(-1)!,
): DatedSpend {
  const said = forecasts.horizons.indexOf(horizon),
    came = rows.horizons.indexOf(horizon),
    action = "date forecasts";
  ensure(said >= 0 && came >= 0, action, "horizon", `one of ${forecasts.horizons.join(", ")} days`, horizon);
  const probability = forecasts.probability[said]!;
  ensure(
    probability.length === rows.ids.length,
    action,
    "forecasts",
    `of ${rows.ids.length} rows`,
    probability.length,
  );
  return {
    probability,
    meanLog: forecasts.logGivenPurchase[said]!,
    revenue: rows.revenue[came]!,
    times: rows.times,
    users: rows.users,
    features: rows.features,
  };
}
