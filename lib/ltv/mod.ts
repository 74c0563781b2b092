/**
 * Customer value. So far: buy-till-you-die models by maximum likelihood, and what customers are worth by them.
 *
 * @module
 */
export {
  type Check,
  type CheckStatus,
  DISPLAY,
  type Displayable,
  type Limit,
  type MimeBundle,
} from "../core/mod.ts";
export type { CategoryColumn, Column, DateColumn, NumberColumn, Table } from "../data/mod.ts";
export type { Moment, TransactionColumns } from "../features/mod.ts";
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
export * from "./gamma_gamma.ts";
export * from "./mbg_nbd.ts";
export * from "./pareto_nbd.ts";
