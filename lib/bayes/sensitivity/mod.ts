/** What priors say before the data, and how much they still say after. */
export {
  priorChecks,
  type PriorPredictive,
  priorPredictive,
  type PriorSensitivity,
  priorSensitivity,
} from "./sensitivity.ts";
