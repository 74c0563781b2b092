import { sqlName } from "../../../data/mod.ts";
import type { Dialect, Sql } from "./dialect.ts";

const MILLISECONDS_A_DAY = 86_400_000;

/**
 * How a source column is made safe to count on before any feature reads it: finite numbers, entries that are there, moments
 * that the event could know of. NULL where the column says nothing.
 */
const READINGS = {
  /** The amounts of a map, as a list of doubles. */
  amounts: (d: Dialect, column: Sql): Sql => d.keep(d.doubles(d.mapValues(column)), d.finite),
  /** The weights of a map, as a list of doubles above 0. */
  weights: (d: Dialect, column: Sql): Sql =>
    d.keep(d.doubles(d.mapValues(column)), (x) => `${x} > 0e0 AND ${d.finite(x)}`),
  /** A list as it is: what counts its entries passes over NULL, and filtering text would cost as much as counting it. */
  entries: (_: Dialect, column: Sql): Sql => column,
  /** The counts of session tuples, as a list of doubles from 0. */
  counts: (d: Dialect, column: Sql): Sql =>
    d.keep(d.doubles(d.each(column, (x) => `${x}."count"`)), (x) => `${x} >= 0e0`),
  /** Days from a moment to the event. What lies after the event is not known yet. */
  days: (d: Dialect, column: Sql): Sql =>
    `CASE WHEN ${column} <= event_ts ` +
    `THEN ${d.milliseconds(column, "event_ts")} / ${MILLISECONDS_A_DAY.toExponential()} END`,
  /** A number. */
  number: (d: Dialect, column: Sql): Sql => {
    const value = `CAST(${column} AS DOUBLE)`;
    return `CASE WHEN ${d.finite(value)} THEN ${value} END`;
  },
};

/** A way to read a source column. */
export type Reading = keyof typeof READINGS;

/** Hands features the columns they read, and remembers which, so that a query reads no other. */
export class Reader {
  /** How the engine says things. */
  readonly dialect: Dialect;
  readonly #pieces = new Map<Sql, { readonly column: string; readonly sql: Sql }>();

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** The name under which a query holds a column in this reading. */
  read(reading: Reading, column: string): Sql {
    const name = sqlName(`${reading} of ${column}`);
    if (!this.#pieces.has(name)) {
      this.#pieces.set(name, { column, sql: READINGS[reading](this.dialect, sqlName(column)) });
    }
    return name;
  }

  /** Everything read so far, as the columns of a SELECT. */
  get selected(): Sql[] {
    return [...this.#pieces].map(([name, { sql }]) => `${sql} AS ${name}`);
  }

  /** The source columns read so far. */
  get columns(): string[] {
    return [...new Set([...this.#pieces.values()].map(({ column }) => column))];
  }
}
