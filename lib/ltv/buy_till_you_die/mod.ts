/** Buy-till-you-die models: when customers buy, when they stop, and what they are worth by it. */
export * from "./bg_nbd.ts";
export type { BuyerModel } from "./buyer_model.ts";
export {
  type Buyers,
  type BuyerSummary,
  type Numbers,
  summariseBuyers,
  type SummaryOptions,
} from "./buyers.ts";
export * from "./customer_value.ts";
export type { Fit } from "./fit.ts";
export {
  fitGammaGamma,
  type GammaGamma,
  gammaGamma,
  type GammaGammaParameters,
  type Spend,
} from "./gamma_gamma.ts";
export * from "./figures/mod.ts";
export * from "./invoices.ts";
export * from "./mbg_nbd.ts";
export * from "./pareto_nbd.ts";
export * from "./bayes/mod.ts";
export * from "./backtest/mod.ts";
