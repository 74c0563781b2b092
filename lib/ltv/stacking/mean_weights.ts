import { ensure, type Matrix, matrix, sum } from "../../core/mod.ts";

/** Options of {@linkcode fitMeanWeights}. */
export interface MeanWeightOptions {
  /**
   * How the variance of revenue grows with its mean, as a power in [0, 2): 0 is least squares, 1 Poisson's, between 1 and 2 Tweedie's. At 1
   * the weighted parts add up to the total of the target exactly, whatever its distribution.
   *
   * @default {1}
   */
  readonly power?: number;
  /** Steps at most. @default {2000} */
  readonly steps?: number;
}

/**
 * Weights of 0 or more with which parts add up to a mean: they minimise the Tweedie deviance of the target about Σ wₖ partₖ, on the scale of
 * money. Every such deviance is smallest at the mean, so the sum stays a mean; a fit on logs or by absolute errors would not.
 *
 * Each step multiplies a weight by (Σ partₖ y μ^−p / Σ partₖ μ^(1−p)), which keeps it above 0 and never raises the deviance. At p = 1 these are
 * the steps of Richardson and Lucy.
 *
 * @param parts n × k, 0 or more; a row that is 0 throughout needs a target of 0 there.
 * @param y n amounts, 0 or more, some above 0.
 * @returns k weights. They rarely add up to 1: a part that says too little is scaled up.
 * @throws {RangeError} If values are out of range, lengths differ, or the target is 0 throughout.
 * @see Févotte and Idier 2011, https://doi.org/10.1162/NECO_a_00168, section 4; for the balance of totals Denuit, Charpentier and Trufin 2021,
 * https://doi.org/10.1016/j.insmatheco.2021.09.001
 *
 * @example
 * ```ts
 * import { matrix } from "credible/core";
 * import { fitMeanWeights } from "credible/ltv";
 * const [weight] = fitMeanWeights(matrix(3, 1, Float64Array.of(1, 2, 3)), [3, 1, 8]); // 2: six become twelve
 * ```
 */
export function fitMeanWeights(
  parts: Matrix,
  y: ArrayLike<number>,
  options: MeanWeightOptions = {},
): Float64Array {
  const { power = 1, steps = 2000 } = options, action = "weigh parts";
  const { rows: n, columns: k, values } = parts;
  ensure(power >= 0 && power < 2, action, "power", "in [0, 2)", power);
  ensure(Number.isInteger(steps) && steps > 0, action, "steps", "a positive integer", steps);
  ensure(y.length === n, action, "y", `${n} long`, y.length);
  const bad = values.findIndex((v) => !(v >= 0 && v < Infinity));
  ensure(bad < 0, action, `the part of row ${Math.floor(bad / k)}`, "finite, 0 or more", values[bad]);
  for (let i = 0; i < n; i++) {
    ensure(y[i]! >= 0 && y[i]! < Infinity, action, `y[${i}]`, "finite, 0 or more", y[i]);
  }
  const total = sum(y), said = sum(values);
  ensure(total > 0, action, "y", "above 0 somewhere", "all 0");
  ensure(said > 0, action, "parts", "above 0 somewhere", "all 0");
  // Monotone for powers up to 1 as it is; beyond, a shorter step in logs is (the paper's exponent γ).
  const exponent = power > 1 ? 1 / power : 1;
  const weights = new Float64Array(k).fill(total / said);
  for (let step = 0; step < steps; step++) {
    const { up, down } = pulls(parts, y, weights, power);
    let moved = 0;
    for (let j = 0; j < k; j++) {
      if (!(down[j]! > 0)) continue;
      const factor = (up[j]! / down[j]!) ** exponent;
      moved = Math.max(moved, Math.abs(factor - 1) * weights[j]!);
      weights[j]! *= factor;
    }
    if (moved < 1e-9 * (1 + Math.max(...weights))) break;
  }
  return weights;
}

/** By part, what pulls its weight up and what pulls it down: Σ partₖ y μ^−p and Σ partₖ μ^(1−p). */
function pulls(
  { rows: n, columns: k, values }: Matrix,
  y: ArrayLike<number>,
  weights: Float64Array,
  power: number,
): { readonly up: Float64Array; readonly down: Float64Array } {
  const up = new Float64Array(k), down = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    let mu = 0;
    for (let j = 0; j < k; j++) mu += weights[j]! * values[i * k + j]!;
    if (!(mu > 0)) continue;
    const scale = mu ** -power, pull = y[i]! * scale, push = mu * scale;
    for (let j = 0; j < k; j++) {
      up[j]! += values[i * k + j]! * pull;
      down[j]! += values[i * k + j]! * push;
    }
  }
  return { up, down };
}

/** Σ wₖ partₖ of each row. */
export function weightedParts(parts: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  const total = new Float64Array(parts[0]!.length);
  parts.forEach((part, j) => part.forEach((value, i) => total[i]! += weights[j]! * value));
  return total;
}

/** Columns side by side. */
export function columnsToMatrix(columns: readonly Float64Array[]): Matrix {
  const n = columns[0]!.length, all = matrix(n, columns.length);
  columns.forEach((values, j) => values.forEach((value, i) => all.values[i * columns.length + j] = value));
  return all;
}
