/**
 * Linear and logistic regression for small tables: penalised paths, standard errors, Firth's correction.
 *
 * @module
 */
export * from "./choose.ts";
export type { ErrorKind } from "./covariance.ts";
export type { DesignOptions } from "./design.ts";
export { type ElasticNetOptions, fitElasticNet } from "./elastic_net.ts";
export { LinearModel, type LinearState, loadLinear } from "./linear_model.ts";
export { fitFirth, fitLogistic, type LogisticOptions } from "./logistic.ts";
export type { Family } from "./loss.ts";
export * from "./path.ts";
export type { Penalty } from "./penalty.ts";
export type { SolverOptions } from "./solution.ts";
