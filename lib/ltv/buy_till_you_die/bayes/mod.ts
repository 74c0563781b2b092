/** Buy-till-you-die models as posteriors: everything computed from them has an interval. */
export { CohortFit, type CohortFitOptions } from "./cohort_fit.ts";
export { fitPurchases, type FitPurchasesOptions, type PurchaseFit } from "./fit_purchases.ts";
export * from "./fit_spend.ts";
export * from "./story.ts";
export type { Estimates } from "./estimates.ts";
export * from "./forecast.ts";
export * from "./prior_repeat.ts";
export * from "./simulate.ts";
