/** How good is it, and how sure is that: metrics with intervals, splits, cross-validation, paired comparison. */
export * from "./auc.ts";
export type { Values } from "./binary.ts";
export * from "./delong.ts";
export * from "./interval.ts";
export * from "./probability_scores.ts";
export * from "./proportion.ts";
