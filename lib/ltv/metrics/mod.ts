/** By which numbers revenue forecasts are judged: errors, order, totals, deciles. */
export * from "./deciles.ts";
export * from "./order.ts";
export * from "./revenue_metrics.ts";
export * from "./total_bias.ts";
