import { ensure } from "../../core/mod.ts";
import { ensureLevels, ensureRows, ensureWeights, type GroupedRows, type Likelihood } from "./likelihood.ts";

/**
 * The multinomial logit: every level but the first has a linear predictor of its own, P(y = k) ∝ e^(eta_k) with eta_0 = 0.
 *
 * Outcomes are positions of levels. A group has the coefficients of level 1, then those of level 2, and so on:
 * `columns` is that of `x` times `levels` − 1. With two levels this is the Bernoulli family.
 *
 * @throws {RangeError} If shapes disagree, a predictor is not finite, an outcome is not a position, or there is an offset.
 */
export function multinomialLikelihood(rows: GroupedRows, levels: number, weights?: Float64Array): Likelihood {
  ensureRows(rows);
  ensureLevels(rows.y, levels);
  ensureWeights(weights, rows.y.length);
  const { x, y, group, groups, offset } = rows, { columns: width, values } = x;
  ensure(!offset, "build the likelihood", "offset", "left out: there are several linear predictors", "given");
  const outputs = levels - 1, columns = width * outputs;
  const beta = new Float64Array(groups * columns), gradient = new Float64Array(groups * columns);
  const eta = new Float64Array(outputs);
  return {
    groups,
    columns,
    beta,
    gradient,
    auxiliary: new Float64Array(0),
    auxiliaryGradient: new Float64Array(0),
    evaluate(): number {
      gradient.fill(0);
      let total = 0;
      for (let i = 0; i < y.length; i++) {
        const from = i * width, base = group[i]! * columns, level = y[i]!;
        for (let o = 0, at = base; o < outputs; o++) {
          let sum = 0;
          for (let k = 0; k < width; k++, at++) sum += values[from + k]! * beta[at]!;
          eta[o] = sum;
        }
        const weight = weights === undefined ? 1 : weights[i]!;
        total += weight * logSoftmax(eta, level);
        for (let o = 0, at = base; o < outputs; o++) {
          const slope = weight * ((o + 1 === level ? 1 : 0) - eta[o]!);
          for (let k = 0; k < width; k++, at++) gradient[at]! += slope * values[from + k]!;
        }
      }
      return total;
    },
  };
}

/** The log probability of a level; turns the linear predictors of levels 1, 2, … into probabilities, in place. */
export function logSoftmax(eta: Float64Array, level: number): number {
  const chosen = level === 0 ? 0 : eta[level - 1]!;
  let top = 0, total = 0;
  for (let o = 0; o < eta.length; o++) top = Math.max(top, eta[o]!);
  for (let o = 0; o < eta.length; o++) total += eta[o] = Math.exp(eta[o]! - top);
  total += Math.exp(-top);
  for (let o = 0; o < eta.length; o++) eta[o]! /= total;
  return chosen - top - Math.log(total);
}
