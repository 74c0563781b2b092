import { createRng, expit, type Rng } from "../../core/mod.ts";
import { drawHorseshoe, isHorseshoe } from "../effects/horseshoe.ts";
import { drawMean } from "../effects/mean_prior.ts";
import { DEFAULT_SCALE, drawScale } from "../effects/scale_prior.ts";
import { type CoefficientSpec, effectOf, variesByGroup } from "../hierarchical/spec.ts";

/** What priors imply before any data: probabilities of an average customer over businesses. */
export interface PriorPredictive {
  /** Draws of the probability of a customer whose features are all average, in a business drawn from the prior. */
  readonly average: Float64Array;
  /** The same for a customer one unit off in every feature, in a random direction. */
  readonly typical: Float64Array;
}

/**
 * What the priors of a probability model imply on the probability scale. Priors that put much on probabilities near 0 and 1
 * for a typical customer are wider than anybody means.
 *
 * @param options How many businesses to draw, each of a population of its own; the number of training rows, on which the
 * scale of a horseshoe depends. @default {2000 draws, 100 rows}
 */
export function priorPredictive(
  coefficients: readonly CoefficientSpec[],
  options: { readonly seed: number; readonly draws?: number; readonly rows?: number },
): PriorPredictive {
  const { seed, draws = 2000, rows = 100 } = options, rng = createRng(seed, "prior predictive");
  const average = new Float64Array(draws), typical = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    const scales = new Map<string, number>(), sparse = [...drawSparse(coefficients, rows, rng)];
    const [intercept, ...slopes] = coefficients.map((coefficient) => {
      const { name, location, scale = DEFAULT_SCALE, sharedScale = name } = coefficient;
      const smooth = effectOf(coefficient) === "smooth";
      const varies = smooth || variesByGroup(coefficient);
      if (varies && !scales.has(sharedScale)) scales.set(sharedScale, drawScale(scale, rng));
      const off = varies ? scales.get(sharedScale)! * rng.normal() : 0;
      if (smooth) return off;
      return (isHorseshoe(location) ? sparse.pop()! : drawMean(location, rng)) + off;
    });
    average[d] = expit(intercept!);
    typical[d] = expit(
      slopes.reduce((sum, slope) => sum + (rng.uniform() < 0.5 ? slope : -slope), intercept!),
    );
  }
  return { average, typical };
}

/** Coefficients under a horseshoe, drawn together. */
function drawSparse(coefficients: readonly CoefficientSpec[], rows: number, rng: Rng): Float64Array {
  const priors = coefficients.flatMap(({ location }) => isHorseshoe(location) ? [location] : []);
  const error = 2 / Math.sqrt(rows); // of log odds, at one in two
  return priors.length === 0 ? new Float64Array(0) : drawHorseshoe(priors[0]!, priors.length, error, rng);
}
