/** Stages, stack, sets and totals as one value: fitted, saved, loaded. */
export * from "./fit_revenue_model.ts";
export { datedSpend } from "./dated_spend.ts";
export { compareParts, type PartRow, partTable } from "./part_table.ts";
export type { RevenueForecasts } from "./revenue_forecasts.ts";
export * from "./revenue_model.ts";
