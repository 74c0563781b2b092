/** Several forecasts of revenue made into one, for each of the two outputs by a meta-learner that fits its question. */
export * from "./huber.ts";
export {
  fitLearner,
  type FittedLearner,
  type LearnerJson,
  type LearnerName,
  type LearnerOptions,
  type LearnerRows,
  loadLearner,
} from "./learners.ts";
export type { LinearInputs } from "./linear_inputs.ts";
export { fitMeanWeights, type MeanWeightOptions } from "./mean_weights.ts";
export type { PartForecast, PartForecasts } from "./part_forecast.ts";
export * from "./stack.ts";
