import { ensure } from "../core/mod.ts";
import { categoryColumn, type Column, Table } from "../data/mod.ts";
import {
  DAY,
  historiesOf,
  type History,
  type Moment,
  momentOf,
  type TransactionColumns,
} from "./transactions.ts";

/** Options of {@linkcode rfm}. */
export interface RfmOptions extends TransactionColumns {
  /** The moment as of which it is known: only earlier transactions count. */
  readonly asOf: Moment;
}

/**
 * Recency, frequency and monetary value of each customer, as of a moment; only earlier transactions enter.
 *
 * Columns: `customer`; `recency`, days from the last purchase day to `asOf`; `frequency`, days with a purchase; `monetary`,
 * what was paid in all, returns taken off; `meanValue`, monetary by frequency; `tenure`, days from the first purchase day to
 * `asOf`. Purchases of one day count once. A return (a line below 0) takes off money and is no purchase; a line of 0 is
 * neither; rows without customer, date or amount are left out. A customer without any purchase before `asOf` has no row.
 *
 * @throws {RangeError} If a column is not there, or `asOf` is not a date.
 * @throws {TypeError} If the date column holds no dates.
 *
 * @example
 * ```ts
 * import { Table } from "credible/data";
 * import { rfm } from "credible/features";
 * const day = (text: string) => Date.parse(text);
 * const orders = new Table("orders", [
 *   { kind: "number", name: "id", values: Float64Array.of(7, 7, 7) },
 *   { kind: "date", name: "day", values: Float64Array.of(day("2026-01-01"), day("2026-01-01"), day("2026-01-11")) },
 *   { kind: "number", name: "paid", values: Float64Array.of(20, 5, -5) },
 * ]);
 * const known = rfm(orders, { customer: "id", date: "day", amount: "paid", asOf: "2026-01-31" });
 * known.numbers("recency"); // [30]: what came back on the 11th is no purchase
 * ```
 */
export function rfm(transactions: Table, options: RfmOptions): Table {
  const asOf = momentOf(options.asOf, "compute RFM", "asOf");
  const { histories } = historiesOf(transactions, options, asOf);
  return rfmTable(transactions.name, histories, asOf);
}

/** RFM of histories that were read already. */
export function rfmTable(name: string, histories: readonly History[], asOf: number): Table {
  ensure(Number.isFinite(asOf), "compute RFM", "asOf", "a moment", asOf);
  const number = (column: string, of: (h: History) => number): Column => ({
    kind: "number",
    name: column,
    values: Float64Array.from(histories, of),
  });
  return new Table(name, [
    categoryColumn("customer", histories.map((h) => h.customer)),
    number("recency", (h) => (asOf - h.days.at(-1)!) / DAY),
    number("frequency", (h) => h.days.length),
    number("monetary", (h) => h.net),
    number("meanValue", (h) => h.net / h.days.length),
    number("tenure", (h) => (asOf - h.days[0]!) / DAY),
  ]);
}
