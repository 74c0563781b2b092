/**
 * Customer value: from an event log to revenue by horizon with intervals, and from purchases to who still buys.
 *
 * @module
 */
export * from "./buy_till_you_die/mod.ts";
export * from "./metrics/mod.ts";
export * from "./pipeline/mod.ts";
export * from "./outputs/mod.ts";
export * from "./revenue_model/mod.ts";
export * from "./revenue_rows.ts";
export { takeRevenueRows } from "./select.ts";
export * from "./stacking/mod.ts";
export * from "./stages/mod.ts";
