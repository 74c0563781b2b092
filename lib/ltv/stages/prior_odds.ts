import { ensure, expit, logit } from "../../core/mod.ts";

/**
 * What a probability fitted at one rate of events means at another: its log-odds move by logit(rate) − logit(sampledRate).
 *
 * @param sampledRate The (weighted) share of events among the rows that were fitted on, in (0, 1).
 * @param rate The share where it is used, in (0, 1).
 * @throws {RangeError} If a rate is not inside (0, 1).
 * @see Elkan 2001, "The foundations of cost-sensitive learning", theorem 2. Exact where sampling depends on the event alone; where it
 * depends on the amount as well, calibration has the rest to do.
 *
 * @example
 * ```ts
 * import { correctPriorOdds } from "credible/ltv";
 * correctPriorOdds(0.5, 0.5, 0.04); // 0.04: half of a balanced sample means the rate itself
 * ```
 */
export function correctPriorOdds(probability: number, sampledRate: number, rate: number): number {
  return expit(logit(probability) + priorShift(sampledRate, rate));
}

/** How far the log-odds move. */
export function priorShift(sampledRate: number, rate: number): number {
  for (const [name, value] of Object.entries({ sampledRate, rate })) {
    ensure(value > 0 && value < 1, "correct prior odds", name, "inside (0, 1)", value);
  }
  return logit(rate) - logit(sampledRate);
}
