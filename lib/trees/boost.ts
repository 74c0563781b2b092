import type { Matrix } from "../core/mod.ts";
import type { BoostOptions } from "./boost_options.ts";
import { boostRounds } from "./boost_rounds.ts";
import type { Forest } from "./forest.ts";

/**
 * Fits boosted trees by second-order steps on binned features. The model is the same to the last bit whatever the number of threads.
 *
 * @param rows One row a customer; NaN is missing and learns its way at each cut.
 * @param target As the loss takes it: 0 and 1 for `logistic`.
 * @throws {RangeError} If the target is not of the loss or has one class, a value is infinite, a weight is negative or all are 0, an
 * option is out of range, or there are fewer than 2 rows.
 *
 * @example
 * ```ts
 * import { boost, predict } from "credible/trees";
 * import { matrix } from "credible/core";
 * const rows = matrix(40, 1, Float64Array.from({ length: 40 }, (_, i) => i));
 * const target = Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20));
 * const forest = boost(rows, target, { rounds: 20, minRows: 5 });
 * predict(forest, matrix(2, 1, Float64Array.of(3, 33))).values; // near 0, near 1
 * ```
 */
export function boost(rows: Matrix, target: Float64Array, options: BoostOptions = {}): Forest {
  return run(boostRounds(rows, target, options));
}

/** How long other work waits for a fit that gives way, in milliseconds. */
const PAUSE_EVERY = 50;

/**
 * {@linkcode boost} that gives way to other work every 50 ms: a signal can come from a timer or a button, a progress bar can draw itself.
 *
 * @throws {RangeError} As `boost` does. @throws What the signal was aborted with.
 *
 * @example
 * ```ts
 * import { boostAsync } from "credible/trees";
 * import { matrix } from "credible/core";
 * const rows = matrix(40, 1, Float64Array.from({ length: 40 }, (_, i) => i));
 * const signal = AbortSignal.timeout(60_000);
 * await boostAsync(rows, rows.values.map((x) => Number(x >= 20)), { rounds: 20, minRows: 5, signal });
 * ```
 */
export function boostAsync(
  rows: Matrix,
  target: Float64Array,
  options: BoostOptions = {},
): Promise<Forest> {
  return runGently(boostRounds(rows, target, options));
}

/** Takes all rounds of {@linkcode boostRounds}. */
export function run(rounds: Generator<void, Forest>): Forest {
  for (;;) {
    const step = rounds.next();
    if (step.done) return step.value;
  }
}

/** {@linkcode run} that gives way to other work every 50 ms. */
export async function runGently(rounds: Generator<void, Forest>): Promise<Forest> {
  for (let last = performance.now();;) {
    const step = rounds.next();
    if (step.done) return step.value;
    if (performance.now() - last < PAUSE_EVERY) continue;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  }
}
