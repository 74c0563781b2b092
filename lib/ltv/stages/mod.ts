/** The stages of revenue: who buys, and what a purchase is worth by horizon. */
export { BuyerStage, type BuyerStageParts, type Hazard, loadBuyers } from "./buyer_stage.ts";
export * from "./fit_buyers.ts";
export * from "./fit_ordered_revenue.ts";
export * from "./fit_sub_distributions.ts";
export type { HorizonScore, OrderedRevenueFit } from "./ordered_revenue_fit.ts";
export { type RevenueFoldOptions, revenueFolds } from "./folds.ts";
export {
  loadOrderedRevenue,
  type MeanObjective,
  OrderedRevenue,
  type OrderedRevenueParts,
  type OrderForm,
  type RevenueGivenPurchase,
} from "./ordered_revenue.ts";
export type { LogNormal } from "./log_normal.ts";
export { correctPriorOdds } from "./prior_odds.ts";
export * from "./resample.ts";
export * from "./revenue_table.ts";
export {
  type ChosenDistributions,
  loadSubDistributions,
  SubDistributions,
  type SubDistributionsParts,
} from "./sub_distributions.ts";
export type { StageTrees } from "./stage_trees.ts";
