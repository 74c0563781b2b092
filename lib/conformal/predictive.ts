import { ensure } from "../core/mod.ts";
import { ensureLength } from "./cells.ts";
import { ensureScores, quantileRank } from "./rank.ts";

/** Options of {@linkcode conformalPredictive}. */
export interface PredictiveOptions {
  /** A scale for each calibration row, positive; rows to predict then need theirs. @default {all 1} */
  readonly scales?: ArrayLike<number>;
}

/** A whole distribution for each row, calibrated: its steps lie at the prediction plus each calibration error. */
export interface ConformalPredictive {
  /**
   * Bounds of the distribution function: the true level lies between them, 1 / (n + 1) apart.
   *
   * @param y The value asked about.
   * @param prediction The row's prediction.
   * @param scale The row's scale. @default {1}
   */
  cdf(y: number, prediction: number, scale?: number): readonly [number, number];
  /**
   * Bounds of the quantile at a level: the value exceeds `low` with a probability of at least 1 − level, and `high`
   * with at most that. They are infinite where n is too small for the level.
   *
   * @param level In (0, 1).
   */
  quantile(level: number, prediction: number, scale?: number): readonly [number, number];
  /** Plain data; {@linkcode conformalPredictive} of its `errors` and 0 gives the same distribution. */
  toJSON(): { readonly errors: readonly number[]; readonly scaled: boolean };
}

/**
 * The split conformal predictive distribution. From it follow intervals of any level, one-sided ones, and P(value > x).
 *
 * @param values n values of rows not used for fitting.
 * @param predictions n predictions.
 * @throws {RangeError} If lengths differ, an error is NaN, or a scale is not positive.
 * @see Vovk et al. 2018, https://arxiv.org/abs/1902.06579; bounds as in crepes.
 *
 * @example
 * ```ts
 * import { conformalPredictive } from "credible/conformal";
 * const spend = conformalPredictive([9, 12, 10, 13], [10, 10, 10, 10]);
 * const [low, high] = spend.quantile(0.5, 20); // 20, 22: errors are −1, 0, 2, 3
 * ```
 */
export function conformalPredictive(
  values: ArrayLike<number>,
  predictions: ArrayLike<number>,
  options: PredictiveOptions = {},
): ConformalPredictive {
  const { scales } = options, action = "make a predictive distribution", n = values.length;
  ensureLength(action, "predictions", predictions, n);
  if (scales) ensureLength(action, "scales", scales, n);
  const errors = Float64Array.from(values, (value, i) => {
    const scale = scales ? scales[i]! : 1;
    ensure(scale > 0, action, `scales[${i}]`, "positive", scale);
    return (value - predictions[i]!) / scale;
  }).sort();
  ensureScores(action, errors);
  const needScale = (scale: number | undefined): number => {
    ensure(!scales || scale !== undefined, "use a predictive distribution", "scale", "given", scale);
    return scale ?? 1;
  };
  return {
    cdf: (y, prediction, scale) => {
      const error = (y - prediction) / needScale(scale);
      const below = errors.filter((e) => e < error).length, upTo = errors.filter((e) => e <= error).length;
      return [below / (n + 1), (upTo + 1) / (n + 1)];
    },
    quantile: (level, prediction, scale) => {
      const s = needScale(scale), rank = quantileRank(n, level); // ⌈level · (n + 1)⌉
      const whole = n + 1 - quantileRank(n, 1 - level); // ⌊level · (n + 1)⌋
      const low = whole < 1 ? -Infinity : prediction + s * errors[whole - 1]!;
      const high = rank > n ? Infinity : prediction + s * errors[rank - 1]!;
      return [low, high];
    },
    toJSON: () => ({ errors: [...errors], scaled: scales !== undefined }),
  };
}
