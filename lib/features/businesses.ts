/**
 * Small businesses cut from one large table, so that a method for small businesses can be judged on many held-out customers.
 *
 * @module
 */
import { createRng, ensure, suggest } from "../core/mod.ts";
import { type CategoryColumn, categoryColumn, outcomeOf, type Table } from "../data/mod.ts";
import { type Metric, stratifiedSplit } from "../evaluate/mod.ts";

/** The column that names the business of a row in tables made by {@linkcode cutBusinesses}. */
export const BUSINESS = "business";

/** Options of {@linkcode cutBusinesses}. */
export interface CutOptions {
  /** The columns along which to cut, all categories: each combination of levels is a business, and they are not features. */
  readonly by: readonly string[];
  /** The column to predict. */
  readonly target: string;
  /** Draws which customers are known and which are held out, and who is large. */
  readonly seed: number;
  /** How many businesses at the most. @default {10} */
  readonly businesses?: number;
  /** Known customers of the smallest and of the largest business; the others lie evenly between. @default {[50, 150]} */
  readonly sizes?: readonly [number, number];
  /** Held-out customers that a business must have. @default {100} */
  readonly heldOut?: number;
  /** Held-out events that a business must have. @default {20} */
  readonly heldOutEvents?: number;
}

/** One business of a cut. */
export interface Business {
  /** The levels that make it. */
  readonly business: string;
  /** Customers to fit on. */
  readonly known: number;
  /** Events among them. */
  readonly events: number;
  /** Customers to judge on. */
  readonly heldOut: number;
  /** Events among those. */
  readonly heldOutEvents: number;
}

/** Businesses cut from a table. */
export interface Businesses {
  /** Every business, the one with the most events in the table first. */
  readonly list: readonly Business[];
  /** Rows to fit on, without the columns cut along and with {@linkcode BUSINESS}. */
  readonly known: Table;
  /** Rows to judge on, in the same form; both tables hold the businesses in the order of the list. */
  readonly heldOut: Table;
}

/**
 * Cuts a table into small businesses along real dividing lines and splits each into known and held-out customers, with the
 * same share of events in both. Businesses with too few customers or events to be judged are left out, so there may be
 * fewer than asked for.
 *
 * @throws {RangeError} If an option is out of range, the target is not a yes or no, or fewer than two businesses are left.
 *
 * @example
 * ```ts
 * import { categoryColumn, Table } from "credible/data";
 * import { cutBusinesses } from "credible/features";
 * const rows = 900;
 * const customers = new Table("customers", [
 *   categoryColumn("region", Array.from({ length: rows }, (_, i) => ["north", "south", "west"][i % 3]!)),
 *   categoryColumn("left", Array.from({ length: rows }, (_, i) => i % 4 === 0 ? "yes" : "no")),
 *   { kind: "number", name: "visits", values: Float64Array.from({ length: rows }, (_, i) => i % 7) },
 * ]);
 * const { list } = cutBusinesses(customers, { by: ["region"], target: "left", seed: 7 });
 * list.map(({ known }) => known); // 50, 100 and 150 in an order drawn by the seed
 * ```
 */
export function cutBusinesses(table: Table, options: CutOptions): Businesses {
  const { by, target, seed, businesses = 10, sizes = [50, 150], heldOut = 100, heldOutEvents = 20 } = options;
  const action = `cut businesses from ${table.name}`;
  const [smallest, largest] = sizes;
  ensure(
    by.length > 0 && !by.includes(target),
    action,
    "by",
    "one or more columns other than the target",
    by,
  );
  ensure(businesses >= 2, action, "businesses", "2 or more", businesses);
  ensure(smallest >= 2 && smallest <= largest, action, "sizes", "2 or more, in rising order", sizes);
  const outcome = outcomeOf(table, target);
  ensure(outcome.kind === "share", action, "target", "a yes or no", target);
  const names = combinations(table, by).map((name, row) => Number.isNaN(outcome.values[row]) ? null : name);
  const eventsIn = (rows: readonly number[]): number => rows.reduce((n, row) => n + outcome.values[row]!, 0);
  const cells = [...Map.groupBy(names.keys(), (row) => names[row]!)]
    .filter(([name]) => name !== null)
    .map(([name, rows]) => ({ name: name!, rows, events: eventsIn(rows) }))
    .sort((a, b) => b.events - a.events || (a.name < b.name ? -1 : 1));
  // What a business of this size would leave to be judged on, when events are shared out evenly.
  const leaves = ({ rows, events }: { rows: number[]; events: number }, size: number): boolean =>
    rows.length - size >= heldOut && Math.floor(events * (1 - size / rows.length)) >= heldOutEvents;
  const kept = cells.filter((cell) => leaves(cell, smallest)).slice(0, businesses);
  ensure(
    kept.length >= 2,
    action,
    "the number of businesses large enough to judge",
    "2 or more",
    kept.length,
  );

  const order = createRng(seed, "sizes of businesses").permutation(kept.length);
  const parts = kept.map(({ name, rows }, k) => {
    let size = Math.round(smallest + (largest - smallest) * order[k]! / (kept.length - 1));
    while (size > smallest && !leaves(kept[k]!, size)) size--;
    const labels = rows.map((row) => outcome.values[row]!);
    const split = stratifiedSplit(labels, { seed: seed + k, testShare: 1 - size / rows.length });
    return {
      name,
      known: Array.from(split.train, (i) => rows[i]!),
      heldOut: Array.from(split.test, (i) => rows[i]!),
    };
  });
  const named = table.without(by).with(categoryColumn(BUSINESS, names));
  return {
    list: parts.map((part) => ({
      business: part.name,
      known: part.known.length,
      events: eventsIn(part.known),
      heldOut: part.heldOut.length,
      heldOutEvents: eventsIn(part.heldOut),
    })),
    known: named.take(parts.flatMap((part) => part.known)),
    heldOut: named.take(parts.flatMap((part) => part.heldOut)),
  };
}

/** The rows of one business. @throws {RangeError} If there is no such business. */
export function ofBusiness<T extends Table>(table: T, business: string): T {
  const { codes, levels } = table.categories(BUSINESS), code = levels.indexOf(business);
  ensure(code >= 0, `take one business of ${table.name}`, "business", suggest(business, levels), business);
  return table.filter((row) => codes[row] === code);
}

/**
 * A metric within each business: over all customers together it would also credit a model for knowing which businesses lose
 * many, which is no help to any of them.
 *
 * @returns One value a business, in the order of the levels that have rows.
 * @throws {RangeError} As the metric does.
 */
export function withinBusiness(
  metric: Metric,
  business: CategoryColumn,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
): Map<string, number> {
  const rows = Map.groupBy(business.codes.keys(), (row) => business.codes[row]!);
  return new Map(
    [...rows].sort(([a], [b]) => a - b).map(([code, members]) => [
      business.levels[code]!,
      metric(members.map((i) => labels[i]!), members.map((i) => predictions[i]!)),
    ]),
  );
}

/** The levels of a row joined, without remarks in brackets; null where one is missing. */
function combinations(table: Table, by: readonly string[]): (string | null)[] {
  const columns = by.map((name) => table.categories(name));
  return Array.from({ length: table.rows }, (_, row) => {
    const levels = columns.map(({ codes, levels }) => codes[row]! < 0 ? null : levels[codes[row]!]!);
    return levels.includes(null) ? null : levels.join(", ").replaceAll(/ \([^)]*\)/g, "");
  });
}
