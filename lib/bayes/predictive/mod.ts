/** What a model says before it has seen data, and whether it could have made the data that it has seen. */
export {
  type PosteriorPredictive,
  posteriorPredictive,
  type PosteriorPredictiveOptions,
  type PredictiveComparison,
} from "./posterior_predictive.ts";
export { type PriorPredictive, priorPredictive } from "./prior_predictive.ts";
export type { PredictiveRows, PredictiveStatistic } from "./statistics.ts";
