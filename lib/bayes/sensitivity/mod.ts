/** How much priors still say after the data. */
export { priorChecks, type PriorSensitivity, priorSensitivity } from "./sensitivity.ts";
