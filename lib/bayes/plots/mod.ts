/** Pictures of a fit: chains, energy, shrinkage, curves, priors. */
export { curvePlot } from "./curve.ts";
export { energyPlot, pairPlot } from "./energy.ts";
export { priorPosteriorPlot } from "./prior_posterior.ts";
export { type AloneEstimate, shrinkagePlot } from "./shrinkage.ts";
export { rankPlot, tracePlot } from "./trace.ts";
