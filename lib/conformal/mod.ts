/**
 * Sets and intervals that keep their promise: conformal prediction, for any model, with finite rows.
 *
 * @module
 */
export { attainableCoverage, conformalThreshold, quantileRank, rowsNeeded } from "./rank.ts";
export { coverageCheck, type CoverageLaw, coverageLaw } from "./coverage_law.ts";
export { type CellJson, effectiveRows, weightedThreshold } from "./cell.ts";
export { businessWeights, type Groups, type SmallGroups } from "./cells.ts";
export type { Probabilities } from "./class_rows.ts";
export * from "./class_scores.ts";
export * from "./class_sets.ts";
export * from "./conformalise.ts";
export type {
  ClassCoverage,
  CoverageOptions,
  CoverageRow,
  PredictedSets,
  SetParts,
  SingletonRow,
} from "./predicted_sets.ts";
export { predictedSets } from "./predicted_sets.ts";
export * from "./value_scores.ts";
export * from "./value_intervals.ts";
export type { PredictedIntervals, ValueCoverage, ValueCoverageRow } from "./predicted_intervals.ts";
export * from "./cross_intervals.ts";
export * from "./cross_sets.ts";
export * from "./predictive.ts";
export * from "./adaptive.ts";
export * from "./risk_control.ts";
export * from "./venn_abers.ts";
export * from "./full.ts";
export * from "./overlap.ts";
export * from "./advise.ts";
export * from "./shift_weights.ts";
export * from "./coverage_table.ts";
