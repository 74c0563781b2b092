import { ensure } from "../core/mod.ts";
import type { Link } from "./forest.ts";

/** What boosting needs of a loss: gradients of the raw output, where to start, and how raw outputs become predictions. */
export interface Loss {
  readonly link: Link;
  /** Raw outputs per row. */
  readonly outputs: number;
  /** @throws {RangeError} If a target is not of this loss. */
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
  /** Mean loss, for early stopping. */
  mean(raw: readonly Float64Array[], target: Float64Array): number;
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

function weightedMean(values: Float64Array, weights: Float64Array): number {
  let [sum, total] = [0, 0];
  values.forEach((value, i) => {
    sum += value * weights[i]!;
    total += weights[i]!;
  });
  return sum / total;
}

function meanOver(target: Float64Array, lossOf: (y: number, row: number) => number): number {
  let sum = 0;
  target.forEach((y, i) => sum += lossOf(y, i));
  return sum / target.length;
}

function requireFinite(target: Float64Array): void {
  for (const y of target) ensure(Number.isFinite(y), "fit the trees", "a target", "finite", y);
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
