/**
 * Customer value: from an event log to revenue by horizon with intervals, and from purchases to who still buys.
 *
 * @module
 */
export {
  type Check,
  type CheckStatus,
  DISPLAY,
  type Displayable,
  type Limit,
  type Matrix,
  type MimeBundle,
} from "../core/mod.ts";
export type { Values } from "../evaluate/mod.ts";
export type { CategoryColumn, Column, DateColumn, NumberColumn, Table } from "../data/mod.ts";
export type { Moment, TransactionColumns } from "../features/mod.ts";
export * from "./buy_till_you_die/mod.ts";
export * from "./metrics/mod.ts";
export * from "./pipeline/mod.ts";
export * from "./outputs/mod.ts";
export * from "./revenue_model/mod.ts";
export * from "./revenue_rows.ts";
export { takeRevenueRows } from "./select.ts";
export * from "./stacking/mod.ts";
export * from "./stages/mod.ts";
