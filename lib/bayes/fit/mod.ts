/** Fitting a table of customers in one call. */
export type { Design, DesignColumn, SplineOptions } from "./design.ts";
export type { Explanation, Reason, Uncertain } from "./explain.ts";
export {
  type CandidateScore,
  choosePredictor,
  type ChoosePredictorOptions,
  type PredictorCandidate,
  type PredictorChoice,
} from "./choose.ts";
export { fitHierarchical, type FitHierarchicalOptions } from "./fit.ts";
export { fitLevels, type FitLevelsOptions } from "./fit_levels.ts";
export {
  type Contributions,
  HierarchicalFit,
  type HierarchicalParts,
  type ProbabilityPrediction,
} from "./fitted.ts";
export type { OutcomeIntervals, OutcomePrediction } from "./predict_outcomes.ts";
export { LevelFit, type LevelParts, type LevelPrediction, loadLevels } from "./level_fit.ts";
export type { AnyGapFeature, GapFeature, GapPlan, NumberFeature, StateFeature } from "../gaps/plan.ts";
export { loadHierarchical } from "./load.ts";
export type { FailedTry } from "./sample_again.ts";
export type { InformedPriors, SlopePrior } from "./priors.ts";
export { readPriors } from "./read_priors.ts";
export { canBend, type NaturalSpline } from "./spline.ts";
