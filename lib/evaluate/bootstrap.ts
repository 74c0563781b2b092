import { createRng, ensure, mean, quantileSorted, type Rng, standardDeviation } from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";
import { ensureConfidence, type Values } from "./binary.ts";
import { type Interval, interval } from "./interval.ts";
import { type Groups, membersOf } from "./split.ts";

/** Options of {@linkcode bootstrapInterval}. */
export interface BootstrapOptions {
  /** The random seed. */
  readonly seed: number;
  /** How often the rows are drawn, 100 or more. @default {2000} */
  readonly replicates?: number;
  /** In (0, 1). @default {0.95} */
  readonly confidence?: number;
  /** Rows are drawn within equal values of this, as for a rate of classes that was fixed. @default {all together} */
  readonly strata?: Groups;
  /** Equal values of this are drawn whole: many rows of one customer are not many customers. @default {each row its own} */
  readonly groups?: Groups;
  /** `bca` corrects bias and skewness (Efron 1987), for one more evaluation a row. @default {"percentile"} */
  readonly method?: "percentile" | "bca";
}

/** More undefined replicates than this, and the interval is not told. */
const MOST_UNDEFINED = 0.1;

/**
 * An interval for anything that can be computed from rows, by drawing rows with replacement.
 *
 * @param rows How many rows there are.
 * @param statistic Computes the number from row numbers, which repeat. NaN says that it is not defined on these rows, as an
 * AUC without positives: such replicates are left out and counted in `method`; above 10 % of them the ends are NaN.
 * @returns The estimate on all rows once, with its interval; the same for the same seed.
 * @throws {RangeError} If an option is outside its range, strata or groups are not one a row, or both are given.
 * @see Efron and Tibshirani 1993, chapters 13 and 14.
 *
 * @example
 * ```ts
 * import { median } from "credible/core";
 * import { bootstrapInterval, take } from "credible/evaluate";
 * const spend = [12, 7, 30, 18, 25, 9, 14];
 * const { low, high } = bootstrapInterval(spend.length, (rows) => median(take(spend, rows)), { seed: 7 });
 * ```
 */
export function bootstrapInterval(
  rows: number,
  statistic: (rows: Uint32Array) => number,
  options: BootstrapOptions,
): Interval {
  const { seed, replicates = 2000, confidence = 0.95, method = "percentile" } = options;
  const action = "bootstrap an interval";
  ensure(Number.isSafeInteger(rows) && rows > 0, action, "rows", "a positive integer", rows);
  ensure(
    Number.isInteger(replicates) && replicates >= 100,
    action,
    "replicates",
    "an integer, 100 or more",
    replicates,
  );
  ensureConfidence(action, confidence);
  const plan = resampling(action, rows, options);
  const estimate = statistic(Uint32Array.from({ length: rows }, (_, i) => i));
  const all = Float64Array.from(
    { length: replicates },
    (_, b) => statistic(plan.draw(createRng(seed, "bootstrap", b))),
  );
  const defined = all.filter((value) => !Number.isNaN(value)).sort();
  const undefinedCount = replicates - defined.length;
  const tail = (1 - confidence) / 2;
  const [low, high] = undefinedCount > MOST_UNDEFINED * replicates || Number.isNaN(estimate)
    ? [NaN, NaN]
    : (method === "bca" ? bcaLevels(estimate, defined, tail, plan.without, statistic) : [tail, 1 - tail])
      .map((p) => quantileSorted(defined, p)) as [number, number];
  const left = undefinedCount > 0 ? `, ${undefinedCount} undefined` : "";
  return interval({
    estimate,
    low,
    high,
    confidence,
    standardError: standardDeviation(defined),
    method: `${method === "bca" ? "BCa" : "percentile"} bootstrap of ${replicates}${left}`,
  });
}

/** The values at these rows. */
export function take(values: Values, rows: Uint32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

/** How rows are drawn, and how they are left out one unit at a time. */
interface Resampling {
  draw(rng: Rng): Uint32Array;
  readonly without: readonly (() => Uint32Array)[];
}

function resampling(action: string, rows: number, { strata, groups }: BootstrapOptions): Resampling {
  ensure(!(strata && groups), action, "strata and groups", "not both given", "both");
  const given = strata ?? groups;
  if (given) {
    ensure(given.length === rows, action, strata ? "strata" : "groups", `${rows} long`, given.length);
  }
  const everyRow = Array.from({ length: rows }, (_, i) => i);
  const pools = strata ? membersOf(strata) : [everyRow];
  const units = groups ? membersOf(groups) : everyRow.map((i) => [i]);
  return {
    draw(rng): Uint32Array {
      if (groups) return Uint32Array.from(units.flatMap(() => units[rng.integer(units.length)]!));
      const drawn = new Uint32Array(rows);
      let at = 0;
      for (const pool of pools) {
        for (let i = 0; i < pool.length; i++) drawn[at++] = pool[rng.integer(pool.length)]!;
      }
      return drawn;
    },
    without: units.map((unit) => () => {
      const gone = new Set(unit);
      return Uint32Array.from(everyRow.filter((i) => !gone.has(i)));
    }),
  };
}

/** Efron's corrected levels, from the bias of the replicates and the skewness of the jackknife. */
function bcaLevels(
  estimate: number,
  sorted: Float64Array,
  tail: number,
  without: Resampling["without"],
  statistic: (rows: Uint32Array) => number,
): [number, number] {
  const z = normal();
  const below = sorted.filter((v) => v < estimate).length + sorted.filter((v) => v === estimate).length / 2;
  const bias = z.ppf(Math.min(1 - 1e-6, Math.max(1e-6, below / sorted.length)));
  const left = Float64Array.from(without, (rows) => statistic(rows())).filter((v) => !Number.isNaN(v));
  const centre = mean(left);
  let squares = 0, cubes = 0;
  for (const value of left) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const level = (p: number): number => {
    const shifted = bias + z.ppf(p);
    return z.cdf(bias + shifted / (1 - acceleration * shifted));
  };
  return [level(tail), level(1 - tail)];
}
