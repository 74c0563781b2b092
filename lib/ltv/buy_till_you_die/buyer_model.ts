import { type Buyers, type Distinct, distinct, ensureBuyers } from "./buyers.ts";
import { ensureHorizon } from "./fit.ts";

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

/** What tells one model from another: its formulas for a single customer. */
export interface BuyerFormulas {
  /** The log likelihood of distinct customers with their counts. */
  logLikelihood(rows: Distinct): number;
  /** The probability that a customer of these purchases, last purchase and age still buys. */
  alive(frequency: number, recency: number, age: number): number;
  /** Expected repeat purchases of a new customer within the horizon. */
  expected(horizon: number): number;
  /** Expected purchases within the horizon of a customer with this past who still buys. */
  whileAlive(frequency: number, age: number, horizon: number): number;
}

/** A model from its formulas: checks what comes in and goes through the customers. */
export function buyerModel<P extends object>(
  name: string,
  parameters: P,
  formulas: BuyerFormulas,
): BuyerModel<P> {
  const { alive, whileAlive } = formulas;
  return {
    name,
    parameters: Object.freeze(parameters),
    logLikelihood: (buyers) => {
      ensureBuyers("compute a likelihood", buyers);
      return formulas.logLikelihood(distinct(buyers));
    },
    aliveProbability: (buyers) => {
      ensureBuyers("compute who is alive", buyers);
      return Float64Array.from(buyers.frequency, (x, i) => alive(x, buyers.recency[i]!, buyers.age[i]!));
    },
    expectedPurchases: (horizon) => {
      ensureHorizon(horizon);
      return formulas.expected(horizon);
    },
    futurePurchases: (buyers, horizon) => {
      ensureBuyers("forecast purchases", buyers);
      ensureHorizon(horizon);
      return Float64Array.from(buyers.frequency, (x, i) => {
        const age = buyers.age[i]!;
        return alive(x, buyers.recency[i]!, age) * whileAlive(x, age, horizon);
      });
    },
  };
}
