import { ensure, matrix, record } from "../../core/mod.ts";
import { categoryColumn, type Column, Table } from "../table.ts";
import { drawCustomer, drawStyle, type SimulatedCustomer } from "./customer.ts";
import {
  churnProbability,
  type Coefficients,
  deviate,
  DRIVERS,
  ECONOMY,
  type Spreads,
  streamOf,
  type Truth,
} from "./truth.ts";

/** Options of {@linkcode simulateEconomy}. */
export interface EconomyOptions extends Partial<Spreads> {
  /** Names the economy: the same seed and sizes give the same customers to the bit. */
  readonly seed: number;
  /** How many industries; business k is of industry k modulo their number. @default {4} */
  readonly industries?: number;
  /** How many businesses. Business k is the same however many there are. @default {40} */
  readonly businesses?: number;
  /** Fewest and most customers of a business; sizes between them are even on the log scale. @default {[50, 500]} */
  readonly customers?: readonly [number, number];
  /** Standard deviation of an industry's coefficients around the economy's. @default {0.3} */
  readonly betweenIndustries?: number;
  /** Standard deviation of a business's coefficients around its industry's. @default {0.3} */
  readonly betweenBusinesses?: number;
  /** The data that could not be had: the report's page then says in a banner that simulated customers stand in for it. */
  readonly standsInFor?: string;
}

/** Tables of a simulated economy, and the truth behind them. */
export interface Economy {
  /** One row a business: `business`, `industry`, `customers`. */
  readonly businesses: Table;
  /** One row a customer on 1 January 2025: `customer`, `business`, `industry`, `joined`, `plan`, `churned` (in the next 90 days). */
  readonly customers: Table;
  /** One row an event of the 90 days before: `customer`, `business`, `date`, `kind`, `amount` (EUR, of orders). */
  readonly events: Table;
  /** What an analysis should find. */
  readonly truth: Truth;
}

const INDUSTRIES = ["software", "retail", "fitness", "energy", "hotels", "insurance", "media", "meals"];
const LOOK = Date.UTC(2025, 0, 1);
const DAY = 86_400_000;

/**
 * Businesses of several industries with customers, events and churn from a known hierarchical process, so that what an
 * analysis finds can be held against the truth. The log odds of churn are linear in four drivers ({@linkcode DRIVERS});
 * coefficients are normal around the economy's in each industry, and around the industry's in each business.
 *
 * @throws {RangeError} If a number is out of its range.
 *
 * @example
 * ```ts
 * import { simulateEconomy } from "credible/data";
 * const { customers, events, truth } = simulateEconomy({ seed: 7, businesses: 3, customers: [50, 80] });
 * [customers.rows === truth.probability.length, events.names.includes("kind")]; // [true, true]
 * ```
 */
export function simulateEconomy(options: EconomyOptions): Economy {
  const { seed, industries = 4, businesses = 40, customers: sizes = [50, 500], standsInFor } = options;
  const { betweenIndustries = 0.3, betweenBusinesses = 0.3 } = options;
  ensureSizes({ industries, businesses, betweenIndustries, betweenBusinesses }, sizes);
  if (standsInFor !== undefined) {
    record("banner", {
      text:
        `Simulated customers stand in for ${standsInFor}, which could not be had: nothing here is about real people.`,
    });
  }
  const ofIndustry = Array.from(
    { length: industries },
    (_, g) => deviate(ECONOMY, betweenIndustries, streamOf(seed, "industry", g)),
  );
  const drawn = Array.from(
    { length: businesses },
    (_, j) => drawBusiness(seed, j, ofIndustry[j % industries]!, betweenBusinesses, sizes),
  );
  const names = Array.from({ length: industries }, (_, g) => INDUSTRIES[g] ?? `industry ${g + 1}`);
  const people = drawn.flatMap(({ customers }, j) =>
    customers.map((customer, i) => ({
      ...customer,
      customer: `b${j + 1}-c${i + 1}`,
      business: `b${j + 1}`,
      industry: names[j % industries]!,
    }))
  );
  const drivers = matrix(people.length, DRIVERS.length);
  people.forEach((person, i) => drivers.values.set(person.drivers, i * DRIVERS.length));
  return {
    businesses: new Table("simulated businesses", [
      categoryColumn("business", drawn.map((_, j) => `b${j + 1}`)),
      categoryColumn("industry", drawn.map((_, j) => names[j % industries]!)),
      numbers("customers", drawn.map(({ customers }) => customers.length)),
    ]),
    customers: customerTable(people),
    events: eventTable(people),
    truth: {
      economy: ECONOMY,
      industries: ofIndustry,
      businesses: drawn.map(({ coefficients }) => coefficients),
      drivers,
      probability: Float64Array.from(people, (person) => person.probability),
    },
  };
}

interface DrawnCustomer extends SimulatedCustomer {
  readonly probability: number;
  readonly churned: boolean;
}

interface Person extends DrawnCustomer {
  readonly customer: string;
  readonly business: string;
  readonly industry: string;
}

interface DrawnBusiness {
  readonly coefficients: Coefficients;
  readonly customers: readonly DrawnCustomer[];
}

function drawBusiness(
  seed: number,
  index: number,
  around: Coefficients,
  spread: number,
  [fewest, most]: readonly [number, number],
): DrawnBusiness {
  const rng = streamOf(seed, "business", index);
  const coefficients = deviate(around, spread, rng);
  const style = drawStyle(rng);
  const size = Math.round(fewest * (most / fewest) ** rng.uniform());
  const customers = Array.from({ length: size }, (_, i) => {
    const own = rng.split("customer", i);
    const customer = drawCustomer(style, own);
    const probability = churnProbability(coefficients, customer.drivers);
    return { ...customer, probability, churned: own.bernoulli(probability) };
  });
  return { coefficients, customers };
}

function customerTable(people: readonly Person[]): Table {
  const joined = people.map(({ tenureMonths }) => Date.UTC(2025, -tenureMonths, 1));
  return new Table("simulated customers", [
    categoryColumn("customer", people.map((person) => person.customer)),
    categoryColumn("business", people.map((person) => person.business)),
    categoryColumn("industry", people.map((person) => person.industry)),
    { kind: "date", name: "joined", values: Float64Array.from(joined) },
    categoryColumn("plan", people.map((person) => person.plan)),
    {
      kind: "category",
      name: "churned",
      codes: Int32Array.from(people, (person) => Number(person.churned)),
      levels: ["false", "true"],
    },
  ]);
}

function eventTable(people: readonly Person[]): Table {
  const events = people.flatMap(({ customer, business, events }) =>
    events.map((event) => ({ customer, business, ...event }))
  );
  return new Table("simulated events", [
    categoryColumn("customer", events.map((event) => event.customer)),
    categoryColumn("business", events.map((event) => event.business)),
    { kind: "date", name: "date", values: Float64Array.from(events, (event) => LOOK - event.daysAgo * DAY) },
    categoryColumn("kind", events.map((event) => event.kind)),
    numbers("amount", events.map((event) => event.amount)),
  ]);
}

function numbers(name: string, values: readonly number[]): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

function ensureSizes(
  numbers: Readonly<Record<string, number>>,
  [fewest, most]: readonly [number, number],
): void {
  for (const [name, value] of Object.entries(numbers)) {
    const count = !name.startsWith("between");
    const rule = count ? "a whole number, 1 or more" : "0 or more";
    ensure(
      count ? Number.isInteger(value) && value >= 1 : value >= 0 && value < Infinity,
      "simulate an economy",
      name,
      rule,
      value,
    );
  }
  const whole = Number.isInteger(fewest) && Number.isInteger(most);
  ensure(
    whole && fewest >= 1 && most >= fewest,
    "simulate an economy",
    "customers",
    "whole numbers, fewest first",
    [fewest, most],
  );
}
