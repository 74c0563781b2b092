/** How much priors still say after the data. */
export { priorChecks, type PriorSensitivity, priorSensitivity } from "./sensitivity.ts";
export { conflictCheck, type PriorConflict, priorConflict } from "./prior_conflict.ts";
