import type { Buyers } from "./buyers.ts";

/** A model of when customers buy and when they stop, with its parameters known. Times are in the unit of the data. */
export interface BuyerModel<P> {
  /** What the model is called. */
  readonly name: string;
  /** Its parameters, named as in the paper. */
  readonly parameters: Readonly<P>;
  /** The log likelihood of customers. @throws {RangeError} For counts or times that cannot be. */
  logLikelihood(buyers: Buyers): number;
  /** The probability that each customer still buys. @throws {RangeError} For counts or times that cannot be. */
  aliveProbability(buyers: Buyers): Float64Array;
  /** Expected repeat purchases of a new customer within `horizon` after the first one. */
  expectedPurchases(horizon: number): number;
  /** Expected purchases of each customer within the next `horizon`, given the past. */
  futurePurchases(buyers: Buyers, horizon: number): Float64Array;
}
