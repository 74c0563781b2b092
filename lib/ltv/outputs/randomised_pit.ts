import { createRng, ensure } from "../../core/mod.ts";
import { conformalPredictive } from "../../conformal/mod.ts";
import { ensureForecast, type SpendForecast, type SpendHistory } from "./revenue_sets.ts";

/** Options of {@linkcode randomisedPit}. */
export interface PitOptions {
  /** Of the place inside the atom at 0 and between two calibration errors. */
  readonly seed: number;
}

/**
 * Probability integral transforms of revenue, uniform on (0, 1) where forecasts are right, level **and** spread. Revenue has an atom at 0,
 * where the distribution function jumps from 0 to 1 − P; inside a jump the transform is drawn uniformly, else a histogram of it would show
 * the atom and nothing else.
 *
 * @param history Calibration rows: their errors given a purchase are the shape of the distribution of log1p R.
 * @param forecast What was said of the rows to judge.
 * @param revenue Their revenue, 0 or more.
 * @returns One value a row.
 * @throws {RangeError} If lengths differ, amounts are unknown or below 0, or no calibration row bought.
 * @see Czado, Gneiting and Held 2009, https://doi.org/10.1111/j.1541-0420.2009.01191.x
 *
 * @example
 * ```ts
 * import { randomisedPit } from "credible/ltv";
 * const history = { probability: [0.5, 0.5, 0.5, 0.5], meanLog: [1, 1, 1, 1], revenue: [0, 1, 2, 4] };
 * randomisedPit(history, { probability: [0.3], meanLog: [1] }, [0], { seed: 7 }); // somewhere in (0, 0.7)
 * ```
 */
export function randomisedPit(
  history: SpendHistory,
  forecast: SpendForecast,
  revenue: ArrayLike<number>,
  options: PitOptions,
): Float64Array {
  const action = "transform revenue", n = forecast.probability.length;
  ensureForecast(action, history);
  ensureForecast(action, forecast);
  ensure(revenue.length === n, action, "revenue", `${n} long`, revenue.length);
  const buyers = Array.from(history.revenue, (_, i) => i).filter((i) => history.revenue[i]! > 0);
  ensure(buyers.length > 0, action, "the calibration revenue", "above 0 somewhere", "all 0");
  const shape = conformalPredictive(
    buyers.map((i) => Math.log1p(history.revenue[i]!)),
    buyers.map((i) => history.meanLog[i]!),
  );
  const rng = createRng(options.seed, "randomised-pit");
  return Float64Array.from(revenue, (amount, i) => {
    ensure(amount >= 0 && amount < Infinity, action, `revenue[${i}]`, "0 or more, and known", amount);
    const p = forecast.probability[i]!, u = rng.uniform();
    if (amount === 0) return u * (1 - p);
    const [low, high] = shape.cdf(Math.log1p(amount), forecast.meanLog[i]!);
    return 1 - p + p * (low + u * (high - low));
  });
}
