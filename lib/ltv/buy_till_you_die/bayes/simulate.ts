import { createRng, ensure } from "../../../core/mod.ts";
import { categoryColumn, Table } from "../../../data/mod.ts";
import type { Moment } from "../../../features/mod.ts";
import type { Buyers } from "../buyers.ts";
import type { GammaGammaParameters } from "../gamma_gamma.ts";
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

/** Options of {@linkcode simulateTransactions}. */
export interface SimulateTransactionsOptions {
  /** How many customers. */
  readonly customers: number;
  /** The first day. */
  readonly start: Moment;
  /** Days within which customers make their first purchase. */
  readonly joinDays: number;
  /** Days that are told. */
  readonly days: number;
  /** What a purchase brings. @default p 6, q 4, v 15: 30 on average */
  readonly spend?: GammaGammaParameters;
  /** Days in the story's unit of time. @default {7} */
  readonly unitDays?: number;
  /** The seed. */
  readonly seed: number;
}

/**
 * A table of purchases by the story of a model: `customer`, `date` (days) and `amount`. Shops differ from it; it stands in where
 * their tables are not at hand, and its truth is known.
 *
 * @throws {RangeError} If `start` is no date.
 *
 * @example
 * ```ts
 * import { purchaseStory, simulateTransactions } from "credible/ltv";
 * const story = purchaseStory("BG/NBD", { r: 0.6, alpha: 5, a: 0.8, b: 2.5 });
 * const options = { customers: 200, start: "2025-01-01", joinDays: 180, days: 365, seed: 7 };
 * simulateTransactions(story, options); // a Table
 * ```
 */
export function simulateTransactions(story: PurchaseStory, options: SimulateTransactionsOptions): Table {
  const { customers, joinDays, days, spend = { p: 6, q: 4, v: 15 }, unitDays = 7, seed } = options;
  const start = new Date(options.start).getTime(), rng = createRng(seed, "simulated transactions");
  ensure(Number.isFinite(start), "simulate transactions", "start", "a date", String(options.start));
  const owners: string[] = [], dates: number[] = [], amounts: number[] = [];
  for (let i = 0; i < customers; i++) {
    const joined = rng.uniform() * joinDays, rate = rng.gamma(spend.q, spend.v);
    const later = purchaseTimes(story.born(rng), (days - joined) / unitDays, rng);
    for (const time of [0, ...later]) {
      const day = Math.floor(joined + time * unitDays);
      if (day >= days) continue;
      owners.push(`c${String(i).padStart(5, "0")}`);
      dates.push(start + day * 86_400_000);
      amounts.push(rng.gamma(spend.p, rate));
    }
  }
  return new Table("simulated purchases", [
    categoryColumn("customer", owners),
    { kind: "date", name: "date", values: Float64Array.from(dates) },
    { kind: "number", name: "amount", values: Float64Array.from(amounts) },
  ]);
}
