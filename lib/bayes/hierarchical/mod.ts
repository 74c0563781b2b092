/** Hierarchical generalised linear models. */
export { createHierarchicalModel } from "./model.ts";
export type {
  CoefficientPrior,
  CoefficientSpec,
  GroupEffect,
  HierarchicalSpec,
  LevelFamily,
} from "./spec.ts";
export { hierarchicalSource } from "./source.ts";
export {
  type LocationPrior,
  mixturePrior,
  type NormalPart,
  normalPrior,
  studentPrior,
} from "../effects/location_prior.ts";
export { type HorseshoeOptions, type HorseshoePrior, horseshoePrior } from "../effects/horseshoe.ts";
export { type MeanPrior, type OneSidedPrior, oneSidedPrior } from "../effects/mean_prior.ts";
export type { ScalePrior } from "../effects/scale_prior.ts";
export type { AuxiliaryPrior } from "../likelihood/auxiliary.ts";
export type { Family, FamilyOptions } from "../likelihood/glm.ts";
export type { GroupedRows } from "../likelihood/likelihood.ts";
