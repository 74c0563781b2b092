import { ensure, suggest as nearestNames } from "../core/mod.ts";
import type { Table } from "../data/mod.ts";

/** A day in milliseconds. */
export const DAY: number = 86_400_000;

/** Which columns of a table of transactions are what. */
export interface TransactionColumns {
  /** Whose it is. Rows without are left out: nobody's history can be told. */
  readonly customer: string;
  /** When it was. Rows without are left out. */
  readonly date: string;
  /** What was paid, in any currency; negative is a return. */
  readonly amount: string;
}

/** The purchases of one customer up to a day. */
export interface History {
  /** The customer as text. */
  readonly customer: string;
  /** Days (milliseconds at midnight UTC) with at least one line above 0, ascending, each once. */
  readonly days: readonly number[];
  /** Sum of all lines: returns count against purchases, lines of 0 count nothing. */
  readonly net: number;
}

/** Histories, and what was left out of them. */
export interface Histories {
  /** One per customer with at least one purchase, in the order of their names. */
  readonly histories: readonly History[];
  /** Rows by why they do not count as purchases. */
  readonly rows: {
    readonly withoutCustomer: number;
    readonly withoutDate: number;
    readonly withoutAmount: number;
    readonly late: number;
    readonly returns: number;
    readonly free: number;
  };
  /** The last day in the table, whoever's. */
  readonly lastDay: number;
}

/** A moment as text (`2011-06-01`), as a Date, or in milliseconds since 1970 UTC. */
export type Moment = string | Date | number;

/** A moment in milliseconds. @throws {RangeError} If the text is no date of the form year-month-day. */
export function momentOf(moment: Moment, action: string, argument: string): number {
  const time = typeof moment === "number"
    ? moment
    : moment instanceof Date
    ? moment.getTime()
    : Date.parse(moment);
  const iso = typeof moment !== "string" || /^\d{4}-\d{2}-\d{2}/.test(moment);
  ensure(iso && Number.isFinite(time), action, argument, "a date such as 2011-06-01", String(moment));
  return time;
}

/**
 * Reads transactions into histories, as they were known at the start of `before`: rows of that moment and later are left
 * out. Purchases of one day are one purchase. Returns lower what was paid and are no purchases; lines of 0 are neither.
 *
 * @throws {RangeError} If a column is not there.
 * @throws {TypeError} If the date column holds no dates (mixed spellings stay text: give `open` their format) or the
 * amounts are text.
 */
export function historiesOf(table: Table, columns: TransactionColumns, before = Infinity): Histories {
  const dates = table.column(columns.date);
  if (dates.kind !== "date") {
    throw new TypeError(
      `Cannot read the transactions of ${table.name}: ${
        JSON.stringify(columns.date)
      } must be dates, it holds ` +
        `${dates.kind === "number" ? "numbers" : "text"}; ` +
        nearestNames("", table.columns.filter((c) => c.kind === "date").map((c) => c.name)),
    );
  }
  const amounts = table.numbers(columns.amount);
  const nameOf = namesOf(table, columns.customer);
  const rows = { withoutCustomer: 0, withoutDate: 0, withoutAmount: 0, late: 0, returns: 0, free: 0 };
  const found = new Map<string, { days: Set<number>; net: number }>();
  let lastDay = -Infinity;
  for (let i = 0; i < table.rows; i++) {
    const [customer, moment, amount] = [nameOf(i), dates.values[i]!, amounts[i]!];
    if (!Number.isNaN(moment)) lastDay = Math.max(lastDay, startOfDay(moment));
    const why = customer === undefined
      ? "withoutCustomer"
      : Number.isNaN(moment)
      ? "withoutDate"
      : Number.isNaN(amount)
      ? "withoutAmount"
      : moment >= before
      ? "late"
      : undefined;
    if (why) {
      rows[why]++;
      continue;
    }
    const own = found.get(customer!) ?? { days: new Set<number>(), net: 0 };
    found.set(customer!, own);
    own.net += amount;
    if (amount > 0) own.days.add(startOfDay(moment));
    else if (amount < 0) rows.returns++;
    else rows.free++;
  }
  const histories = [...found].filter(([, own]) => own.days.size > 0)
    .map(([customer, own]) => ({ customer, days: [...own.days].sort((a, b) => a - b), net: own.net }))
    .sort((a, b) => a.customer < b.customer ? -1 : Number(a.customer > b.customer));
  return { histories, rows, lastDay };
}

function startOfDay(moment: number): number {
  return Math.floor(moment / DAY) * DAY;
}

function namesOf(table: Table, name: string): (row: number) => string | undefined {
  const column = table.column(name);
  if (column.kind === "category") return (row) => column.levels[column.codes[row]!];
  return (row) => Number.isNaN(column.values[row]!) ? undefined : String(column.values[row]!);
}
