/** Approximate posteriors, for when draws by NUTS would take too long; measured against it. */
export {
  compareWithNuts,
  type CompareWithNutsOptions,
  type QuantityComparison,
  type ScoreComparison,
  type VariationalComparison,
} from "./compare.ts";
export { elboPlot } from "./elbo_plot.ts";
export { fitVariational, type FitVariationalOptions, type VariationalProgress } from "./fit_variational.ts";
export { pathfinder, type PathfinderOptions } from "./pathfinder.ts";
export {
  type Approximation,
  type ElboPoint,
  VariationalFit,
  type VariationalMethod,
  type VariationalParts,
} from "./variational_fit.ts";
