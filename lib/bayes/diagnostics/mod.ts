/** Can these draws be trusted? On plain arrays, whoever made them. */
export type { Chains } from "./chains.ts";
export { effectiveSize, type SizeOf } from "./effective_size.ts";
export { energyFractions } from "./energy.ts";
export { highestDensityInterval } from "./highest_density.ts";
export { type LeaveOneOut, leaveOneOut } from "./leave_one_out.ts";
export { type ErrorOf, monteCarloError } from "./monte_carlo_error.ts";
export { paretoSmooth, type ParetoSmoothed } from "./pareto_smoothing.ts";
export { rHat } from "./r_hat.ts";
export { type Convergence, convergence, type QuantitySummary, summarise } from "./summary.ts";
