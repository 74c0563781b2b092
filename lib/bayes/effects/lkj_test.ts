import { almostEqual, createRng, logSumExp } from "../../core/mod.ts";
import { betaln } from "../../core/distributions/mod.ts";
import { checkGradient, type Model } from "../model/mod.ts";
import { backCorrelation, correlationFactor, pairsOf } from "./lkj.ts";

/** LKJ(eta) over the unconstrained numbers, with a density of the factor on top. */
function lkj(
  size: number,
  eta: number,
  extra?: { log(L: Float64Array): number; slopes: Float64Array },
): Model {
  const factor = new Float64Array(size * size), none = new Float64Array(size * size);
  return {
    dim: pairsOf(size),
    quantities: [],
    report: () => {},
    logDensity(q: Float64Array, gradient: Float64Array): number {
      correlationFactor(q, 0, size, factor);
      return (extra?.log(factor) ?? 0) +
        backCorrelation(q, 0, size, eta, factor, extra?.slopes ?? none, gradient);
    },
  };
}

Deno.test("correlationFactor() is the factor of a correlation matrix", () => {
  const rng = createRng(1, "points"), size = 5, factor = new Float64Array(size * size);
  for (const spread of [0.1, 1, 5, 400]) {
    correlationFactor(rng.normals(pairsOf(size)).map((z) => spread * z), 0, size, factor);
    for (let i = 0; i < size; i++) {
      const row = factor.subarray(i * size, (i + 1) * size);
      almostEqual(row.reduce((sum, v) => sum + v * v, 0), 1, 1e-14, "ones on the diagonal");
      almostEqual(row.slice(i + 1), new Float64Array(size - i - 1), 0, "lower triangle");
    }
  }
});

Deno.test("backCorrelation() is the LKJ density as Stan has it, with the Jacobian of its transform", () => {
  // Stan: ∏ L[k,k]^(K − k + 2 eta − 2) (k from 1), times ∏ √(1 − ∑ L²) of each entry, times 1 − tanh².
  const size = 4, eta = 1.7, rng = createRng(2, "points"), factor = new Float64Array(size * size);
  const stan = (q: Float64Array): number => {
    correlationFactor(q, 0, size, factor);
    let log = 0;
    for (let i = 1, at = 0; i < size; i++) {
      log += (size - (i + 1) + 2 * eta - 2) * Math.log(factor[i * size + i]!);
      for (let j = 0, squares = 0; j < i; j++, at++) {
        log += 0.5 * Math.log(1 - squares) + Math.log(1 - Math.tanh(q[at]!) ** 2);
        squares += factor[i * size + j]! ** 2;
      }
    }
    return log;
  };
  const model = lkj(size, eta), gradient = new Float64Array(model.dim);
  for (let i = 0; i < 20; i++) {
    const q = rng.normals(model.dim);
    almostEqual(model.logDensity(q, gradient), stan(q), 1e-11, "rounding");
  }
});

Deno.test("backCorrelation() carries the gradient of the factor back, at extreme points too", () => {
  const size = 4, rng = createRng(3, "points"), slopes = rng.normals(size * size);
  const log = (L: Float64Array): number => L.reduce((sum, v, k) => sum + slopes[k]! * v, 0);
  const model = lkj(size, 2, { log, slopes });
  for (let i = 0; i < 30; i++) {
    const check = checkGradient(model, rng.normals(model.dim).map((z) => z * (i < 20 ? 1 : 30)));
    if (!(check.worst < 1e-6)) throw new Error(JSON.stringify(check));
  }
});

Deno.test("each correlation of LKJ(eta) is Beta(eta − 1 + K / 2) on (−1, 1): moments of the last, by quadrature", () => {
  // The correlation of the last two of three, whose entry in L Lᵀ mixes all three numbers.
  for (const eta of [1.5, 2.5]) {
    const size = 3, model = lkj(size, eta), gradient = new Float64Array(3), factor = new Float64Array(9);
    const step = 0.25, logs: number[] = [], squares: number[] = [], fourths: number[] = [];
    for (let a = -6; a <= 6; a += step) {
      for (let b = -6; b <= 6; b += step) {
        for (let c = -6; c <= 6; c += step) {
          const q = Float64Array.of(a, b, c), log = model.logDensity(q, gradient);
          correlationFactor(q, 0, size, factor);
          const r = factor[3]! * factor[6]! + factor[4]! * factor[7]!;
          logs.push(log);
          squares.push(log + Math.log(r * r));
          fourths.push(log + Math.log(r ** 4));
        }
      }
    }
    // r = 2 B − 1 with B ~ Beta(b, b): E r² = 1 / (2 b + 1), E r⁴ = 3 / ((2 b + 1) (2 b + 3)).
    const b = eta - 1 + size / 2, mass = logSumExp(logs);
    almostEqual(Math.exp(logSumExp(squares) - mass), 1 / (2 * b + 1), 1e-6, "second moment");
    almostEqual(Math.exp(logSumExp(fourths) - mass), 3 / ((2 * b + 1) * (2 * b + 3)), 1e-6, "fourth moment");
    // The mass itself: partial correlations are independent betas.
    const expected = [b, b, eta].reduce((sum, s) => sum + betaln(s, s) + (2 * s - 1) * Math.LN2, 0);
    almostEqual(mass + 3 * Math.log(step), expected, 1e-6, "normalising constant");
  }
});
