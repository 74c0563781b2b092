/**
 * Probability distributions and special functions, right in their tails: tested against 50-digit references. Loading them
 * takes longer than all the rest of the core, so they have an entry of their own.
 *
 * @module
 */
export * from "./beta.ts";
export * from "./counts.ts";
export type { DiscreteDistribution, Distribution } from "./distribution.ts";
export * from "./gamma.ts";
export * from "./logistic.ts";
export * from "./normal.ts";
export * from "./special.ts";
export * from "./student_t.ts";
