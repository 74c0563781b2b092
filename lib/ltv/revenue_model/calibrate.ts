import { type Check, ensure } from "../../core/mod.ts";
import { fitRevenueSets, fitTotals } from "../outputs/mod.ts";
import { ensureRevenueRows, type RevenueRows } from "../revenue_rows.ts";
import { takeRevenueRows, takeValues } from "../select.ts";
import { WEEK } from "../time.ts";
import type { RevenueForecasts } from "./revenue_forecasts.ts";
import type { RevenueModelParts } from "./revenue_model.ts";

/** Rows whose revenue is known, as far as it is, and forecasts of models that had not seen them. */
export interface CalibrationRows {
  readonly rows: Pick<RevenueRows, "users" | "times" | "horizons" | "revenue">;
  readonly forecasts: RevenueForecasts;
}

/** Calibrates sets and learns totals at each horizon, from the rows that know it. */
export function calibrate(
  { rows, forecasts }: CalibrationRows,
  options: { readonly confidence?: number; readonly seed: number },
): Pick<RevenueModelParts, "sets" | "totals"> {
  const { seed, confidence = 0.9 } = options;
  const known = forecasts.horizons.map((days, h) => {
    const amounts = rows.revenue[rows.horizons.indexOf(days)]!;
    const own = [...amounts.keys()].filter((i) => !Number.isNaN(amounts[i]!));
    const take = (values: Float64Array): Float64Array => takeValues(values, own);
    return {
      probability: take(forecasts.probability[h]!),
      meanLog: take(forecasts.logGivenPurchase[h]!),
      expectedRevenue: take(forecasts.expectedRevenue[h]!),
      revenue: take(amounts),
      users: take(rows.users),
      periods: take(rows.times).map((time) => Math.floor(time / WEEK)),
    };
  });
  return {
    sets: known.map((own) => fitRevenueSets(own, { confidence, seed })),
    totals: known.map((own) => fitTotals(own)),
  };
}

/** Later rows of users who were not trained on, and what is to be said where some were. */
export function apartFromTraining(
  later: RevenueRows,
  training: RevenueRows,
): { readonly rows: RevenueRows; readonly check: Check } {
  const action = "calibrate a revenue model";
  ensureRevenueRows(action, later);
  ensure(
    later.horizons.length === training.horizons.length &&
      later.horizons.every((d, h) => d === training.horizons[h]),
    action,
    "the horizons of calibration rows",
    `those of the training rows, ${training.horizons.join(", ")}`,
    later.horizons,
  );
  const trained = new Set(training.users),
    kept = [...later.users.keys()].filter((i) => !trained.has(later.users[i]!));
  const left = later.users.length - kept.length;
  return {
    rows: takeRevenueRows(later, kept),
    check: {
      code: "calibrationUsers",
      title: "Calibration rows are of users who were not trained on",
      status: left === 0 ? "pass" : "warn",
      value: `${left} of ${later.users.length} rows are of users who were, and are left out`,
      advice: "",
    },
  };
}
