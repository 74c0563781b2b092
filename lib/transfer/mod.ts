/**
 * What customers of other industries teach about yours: a base model of each, and priors for the slopes of one not seen.
 *
 * @module
 */
export * from "./base.ts";
export * from "./base_figures.ts";
export { expectedRaw, meanExpectedRaw } from "./expected_raw.ts";
export * from "./extract_priors.ts";
export type { IndustrySource } from "./industry_rows.ts";
export type { LearntIndustry, RoleSlopes, Skill } from "./learn_industry.ts";
export * from "./random_effects.ts";
export type { FamilySlope, IndustrySlope, RoleEvidence, SlopeKind } from "./role_prior.ts";
export type { ShapCurve } from "./shap_line.ts";
export * from "./pooled_score.ts";
export * from "./priors_figures.ts";
export { loadBase, saveBase } from "./store_base.ts";
export * from "./store_priors.ts";
export { trainBase, type TrainBaseOptions } from "./train_base.ts";
export * from "./transfer_priors.ts";
