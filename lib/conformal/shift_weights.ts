import { ensure } from "../core/mod.ts";

/**
 * Estimated likelihood ratios for {@linkcode conformaliseClasses} and {@linkcode conformaliseValues}, from a classifier
 * that tells the rows to predict from calibration rows by their features. Fit it on **other** rows of both kinds; the
 * promise is then approximate, as good as the classifier.
 *
 * @param probabilities For each row, the probability that it is one of those to predict; clipped 0.001 away from 0 and 1,
 * because a single enormous weight would decide everything.
 * @param shareToPredict Share of rows to predict among the rows that the classifier was fitted on, in (0, 1).
 * @returns How much more often such a row occurs among those to predict; 1 where the two kinds do not differ.
 * @throws {RangeError} If a probability is outside [0, 1], or the share outside (0, 1).
 * @see Tibshirani et al. 2019, https://arxiv.org/abs/1904.06019, section 2.3
 *
 * @example
 * ```ts
 * import { shiftWeights } from "credible/conformal";
 * const [same, rarer] = shiftWeights([0.5, 0.2], 0.5); // 1, 0.25
 * ```
 */
export function shiftWeights(probabilities: ArrayLike<number>, shareToPredict: number): Float64Array {
  const action = "estimate likelihood ratios";
  ensure(shareToPredict > 0 && shareToPredict < 1, action, "shareToPredict", "in (0, 1)", shareToPredict);
  const base = shareToPredict / (1 - shareToPredict);
  return Float64Array.from(probabilities, (probability, i) => {
    ensure(probability >= 0 && probability <= 1, action, `probabilities[${i}]`, "in [0, 1]", probability);
    const p = Math.min(0.999, Math.max(0.001, probability));
    return p / (1 - p) / base;
  });
}
