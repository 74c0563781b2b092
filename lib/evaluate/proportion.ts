import { ensure } from "../core/mod.ts";
import { beta, normal } from "../core/distributions/mod.ts";
import { ensureConfidence } from "./binary.ts";
import { type Interval, interval } from "./interval.ts";

/** Options of {@linkcode proportionInterval}. */
export interface ProportionOptions {
  /** In (0, 1). @default {0.95} */
  readonly confidence?: number;
  /**
   * `wilson` covers about right on average and is short; `jeffreys` is the Bayesian one with equal tails;
   * `clopperPearson` never covers less than it says, and so is wide. @default {"wilson"}
   */
  readonly method?: "wilson" | "jeffreys" | "clopperPearson";
}

/**
 * A proportion with its interval.
 *
 * @param successes An integer in [0, n].
 * @param n How many were tried, an integer; with 0 the estimate is NaN and the interval [0, 1].
 * @throws {RangeError} If the counts are not such integers, or confidence is outside (0, 1).
 * @see Brown, Cai and DasGupta 2001, https://doi.org/10.1214/ss/1009213286
 *
 * @example
 * ```ts
 * import { proportionInterval } from "credible/evaluate";
 * const { low, high } = proportionInterval(7, 50); // 0.070 to 0.262
 * ```
 */
export function proportionInterval(successes: number, n: number, options: ProportionOptions = {}): Interval {
  const { confidence = 0.95, method = "wilson" } = options;
  const action = "compute the interval of a proportion";
  ensure(Number.isSafeInteger(n) && n >= 0, action, "n", "an integer, 0 or more", n);
  const counted = Number.isSafeInteger(successes) && successes >= 0 && successes <= n;
  ensure(counted, action, "successes", `an integer in [0, ${n}]`, successes);
  ensureConfidence(action, confidence);
  const tail = (1 - confidence) / 2;
  const [low, high] = n === 0 ? [0, 1] : ENDS[method](successes, n, tail);
  return interval({ estimate: successes / n, low, high, confidence, method: NAMES[method] });
}

const NAMES = { wilson: "Wilson 1927", jeffreys: "Jeffreys", clopperPearson: "Clopper and Pearson 1934" };

const ENDS = { wilson, jeffreys, clopperPearson };

function wilson(successes: number, n: number, tail: number): [number, number] {
  const z2 = normal().isf(tail) ** 2, failures = n - successes;
  const centre = successes + z2 / 2, reach = Math.sqrt(z2 * (successes * failures / n + z2 / 4));
  return [
    successes === 0 ? 0 : (centre - reach) / (n + z2),
    failures === 0 ? 1 : (centre + reach) / (n + z2),
  ];
}

function jeffreys(successes: number, n: number, tail: number): [number, number] {
  const posterior = beta(successes + 0.5, n - successes + 0.5);
  return [successes === 0 ? 0 : posterior.ppf(tail), successes === n ? 1 : posterior.isf(tail)];
}

function clopperPearson(successes: number, n: number, tail: number): [number, number] {
  return [
    successes === 0 ? 0 : beta(successes, n - successes + 1).ppf(tail),
    successes === n ? 1 : beta(successes + 1, n - successes).isf(tail),
  ];
}
