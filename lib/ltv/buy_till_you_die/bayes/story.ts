import type { Rng } from "../../../core/mod.ts";
import { bgNbd, type BgNbdParameters } from "../bg_nbd.ts";
import type { BuyerModel } from "../buyer_model.ts";
import { mbgNbd } from "../mbg_nbd.ts";
import { paretoNbd, type ParetoNbdParameters } from "../pareto_nbd.ts";

/** Which model of purchases. */
export type PurchaseModelName = "BG/NBD" | "MBG/NBD" | "Pareto/NBD";

/** A customer while buying: how fast, and how it ends. */
export interface Living {
  /** Purchases per unit of time. */
  readonly rate: number;
  /** The probability that a purchase is the last. */
  readonly leaves: number;
  /** When the customer leaves in any case, from now; Infinity where only purchases end it. */
  readonly lifetime: number;
}

/** A model of purchases with its parameters known, and the customers of its story. */
export interface PurchaseStory {
  /** The model. */
  readonly model: BuyerModel<unknown>;
  /** A new customer, right after the first purchase. */
  born(rng: Rng): Living;
  /** A customer who still buys, as known from `frequency` repeat purchases in the time of `age`. */
  alive(frequency: number, age: number, rng: Rng): Living;
}

/**
 * The story that a model tells of a customer. Given that a customer still buys, rate and end are independent, and their laws are
 * those of the population with the customer's purchases counted in.
 *
 * @throws {RangeError} If a parameter is not above 0.
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { purchaseStory, purchaseTimes } from "credible/ltv";
 * const story = purchaseStory("BG/NBD", { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 });
 * const rng = createRng(7, "one customer");
 * purchaseTimes(story.born(rng), 52, rng); // weeks after the first purchase, such as [3.1, 17.9]
 * ```
 */
export function purchaseStory(
  name: PurchaseModelName,
  parameters: BgNbdParameters | ParetoNbdParameters,
): PurchaseStory {
  return name === "Pareto/NBD"
    ? paretoStory(parameters as ParetoNbdParameters)
    : betaStory(parameters as BgNbdParameters, name === "MBG/NBD");
}

function betaStory(parameters: BgNbdParameters, mayLeaveAtFirst: boolean): PurchaseStory {
  const { r, alpha, a, b } = parameters, first = mayLeaveAtFirst ? 1 : 0;
  return {
    model: (mayLeaveAtFirst ? mbgNbd : bgNbd)(parameters),
    born(rng): Living {
      const leaves = rng.beta(a, b), gone = mayLeaveAtFirst && rng.bernoulli(leaves);
      return { rate: rng.gamma(r, alpha), leaves, lifetime: gone ? 0 : Infinity };
    },
    alive: (frequency, age, rng) => ({
      rate: rng.gamma(r + frequency, alpha + age),
      leaves: rng.beta(a, b + frequency + first),
      lifetime: Infinity,
    }),
  };
}

function paretoStory(parameters: ParetoNbdParameters): PurchaseStory {
  const { r, alpha, s, beta } = parameters;
  const customer = (shape: number, age: number, rng: Rng): Living => ({
    rate: rng.gamma(shape, alpha + age),
    leaves: 0,
    lifetime: rng.exponential() / rng.gamma(s, beta + age),
  });
  return {
    model: paretoNbd(parameters),
    born: (rng) => customer(r, 0, rng),
    alive: (frequency, age, rng) => customer(r + frequency, age, rng),
  };
}

/** The times of a customer's purchases within `horizon`, from now, ascending. */
export function purchaseTimes({ rate, leaves, lifetime }: Living, horizon: number, rng: Rng): number[] {
  const end = Math.min(horizon, lifetime), times: number[] = [];
  for (let time = rng.exponential() / rate; time <= end; time += rng.exponential() / rate) {
    times.push(time);
    if (rng.bernoulli(leaves)) break;
  }
  return times;
}
