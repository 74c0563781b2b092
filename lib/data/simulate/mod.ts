/** A simulated economy whose truth is known. */
export { DRIVERS } from "./truth.ts";
export type { Coefficients, Spreads, Truth } from "./truth.ts";
export * from "./economy.ts";
export * from "./installs/mod.ts";
