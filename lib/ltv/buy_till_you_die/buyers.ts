import { ensure, mean } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { type Moment, rfm, type TransactionColumns } from "../../features/mod.ts";
import { DAY } from "../time.ts";

/** A number for each of n customers. */
export type Numbers = ArrayLike<number>;

/** What buy-till-you-die models need to know of n customers; one unit of time throughout. */
export interface Buyers {
  /** Purchases after the first: 0, 1, 2, … */
  readonly frequency: Numbers;
  /** Time from the first purchase to the last; 0 where there was one only. */
  readonly recency: Numbers;
  /** Time from the first purchase to the day on which this is known (T in the papers). */
  readonly age: Numbers;
}

/** {@linkcode Buyers} as read from transactions. */
export interface BuyerSummary extends Buyers {
  /** Whose numbers these are, as text. */
  readonly customers: readonly string[];
  /** The mean of a repeat purchase, what came back taken off; NaN without one. */
  readonly meanSpend: Float64Array;
}

/** Options of {@linkcode summariseBuyers}. */
export interface SummaryOptions extends TransactionColumns {
  /** Only earlier transactions count. */
  readonly asOf: Moment;
  /** Days in a unit of time. @default {7} */
  readonly unitDays?: number;
}

/**
 * Frequency, recency and age of each customer as of a moment. Purchases of one day are one purchase; returns lower the spend.
 *
 * @returns Customers with at least one purchase before `asOf`, in the order of their names.
 * @throws {RangeError} If a column is not there, `asOf` is no date, or `unitDays` is not above 0.
 * @throws {TypeError} If the date column holds no dates.
 *
 * @example
 * ```ts
 * import { Table } from "credible/data";
 * import { summariseBuyers } from "credible/ltv";
 * const orders = new Table("orders", [
 *   { kind: "number", name: "id", values: Float64Array.of(7, 7) },
 *   { kind: "date", name: "day", values: Float64Array.of(Date.parse("2026-01-01"), Date.parse("2026-01-15")) },
 *   { kind: "number", name: "paid", values: Float64Array.of(20, 5) },
 * ]);
 * summariseBuyers(orders, { customer: "id", date: "day", amount: "paid", asOf: "2026-01-29" });
 * // frequency 1, recency 2 weeks, age 4 weeks, meanSpend 5
 * ```
 */
export function summariseBuyers(transactions: Table, options: SummaryOptions): BuyerSummary {
  const { unitDays = 7 } = options;
  ensure(unitDays > 0 && unitDays < Infinity, "summarise buyers", "unitDays", "above 0", unitDays);
  const known = rfm(transactions, options);
  const [days, sinceLast, tenure, paid] = ["frequency", "recency", "tenure", "monetary"]
    .map((name) => known.numbers(name)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const customers = textsOf(known, "customer");
  const asOf = new Date(options.asOf).getTime();
  const first = firstDaySpend(transactions, options, customers, tenure.map((t) => asOf - t * DAY));
  return {
    customers,
    frequency: days.map((d) => d - 1),
    recency: tenure.map((t, i) => (t - sinceLast[i]!) / unitDays),
    age: tenure.map((t) => t / unitDays),
    meanSpend: days.map((d, i) => d > 1 ? (paid[i]! - first[i]!) / (d - 1) : NaN),
  };
}

function firstDaySpend(
  table: Table,
  columns: TransactionColumns,
  customers: readonly string[],
  firstDays: Float64Array,
): Float64Array {
  const spend = new Float64Array(customers.length);
  const position = new Map(customers.map((customer, i) => [customer, i]));
  const owners = textsOf(table, columns.customer), amounts = table.numbers(columns.amount);
  const dates = table.numbers(columns.date);
  for (let row = 0; row < table.rows; row++) {
    const i = position.get(owners[row]!), since = dates[row]! - firstDays[i ?? 0]!;
    if (i !== undefined && since >= 0 && since < DAY && !Number.isNaN(amounts[row])) {
      spend[i]! += amounts[row]!;
    }
  }
  return spend;
}

function textsOf(table: Table, name: string): string[] {
  const column = table.column(name);
  return column.kind === "category"
    ? Array.from(column.codes, (code) => column.levels[code] ?? "")
    : Array.from(column.values, (value) => Number.isNaN(value) ? "" : String(value));
}

/** Throws unless frequencies count, and 0 ≤ recency ≤ age, with recency 0 where nothing was repeated. */
export function ensureBuyers(action: string, { frequency, recency, age }: Buyers): void {
  const n = frequency.length;
  ensure(recency.length === n, action, "recency", `${n} long, as frequency is`, recency.length);
  ensure(age.length === n, action, "age", `${n} long, as frequency is`, age.length);
  for (let i = 0; i < n; i++) {
    const [x, last, whole] = [frequency[i]!, recency[i]!, age[i]!];
    ensure(Number.isInteger(x) && x >= 0, action, `frequency[${i}]`, "a count of repeat purchases", x);
    ensure(whole >= 0 && whole < Infinity, action, `age[${i}]`, "0 or more", whole);
    ensure(last >= 0 && last <= whole, action, `recency[${i}]`, `in [0, ${whole}], the age`, last);
    ensure(x > 0 || last === 0, action, `recency[${i}]`, "0 where nothing was repeated", last);
  }
}

/** Equal customers once, with how many they are: likelihoods repeat no work. */
export interface Distinct {
  readonly frequency: Float64Array;
  readonly recency: Float64Array;
  readonly age: Float64Array;
  readonly count: Float64Array;
}

/** The distinct customers among all. */
export function distinct({ frequency, recency, age }: Buyers): Distinct {
  const found = new Map<string, [number, number, number, number]>();
  for (let i = 0; i < frequency.length; i++) {
    const key = `${frequency[i]} ${recency[i]} ${age[i]}`, own = found.get(key);
    if (own) own[3]++;
    else found.set(key, [frequency[i]!, recency[i]!, age[i]!, 1]);
  }
  const rows = [...found.values()];
  const [x, last, whole, count] = [0, 1, 2, 3].map((k) => Float64Array.from(rows, (row) => row[k]!));
  return { frequency: x!, recency: last!, age: whole!, count: count! };
}

/** A typical time, to start a search from. */
export function typicalAge({ age }: Buyers): number {
  return Math.max(mean(age), Number.MIN_VALUE);
}
