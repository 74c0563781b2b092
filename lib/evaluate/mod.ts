/** How good is it, and how sure is that: metrics with intervals, splits, cross-validation, paired comparison. */
export * from "./auc.ts";
export type { Values } from "./binary.ts";
export * from "./bootstrap.ts";
export * from "./compare.ts";
export * from "./concentration.ts";
export * from "./confusion.ts";
export * from "./correlation.ts";
export * from "./cross_validate.ts";
export * from "./decision_curve.ts";
export * from "./delong.ts";
export * from "./gain.ts";
export * from "./grouped.ts";
export * from "./interval.ts";
export * from "./mean.ts";
export * from "./multiclass.ts";
export * from "./ndcg.ts";
export * from "./outcome_by.ts";
export * from "./precision_recall.ts";
export * from "./probability_scores.ts";
export * from "./proportion.ts";
export * from "./regression.ts";
export { ksDistance, partialAuc, type RocCurve, rocCurve, scoreGini } from "./roc.ts";
export * from "./sample_size.ts";
export * from "./search/random_search.ts";
export type { SearchOptions, Trial, TrialContext } from "./search/search.ts";
export type { SearchResult } from "./search/search_result.ts";
export {
  choice,
  type Dimension,
  integer,
  logUniform,
  type Setting,
  type Space,
  uniform,
} from "./search/space.ts";
export * from "./search/successive_halving.ts";
export type { FoldOptions, Groups, Split, SplitOptions } from "./split.ts";
export * from "./stratified.ts";
export * from "./temporal.ts";
export * from "./uplift.ts";
