import { ensure } from "../core/mod.ts";
import type { Link } from "./forest.ts";
import { meanOver, requireFinite, weightedMean } from "./loss_sums.ts";

/**
 * What boosting needs of a loss: gradients of the raw output, where to start, and how raw outputs become predictions. A loss of one's own
 * is such an object.
 *
 * @example Errors below cost three times those above.
 * ```ts
 * import { boost, type Loss, predict, squared } from "credible/trees";
 * import { matrix } from "credible/core";
 * const cautious: Loss = {
 *   ...squared,
 *   gradients([raw], _output, target, weights, gradient, hessian) {
 *     for (let i = 0; i < target.length; i++) {
 *       const factor = weights[i]! * (raw![i]! < target[i]! ? 3 : 1);
 *       gradient[i] = factor * (raw![i]! - target[i]!);
 *       hessian[i] = factor;
 *     }
 *   },
 * };
 * const rows = matrix(100, 1, Float64Array.from({ length: 100 }, (_, i) => i % 2));
 * const spend = Float64Array.from({ length: 100 }, (_, i) => i % 10);
 * const plain = predict(boost(rows, spend, { loss: squared }), rows).values[0]!;
 * if (!(predict(boost(rows, spend, { loss: cautious }), rows).values[0]! > plain)) throw new Error("must be higher");
 * ```
 */
export interface Loss {
  /** From raw outputs to predictions. */
  readonly link: Link;
  /** Raw outputs per row. */
  readonly outputs: number;
  /** Looks at the whole target. @throws {RangeError} If it is not of this loss. */
  check(target: Float64Array): void;
  /** The constant raw outputs with the smallest loss. */
  start(target: Float64Array, weights: Float64Array): Float64Array;
  /**
   * Fills gradient and hessian of one output's loss.
   *
   * @param raw `raw[output][row]`.
   */
  gradients(
    raw: readonly Float64Array[],
    output: number,
    target: Float64Array,
    weights: Float64Array,
    gradient: Float64Array,
    hessian: Float64Array,
  ): void;
  /** Mean loss, for early stopping: any number that falls as predictions get better. */
  mean(raw: readonly Float64Array[], target: Float64Array): number;
  /** The best step of a leaf from its residuals, target − raw, where a Newton step says little, as for absolute errors. */
  renew?(residuals: Float64Array, weights: Float64Array): number;
}

/** Two classes, 0 and 1: log loss of the log-odds. */
export const logistic: Loss = {
  link: "logistic",
  outputs: 1,
  check(target): void {
    let [zeros, ones] = [0, 0];
    for (const y of target) {
      ensure(y === 0 || y === 1, "fit the trees", "a target of the logistic loss", "0 or 1", y);
      if (y === 1) ones++;
      else zeros++;
    }
    ensure(
      zeros > 0 && ones > 0,
      "fit the trees",
      "the target",
      "of two classes",
      `${ones > 0 ? 1 : 0} alone`,
    );
  },
  start: (target, weights) => {
    const p = weightedMean(target, weights);
    return Float64Array.of(Math.log(p / (1 - p)));
  },
  gradients([raw], _output, target, weights, gradient, hessian): void {
    for (let i = 0; i < target.length; i++) {
      const p = 1 / (1 + Math.exp(-raw![i]!));
      gradient[i] = (p - target[i]!) * weights[i]!;
      hessian[i] = Math.max(p * (1 - p), 1e-16) * weights[i]!;
    }
  },
  mean: ([raw], target) => meanOver(target, (y, i) => softplus(raw![i]!) - y * raw![i]!),
};

/** Amounts on the whole line: half the squared error. */
export const squared: Loss = {
  link: "identity",
  outputs: 1,
  check: requireFinite,
  start: (target, weights) => Float64Array.of(weightedMean(target, weights)),
  gradients([raw], _output, target, weights, gradient, hessian): void {
    for (let i = 0; i < target.length; i++) {
      gradient[i] = (raw![i]! - target[i]!) * weights[i]!;
      hessian[i] = weights[i]!;
    }
  },
  mean: ([raw], target) => meanOver(target, (y, i) => (raw![i]! - y) ** 2 / 2),
};

/** Counts: Poisson deviance of the logarithm of the mean. */
export const poisson: Loss = {
  link: "exponential",
  outputs: 1,
  check: (target) => requireNotNegative(target, "Poisson"),
  start: (target, weights) => Float64Array.of(Math.log(weightedMean(target, weights))),
  gradients([raw], _output, target, weights, gradient, hessian): void {
    for (let i = 0; i < target.length; i++) {
      const mean = Math.exp(raw![i]!);
      gradient[i] = (mean - target[i]!) * weights[i]!;
      // LightGBM's poisson_max_delta_step: a hessian that is a little too large keeps steps short where the mean is small.
      hessian[i] = mean * Math.exp(0.7) * weights[i]!;
    }
  },
  mean: ([raw], target) => meanOver(target, (y, i) => Math.exp(raw![i]!) - y * raw![i]!),
};

/**
 * Amounts with many zeros: Tweedie deviance of the logarithm of the mean.
 *
 * @param power Of the variance, in (1, 2): near 1 counts, near 2 amounts. @default {1.5}
 */
export function tweedie(power = 1.5): Loss {
  ensure(power > 1 && power < 2, "fit the trees", "the Tweedie power", "in (1, 2)", power);
  const [a, b] = [1 - power, 2 - power];
  return {
    link: "exponential",
    outputs: 1,
    check: (target) => requireNotNegative(target, "Tweedie"),
    start: (target, weights) => Float64Array.of(Math.log(weightedMean(target, weights))),
    gradients([raw], _output, target, weights, gradient, hessian): void {
      for (let i = 0; i < target.length; i++) {
        const [pull, push] = [target[i]! * Math.exp(a * raw![i]!), Math.exp(b * raw![i]!)];
        gradient[i] = (push - pull) * weights[i]!;
        hessian[i] = (b * push - a * pull) * weights[i]!;
      }
    },
    mean: ([raw], target) =>
      meanOver(target, (y, i) => Math.exp(b * raw![i]!) / b - y * Math.exp(a * raw![i]!) / a),
  };
}

/** Several classes, 0 … classes − 1: log loss of the softmax. */
export function multiclass(classes: number): Loss {
  ensure(
    Number.isInteger(classes) && classes >= 2,
    "fit the trees",
    "the number of classes",
    "a whole number ≥ 2",
    classes,
  );
  const probability = (raw: readonly Float64Array[], k: number, i: number): number => {
    let [largest, total] = [-Infinity, 0];
    for (const output of raw) largest = Math.max(largest, output[i]!);
    for (const output of raw) total += Math.exp(output[i]! - largest);
    return Math.exp(raw[k]![i]! - largest) / total;
  };
  return {
    link: "softmax",
    outputs: classes,
    check(target): void {
      const seen = new Set(target);
      for (let k = 0; k < classes; k++) {
        ensure(
          seen.delete(k),
          "fit the trees",
          "the target",
          `of classes 0 to ${classes - 1}, each there`,
          `none of ${k}`,
        );
      }
      ensure(seen.size === 0, "fit the trees", "a target", `a class from 0 to ${classes - 1}`, [...seen][0]);
    },
    start(target, weights): Float64Array {
      const sums = new Float64Array(classes);
      target.forEach((y, i) => sums[y]! += weights[i]!);
      const total = sums.reduce((x, y) => x + y);
      return sums.map((sum) => Math.log(sum / total));
    },
    gradients(raw, output, target, weights, gradient, hessian): void {
      const factor = classes / (classes - 1); // LightGBM's: the softmax has one direction too many
      for (let i = 0; i < target.length; i++) {
        const p = probability(raw, output, i);
        gradient[i] = (p - Number(target[i] === output)) * weights[i]!;
        hessian[i] = Math.max(factor * p * (1 - p), 1e-16) * weights[i]!;
      }
    },
    mean: (raw, target) => meanOver(target, (y, i) => -Math.log(probability(raw, y, i))),
  };
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function requireNotNegative(target: Float64Array, name: string): void {
  for (const y of target) {
    ensure(y >= 0 && y < Infinity, "fit the trees", `a target of the ${name} loss`, "finite and ≥ 0", y);
  }
  ensure(
    target.some((y) => y > 0),
    "fit the trees",
    `the target of the ${name} loss`,
    "above 0 somewhere",
    "all 0",
  );
}
