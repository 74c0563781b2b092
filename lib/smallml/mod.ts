/**
 * The three layers as one value: what other industries know, partial pooling over small businesses, and sets with a promise.
 *
 * @module
 */
export { fitSmallData, type SmallDataOptions } from "./fit_small_data.ts";
export { FullSets, type FullSetsJson } from "./full_sets.ts";
export type { KnownRows } from "./known_rows.ts";
export { fitLayers, Layers, type LayersSpec, type Predictor, PREDICTORS } from "./layers.ts";
export { driftOf, outsideOf, type SeenColumn } from "./seen.ts";
export {
  type Candidate,
  type CustomerPrediction,
  predictionTable,
  type PredictOptions,
  SmallDataModel,
  type SmallDataParts,
  type TrainingFacts,
} from "./small_data_model.ts";
export * from "./evidence/mod.ts";
export * from "./sensitivity/mod.ts";
export { loadSmallData } from "./load.ts";
export { validateSmallData, type Validation } from "./validate.ts";
