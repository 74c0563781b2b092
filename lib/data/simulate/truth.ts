import { createRng, type Matrix, type Rng } from "../../core/mod.ts";

/** What drives churn in the simulated economy, in the order of every list of coefficients. */
export const DRIVERS = ["tenure", "annual", "orders", "complaints"] as const;

/** The coefficients of a logistic model: log odds of churn in the next 90 days. */
export interface Coefficients {
  /** Log odds where every driver is 0. */
  readonly intercept: number;
  /** Change of the log odds by one unit of each driver of {@linkcode DRIVERS}. */
  readonly slopes: Float64Array;
}

/** What an analysis of the simulated economy should find. */
export interface Truth {
  /** The mean over all industries that could be. */
  readonly economy: Coefficients;
  /** One for each industry: the economy's plus its own deviation. */
  readonly industries: readonly Coefficients[];
  /** One for each business: its industry's plus its own deviation. */
  readonly businesses: readonly Coefficients[];
  /** The drivers of each customer, row by row of the table of customers: `customers × 4`. */
  readonly drivers: Matrix;
  /** The probability of churn of each customer, in (0, 1). */
  readonly probability: Float64Array;
}

/** The standard deviations at which the levels of the economy differ. */
export interface Spreads {
  /** Of an industry's coefficients around the economy's, in log odds. */
  readonly betweenIndustries: number;
  /** Of a business's coefficients around its industry's, in log odds. */
  readonly betweenBusinesses: number;
}

/** About three customers in ten leave; long tenure, a yearly contract and orders keep them, complaints drive them away. */
export const ECONOMY: Coefficients = { intercept: -0.8, slopes: Float64Array.of(-0.5, -0.8, -0.6, 0.7) };

/** The stream of one part of the economy: by purpose and index alone, so that no part depends on how many there are. */
export function streamOf(seed: number, part: "industry" | "business", index: number): Rng {
  return createRng(seed, "simulated economy").split(part, index);
}

/** Coefficients drawn around others. */
export function deviate(around: Coefficients, spread: number, rng: Rng): Coefficients {
  const intercept = around.intercept + spread * rng.normal();
  return { intercept, slopes: around.slopes.map((slope) => slope + spread * rng.normal()) };
}

/** The probability of churn at these drivers. */
export function churnProbability({ intercept, slopes }: Coefficients, drivers: ArrayLike<number>): number {
  const logOdds = slopes.reduce((sum, slope, k) => sum + slope * drivers[k]!, intercept);
  return 1 / (1 + Math.exp(-logOdds));
}
