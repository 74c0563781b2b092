import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { effectiveSize, energyFractions, highestDensityInterval, monteCarloError, rHat } from "./mod.ts";

/** Chains with correlation `phi` from one draw to the next and variance 1. */
function autoregressive(phi: number, draws: number, chains = 4, seed = 7): Float64Array[] {
  return Array.from({ length: chains }, (_, c) => {
    const rng = createRng(seed, "autoregressive", c);
    let x = rng.normal();
    return Float64Array.from({ length: draws }, () => x = phi * x + Math.sqrt(1 - phi * phi) * rng.normal());
  });
}

Deno.test("effectiveSize() recovers the closed form of an autoregressive chain", () => {
  const phi = 0.8, draws = 20_000;
  const exact = 4 * draws * (1 - phi) / (1 + phi);
  // Ten per cent is about four standard errors of the estimate, from 20 seeds.
  almostEqual(
    effectiveSize(autoregressive(phi, draws), "mean"),
    exact,
    { relative: 0.1 },
    "four standard errors",
  );
});

Deno.test("monteCarloError() is the scatter of means over many runs", () => {
  const means: number[] = [], errors: number[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const chains = autoregressive(0.5, 200, 4, seed);
    means.push(chains.reduce((sum, c) => sum + c.reduce((a, b) => a + b, 0), 0) / 800);
    errors.push(monteCarloError(chains));
  }
  const scatter = Math.sqrt(means.reduce((sum, m) => sum + m * m, 0) / means.length);
  const claimed = errors.reduce((a, b) => a + b, 0) / errors.length;
  almostEqual(
    claimed,
    scatter,
    { relative: 4 / Math.sqrt(2 * 200) },
    "four standard errors of an sd of 200 means",
  );
});

Deno.test("rHat() sees a shifted chain and a wider one", () => {
  const good = autoregressive(0, 500);
  assert.ok(rHat(good) < 1.01);
  assert.ok(rHat(good.map((c, i) => i === 0 ? c.map((v) => v + 1) : c)) > 1.1);
  assert.ok(rHat(good.map((c, i) => i === 0 ? c.map((v) => 3 * v) : c)) > 1.1);
});

Deno.test("rHat() and effectiveSize() refuse chains of different lengths", () => {
  const message = /every chain must be 5 long, current value is 4/;
  assert.throws(() => rHat([[1, 2, 3, 4, 5], [1, 2, 3, 4]]), message);
  assert.throws(() => effectiveSize([[1, 2, 3, 4, 5], [1, 2, 3, 4]]), message);
  assert.throws(() => rHat([]), /the number of chains must be 1 or more/);
});

Deno.test("energyFractions() is 2 for independent energies and small for a random walk", () => {
  const [independent] = energyFractions([createRng(7, "energy").normals(20_000)]);
  almostEqual(independent!, 2, 0.1, "E(x - y)² is twice the variance; five standard errors");
  assert.ok(energyFractions(autoregressive(0.99, 5000)).every((f) => f < 0.1));
});

Deno.test("highestDensityInterval() refuses a share outside (0, 1) and gives NaN for NaN", () => {
  assert.throws(() => highestDensityInterval([1], 1), RangeError);
  assert.deepEqual(highestDensityInterval([1, NaN, 3], 0.5), [NaN, NaN]);
});
