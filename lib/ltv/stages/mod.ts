/** The stages of revenue: who buys, what a purchase is worth by horizon, from which of several distributions it comes. */
export * from "./buyer_stage.ts";
export * from "./fit_buyers.ts";
export * from "./fit_ordered_revenue.ts";
export * from "./folds.ts";
export * from "./ordered_revenue.ts";
export * from "./prior_odds.ts";
export * from "./resample.ts";
export * from "./select.ts";
export type { StageTrees } from "./stage_trees.ts";
