import { expit, log1pExp } from "../../core/mod.ts";
import { type AuxiliaryPrior, ensureAuxiliaryPriors, logAuxiliaryPrior } from "./auxiliary.ts";
import { ensureLevels, ensureRows, ensureWeights, type GroupedRows, type Likelihood } from "./likelihood.ts";
import type { ParameterBlock } from "./parameters.ts";

/**
 * The ordered logit (proportional odds): P(y ≥ k) = expit(eta − c_k) for cutpoints 0 = c_1 < c_2 < …. With the first one at
 * 0 the intercept is what it is for two levels, where this is the Bernoulli family, and may differ between groups.
 *
 * Outcomes are positions of levels, 0 to `levels` − 1; `auxiliary` holds c_2 and those above.
 *
 * @throws {RangeError} If shapes disagree, a predictor is not finite, or an outcome is not a position.
 */
export function orderedLikelihood(rows: GroupedRows, levels: number, weights?: Float64Array): Likelihood {
  ensureRows(rows);
  ensureLevels(rows.y, levels);
  ensureWeights(weights, rows.y.length);
  const { x, y, group, groups, offset } = rows, { columns, values } = x;
  const beta = new Float64Array(groups * columns), gradient = new Float64Array(groups * columns);
  const auxiliary = new Float64Array(levels - 2), auxiliaryGradient = new Float64Array(levels - 2);
  /** Level k lies between cuts k and k + 1. */
  const cuts = new Float64Array(levels + 1), cutSlopes = new Float64Array(levels + 1);
  cuts[0] = -Infinity;
  cuts[levels] = Infinity;
  return {
    groups,
    columns,
    beta,
    gradient,
    auxiliary,
    auxiliaryGradient,
    evaluate(): number {
      gradient.fill(0);
      cutSlopes.fill(0);
      cuts.set(auxiliary, 2);
      let total = 0;
      for (let i = 0; i < y.length; i++) {
        const from = i * columns, base = group[i]! * columns, level = y[i]!;
        let eta = offset === undefined ? 0 : offset[i]!;
        for (let k = 0; k < columns; k++) eta += values[from + k]! * beta[base + k]!;
        const lower = cuts[level]!, upper = cuts[level + 1]!, gap = upper - lower;
        const weight = weights === undefined ? 1 : weights[i]!;
        total += weight * logBetween(eta, lower, upper);
        const above = weight * expit(eta - upper), below = weight * expit(lower - eta);
        const pinch = weight / Math.expm1(gap);
        cutSlopes[level]! -= below + pinch;
        cutSlopes[level + 1]! += above + pinch;
        const slope = below - above;
        for (let k = 0; k < columns; k++) gradient[base + k]! += slope * values[from + k]!;
      }
      auxiliaryGradient.set(cutSlopes.subarray(2, levels));
      return total;
    },
  };
}

/**
 * log(expit(upper − eta) − expit(lower − eta)) as a sum of three terms that keep their precision however far eta is away:
 * e^a − e^b over (1 + e^a)(1 + e^b).
 */
function logBetween(eta: number, lower: number, upper: number): number {
  return Math.log(-Math.expm1(lower - upper)) - log1pExp(eta - upper) - log1pExp(lower - eta);
}

/** The log probability of a level given its linear predictor and the cutpoints above the first. */
export function logLevel(eta: number, level: number, cutpoints: ArrayLike<number>): number {
  const cut = (k: number): number => k <= 0 ? -Infinity : k === 1 ? 0 : cutpoints[k - 2] ?? Infinity;
  return logBetween(eta, cut(level), cut(level + 1));
}

/** A weak prior of the distance between two cutpoints: from 0.36 to 4.7 on the log-odds scale with probability 0.9. */
const GAP: AuxiliaryPrior = { family: "gamma", shape: 2, rate: 1 };

/**
 * Cutpoints above the first by the logarithms of their distances, each with the prior named `gap`.
 *
 * @param levels Names of all levels, in order.
 * @throws {RangeError} If another prior than `gap` is given, or it is not proper.
 */
export function cutpointBlock(
  levels: readonly string[],
  priors: Readonly<Record<string, AuxiliaryPrior>>,
  from: number,
): ParameterBlock {
  ensureAuxiliaryPriors("ordered", ["gap"], priors);
  const prior = priors["gap"] ?? GAP, count = Math.max(0, levels.length - 2);
  return {
    names: Array.from({ length: count }, (_, k) => `cutpoint[${levels[k + 1]}|${levels[k + 2]}]`),
    forward(q: Float64Array, values: Float64Array): void {
      let cut = 0;
      for (let k = 0; k < count; k++) values[k] = cut += Math.exp(q[from + k]!);
    },
    backward(q: Float64Array, _values: Float64Array, slopes: Float64Array, gradient: Float64Array): number {
      let log = 0, above = 0; // a distance moves all cutpoints above it
      for (let k = count - 1; k >= 0; k--) {
        above += slopes[k]!;
        const gap = Math.exp(q[from + k]!), own = logAuxiliaryPrior(prior, gap);
        log += own.log + q[from + k]!;
        gradient[from + k] = (above + own.slope) * gap + 1;
      }
      return log;
    },
  };
}
