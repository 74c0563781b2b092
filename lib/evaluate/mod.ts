/** How good is it, and how sure is that: metrics with intervals, splits, cross-validation, paired comparison. */
export { DISPLAY, type Displayable, type MimeBundle } from "../core/mod.ts";
export * from "./auc.ts";
export type { Values } from "./binary.ts";
export * from "./delong.ts";
export * from "./grouped.ts";
export * from "./interval.ts";
export * from "./probability_scores.ts";
export * from "./proportion.ts";
export type { FoldOptions, Groups, Split, SplitOptions } from "./split.ts";
export * from "./stratified.ts";
export * from "./temporal.ts";
export * from "./mean.ts";
export * from "./outcome_by.ts";
export * from "./sample_size.ts";
