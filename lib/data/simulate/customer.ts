import type { Rng } from "../../core/mod.ts";

/** What happened to a customer in the {@linkcode WINDOW_DAYS} days before the economy is looked at. */
export interface SimulatedEvent {
  readonly kind: "order" | "contact" | "complaint";
  /** Whole days before the day of the look, 1 to {@linkcode WINDOW_DAYS}. */
  readonly daysAgo: number;
  /** EUR for an order, else NaN. */
  readonly amount: number;
}

/** One customer as the company knows it. */
export interface SimulatedCustomer {
  readonly tenureMonths: number;
  readonly plan: "monthly" | "annual";
  readonly events: readonly SimulatedEvent[];
  /** In the order of {@linkcode DRIVERS}: log(tenure / 12 months), yearly contract, log((1 + orders) / 3), complaints. */
  readonly drivers: Float64Array;
}

/** How a business sells: the same for all its customers. */
export interface SellingStyle {
  /** Mean orders a customer in the window. */
  readonly orders: number;
  /** Median EUR of an order. */
  readonly price: number;
}

/** How far back events reach. */
export const WINDOW_DAYS = 90;

/** How a business sells, drawn at random. */
export function drawStyle(rng: Rng): SellingStyle {
  return { orders: 1 + 3 * rng.uniform(), price: 20 * Math.exp(0.8 * rng.normal()) };
}

/** One customer: long tenures are rare, contacts turn into complaints three times in ten. */
export function drawCustomer(style: SellingStyle, rng: Rng): SimulatedCustomer {
  const tenureMonths = 3 + Math.floor(rng.gamma(1.2, 1 / 15));
  const annual = rng.bernoulli(0.4);
  const orders = rng.poisson(style.orders * rng.gamma(2, 2));
  const contacts = rng.poisson(0.6);
  const complaints = rng.binomial(contacts, 0.3);
  const kinds = [
    ...Array<"order">(orders).fill("order"),
    ...Array<"complaint">(complaints).fill("complaint"),
    ...Array<"contact">(contacts - complaints).fill("contact"),
  ];
  const events = kinds.map((kind) => ({
    kind,
    daysAgo: 1 + rng.integer(WINDOW_DAYS),
    amount: kind === "order" ? cents(style.price * Math.exp(0.4 * rng.normal())) : NaN,
  }));
  return {
    tenureMonths,
    plan: annual ? "annual" : "monthly",
    events: events.toSorted((a, b) => b.daysAgo - a.daysAgo),
    drivers: Float64Array.of(
      Math.log(tenureMonths / 12),
      Number(annual),
      Math.log((1 + orders) / 3),
      complaints,
    ),
  };
}

function cents(amount: number): number {
  return Math.round(100 * amount) / 100;
}
