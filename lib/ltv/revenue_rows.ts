import { ensure, type Matrix } from "../core/mod.ts";

/** What the stages know of n events: features, whose they are, when they were, and the revenue that followed. */
export interface RevenueRows {
  /** n rows; NaN is missing. */
  readonly features: Matrix;
  /** The names of the features' columns. */
  readonly names: readonly string[];
  /** One a row, unique; in the order of the source. */
  readonly ids: Float64Array;
  /** Whose event it is: rows of one user stay on one side of every split. */
  readonly users: Float64Array;
  /** When, in milliseconds since 1970 UTC. */
  readonly times: Float64Array;
  /** Days after the event up to which revenue is counted, increasing: 1, 7, 14. */
  readonly horizons: readonly number[];
  /**
   * By horizon, the revenue up to it, 0 or more; NaN where it is not known yet. A horizon without any label is all NaN.
   */
  readonly revenue: readonly Float64Array[];
}

/** Throws unless the parts fit together: unique ids, rising horizons, no negative and no falling revenue. */
export function ensureRevenueRows(action: string, rows: RevenueRows): void {
  const { features, names, ids, users, times, horizons, revenue } = rows, n = features.rows;
  ensure(names.length === features.columns, action, "names", `${features.columns} long`, names.length);
  for (const [name, values] of Object.entries({ ids, users, times })) {
    ensure(values.length === n, action, name, `${n} long, as there are rows`, values.length);
  }
  ensure(horizons.length > 0, action, "horizons", "one or more", 0);
  ensure(revenue.length === horizons.length, action, "revenue", "one a horizon", revenue.length);
  const rising = horizons.every((days, h) => days > (horizons[h - 1] ?? 0));
  ensure(rising, action, "horizons", "rising, above 0", horizons);
  ensureUnique(action, ids);
  revenue.forEach((values, h) => ensureRevenue(action, values, revenue[h - 1], horizons[h]!, n));
}

function ensureUnique(action: string, ids: Float64Array): void {
  const seen = new Set<number>();
  for (const id of ids) {
    ensure(!seen.has(id), action, "a row id", "unique", id);
    seen.add(id);
  }
}

function ensureRevenue(
  action: string,
  values: Float64Array,
  before: Float64Array | undefined,
  days: number,
  n: number,
): void {
  ensure(values.length === n, action, `revenue of day ${days}`, `${n} long`, values.length);
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    ensure(!(value < 0) && value !== Infinity, action, `revenue[${i}] of day ${days}`, "0 or more", value);
    const earlier = before?.[i] ?? 0;
    ensure(
      !(value < earlier),
      action,
      `revenue[${i}] of day ${days}`,
      `at least the earlier ${earlier}`,
      value,
    );
  }
}
