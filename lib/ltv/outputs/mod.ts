/** What is said of revenue in the end: two named outputs, sets by label class, totals with intervals. */
export { type AdaptiveSetOptions, adaptiveSets } from "./adaptive_sets.ts";
export * from "./coverage_by_week.ts";
export { type DatedSpend, joinDated } from "./dated_spend.ts";
export * from "./density_ratio.ts";
export * from "./fit_totals.ts";
export type { PredictedRevenueSets, RevenueSetCoverage, RevenueSetRow } from "./predicted_revenue_sets.ts";
export * from "./randomised_pit.ts";
export {
  fitRevenueSets,
  loadRevenueSets,
  type RevenueSetOptions,
  type RevenueSets,
  type RevenueSetsJson,
  type SpendForecast,
  type SpendHistory,
} from "./revenue_sets.ts";
export * from "./smearing.ts";
export type { TotalForecast, Totals, TotalsOptions, TotalsRows, TotalsState } from "./totals.ts";
export * from "./two_outputs.ts";
