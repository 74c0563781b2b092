import { createRng, ensure } from "../../../core/mod.ts";
import type { Buyers } from "../buyers.ts";
import { type PurchaseStory, purchaseTimes } from "./story.ts";

/** Options of {@linkcode simulateBuyers}. */
export interface SimulateBuyersOptions {
  /** How many. */
  readonly customers: number;
  /** The time from the first purchase to now; the same for all, or one a customer. */
  readonly age: number | ArrayLike<number>;
  /** How far beyond now their purchases are told. @default {0} */
  readonly ahead?: number;
  /** The seed. */
  readonly seed: number;
  /** Which of many such groups. @default {0} */
  readonly index?: number;
}

/** Customers as they are known now, and what they did. */
export interface SimulatedBuyers extends Buyers {
  /** The times of all repeat purchases since the first, those ahead included, by customer. */
  readonly times: readonly (readonly number[])[];
  /** How many of them come after now, by customer. */
  readonly later: Float64Array;
}

/**
 * Customers by the story of a model.
 *
 * @throws {RangeError} If ages are not one a customer or below 0, or `customers` is no count.
 *
 * @example
 * ```ts
 * import { purchaseStory, simulateBuyers } from "credible/ltv";
 * const story = purchaseStory("BG/NBD", { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 });
 * const buyers = simulateBuyers(story, { customers: 300, age: 39, ahead: 39, seed: 7 });
 * buyers.frequency; // and recency, age, as a fit wants them; `later` is what it should forecast
 * ```
 */
export function simulateBuyers(story: PurchaseStory, options: SimulateBuyersOptions): SimulatedBuyers {
  const { customers, ahead = 0, seed, index = 0 } = options, action = "simulate buyers";
  ensure(Number.isInteger(customers) && customers >= 0, action, "customers", "a count", customers);
  ensure(ahead >= 0 && ahead < Infinity, action, "ahead", "0 or more", ahead);
  const age = typeof options.age === "number"
    ? new Float64Array(customers).fill(options.age)
    : Float64Array.from(options.age);
  ensure(age.length === customers, action, "age", `${customers} long`, age.length);
  ensure(age.every((a) => a >= 0 && a < Infinity), action, "age", "0 or more", Math.min(...age));
  const rng = createRng(seed, "simulated buyers", index);
  const times = Array.from(age, (own) => purchaseTimes(story.born(rng), own + ahead, rng));
  const known = times.map((own, i) => own.filter((time) => time <= age[i]!));
  return {
    age,
    times,
    frequency: Float64Array.from(known, (own) => own.length),
    recency: Float64Array.from(known, (own) => own.at(-1) ?? 0),
    later: Float64Array.from(times, (own, i) => own.length - known[i]!.length),
  };
}
