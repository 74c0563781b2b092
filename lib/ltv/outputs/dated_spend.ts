import { ensure, type Matrix, matrix } from "../../core/mod.ts";
import { takeRows, takeValues } from "../select.ts";
import { DAY, WEEK } from "../time.ts";
import type { SpendHistory } from "./revenue_sets.ts";

/** Customers with what was said of them, what came, and when. */
export interface DatedSpend extends Omit<SpendHistory, "weights"> {
  /** When, in milliseconds since 1970 UTC. */
  readonly times: ArrayLike<number>;
  /** Whose rows they are. */
  readonly users: ArrayLike<number>;
  /** What the density ratio is estimated on; NaN is missing. */
  readonly features: Matrix;
}

/** Some of the rows. */
export function takeDated(all: DatedSpend, rows: readonly number[]): DatedSpend {
  const take = (values: ArrayLike<number>): Float64Array => takeValues(values, rows);
  return {
    probability: take(all.probability),
    meanLog: take(all.meanLog),
    revenue: take(all.revenue),
    times: take(all.times),
    users: take(all.users),
    features: takeRows(all.features, rows),
  };
}

/**
 * Several windows one after another.
 *
 * @throws {RangeError} If there is none, or their columns differ.
 */
export function joinDated(parts: readonly DatedSpend[]): DatedSpend {
  const columns = parts[0]?.features.columns ?? 0, action = "join windows";
  ensure(parts.length > 0, action, "parts", "one or more", 0);
  for (const { features } of parts) {
    ensure(features.columns === columns, action, "features", `of ${columns} columns`, features.columns);
  }
  const join = (of: (part: DatedSpend) => ArrayLike<number>): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(of(part))));
  const times = join(({ times }) => times), features = matrix(times.length, columns);
  parts.reduce(
    (at, part) => (features.values.set(part.features.values, at), at + part.features.values.length),
    0,
  );
  return {
    probability: join(({ probability }) => probability),
    meanLog: join(({ meanLog }) => meanLog),
    revenue: join(({ revenue }) => revenue),
    times,
    users: join(({ users }) => users),
    features,
  };
}

/** Row numbers in the order of time, rows of one moment in the order given. */
export function byTime(times: ArrayLike<number>): number[] {
  return Array.from(times, (_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
}

/** The rows of each week, weeks counted from the day of the first row. */
export function weeksOf(times: ArrayLike<number>): Map<number, number[]> {
  const order = byTime(times), first = Math.floor(times[order[0]!]! / DAY) * DAY;
  const weeks = new Map<number, number[]>();
  for (const i of order) {
    const week = first + Math.floor((times[i]! - first) / WEEK) * WEEK;
    const rows = weeks.get(week);
    if (rows) rows.push(i);
    else weeks.set(week, [i]);
  }
  return weeks;
}
