import { ok, throws } from "node:assert/strict";
import { almostEqual } from "../core/mod.ts";
import { poolRandomEffects } from "./random_effects.ts";

const ESTIMATES = [0.69, 0.5, 0.61, 0.2], ERRORS = [0.05, 0.1, 0.2, 0.15];

/** The definition: the joint density of μ and τ on a grid of both, each θ integrated out. */
function byGrid(estimates: readonly number[], errors: readonly number[], tauScale: number): number[] {
  let total = 0, mean = 0, square = 0, tau1 = 0, tau2 = 0;
  for (let m = -3; m <= 3; m += 0.01) {
    for (let t = 0.002; t < 3; t += 0.004) {
      let log = -0.5 * (t / tauScale) ** 2;
      estimates.forEach((b, j) => {
        const variance = errors[j]! ** 2 + t * t;
        log -= 0.5 * (Math.log(variance) + (b - m) ** 2 / variance);
      });
      const density = Math.exp(log);
      total += density;
      mean += m * density;
      square += m * m * density;
      tau1 += t * density;
      tau2 += t * t * density;
    }
  }
  const middle = mean / total, variance = square / total - middle ** 2;
  return [middle, Math.sqrt(variance), tau1 / total, Math.sqrt(variance + tau2 / total)];
}

Deno.test("poolRandomEffects() is the posterior by its definition on a grid of both unknowns", () => {
  for (const tauScale of [0.5, 0.2]) {
    const { mean, standardError, tau, predictiveSd } = poolRandomEffects(ESTIMATES, ERRORS, { tauScale });
    const expected = byGrid(ESTIMATES, ERRORS, tauScale);
    [mean, standardError, tau, predictiveSd].forEach((value, k) =>
      almostEqual(value, expected[k]!, 2e-3, "the grid's step")
    );
  }
});

Deno.test("poolRandomEffects() is surer of the middle than of a family not seen, and less sure where families differ", () => {
  const alike = poolRandomEffects([0.5, 0.5, 0.5, 0.5], [0.1, 0.1, 0.1, 0.1]);
  const apart = poolRandomEffects([-0.5, 1.5, 0.3, 0.7], [0.1, 0.1, 0.1, 0.1]);
  for (const { standardError, predictiveSd, tau } of [alike, apart]) {
    ok(predictiveSd > standardError && predictiveSd > tau);
  }
  ok(apart.predictiveSd > 3 * alike.predictiveSd);
  almostEqual(alike.mean, 0.5, 1e-12, "all say the same");
});

Deno.test("poolRandomEffects() refuses what cannot be pooled", () => {
  throws(() => poolRandomEffects([1], [0.1]), /estimates must be two or more/);
  throws(() => poolRandomEffects([1, 2], [0.1, 0]), /standardErrors must be positive/);
  throws(() => poolRandomEffects([1, 2], [0.1]), /one an estimate/);
});
