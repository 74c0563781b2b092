/** Hierarchical generalised linear models. */
export {
  type CoefficientSpec,
  createHierarchicalModel,
  type GroupEffect,
  type HierarchicalSpec,
} from "./model.ts";
export { hierarchicalSource } from "./source.ts";
export {
  type LocationPrior,
  mixturePrior,
  type NormalPart,
  normalPrior,
  studentPrior,
} from "../effects/location_prior.ts";
export type { ScalePrior } from "../effects/scale_prior.ts";
export type { AuxiliaryPrior } from "../likelihood/auxiliary.ts";
export type { Family, FamilyOptions } from "../likelihood/glm.ts";
export type { GroupedRows } from "../likelihood/likelihood.ts";
