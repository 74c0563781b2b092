import assert from "node:assert/strict";
import { almostEqual, createRng, mean } from "../../core/mod.ts";
import { fitSubDistributions } from "./fit_sub_distributions.ts";
import { revenueFolds } from "./folds.ts";
import { fitLogNormals, logDensity, logNormalLoss, selectorLoss } from "./log_normal.ts";
import { loadSubDistributions } from "./sub_distributions.ts";
import { testWorld } from "./test_world.ts";

const trees = { columnFraction: 1, rounds: 25, learningRate: 0.1, minRows: 30 };

/** A world in which amounts are of two kinds that the first feature tells apart nearly always: about 3 and about 60. */
function twoKinds(n: number, seed: number): ReturnType<typeof testWorld>["rows"] {
  const { rows } = testWorld(n, seed), rng = createRng(seed, "two-kinds-test");
  const revenue = rows.ids.map((_, i) => {
    const whale = rng.uniform() < (rows.features.values[4 * i]! > 0.5 ? 0.9 : 0.05);
    return rng.uniform() < 0.5 ? Math.exp(whale ? 4 + 0.3 * rng.normal() : 1 + 0.3 * rng.normal()) : 0;
  });
  return { ...rows, horizons: [14], revenue: [revenue] };
}

for (
  const [name, loss, target] of [
    ["logNormalLoss()", logNormalLoss, Float64Array.of(0.3, -1, 2)],
    [
      "selectorLoss()",
      selectorLoss([Float64Array.of(-1, -3, -2), Float64Array.of(-2, -0.5, -2.5)]),
      Float64Array.of(0, 1, 2),
    ],
  ] as const
) {
  Deno.test(`${name} has the gradients of its mean`, () => {
    const raw = [Float64Array.of(0.2, 0.1, -0.4), Float64Array.of(-0.3, 0.5, 0.9)], step = 1e-5;
    const weights = new Float64Array(3).fill(1),
      gradient = new Float64Array(3),
      hessian = new Float64Array(3);
    for (let output = 0; output < 2; output++) {
      loss.gradients(raw, output, target, weights, gradient, hessian);
      for (let row = 0; row < 3; row++) {
        const at = (shift: number): number =>
          3 * loss.mean(raw.map((c, k) => k === output ? c.with(row, c[row]! + shift) : c), target);
        almostEqual(
          gradient[row]!,
          (at(step) - at(-step)) / (2 * step),
          1e-7,
          "central differences of O(step²)",
        );
        assert.ok(hessian[row]! > 0);
      }
    }
  });
}

Deno.test("logDensity() integrates to 1 over logs", () => {
  const one = { location: 0.7, spread: 0.4 }, width = 1e-3;
  const total = Array.from({ length: 8000 }, (_, i) => width * Math.exp(logDensity(-3.3 + i * width, one)))
    .reduce((a, b) => a + b);
  almostEqual(total, 1, 1e-9, "ten spreads on each side, trapezoids");
});

Deno.test("fitLogNormals() finds two kinds of amounts and gives the same every time", () => {
  const rng = createRng(3, "test"), n = 2000;
  const logs = Float64Array.from(
    { length: n },
    (_, i) => i % 4 === 0 ? 4 + 0.5 * rng.normal() : 1 + 0.3 * rng.normal(),
  );
  const [low, high] = fitLogNormals(logs, 2);
  almostEqual([low!.location, low!.spread], [1, 0.3], 4 * 0.3 / Math.sqrt(1500), "four standard errors");
  almostEqual([high!.location, high!.spread], [4, 0.5], 4 * 0.5 / Math.sqrt(500), "four standard errors");
  assert.deepEqual(fitLogNormals(logs, 2), [low, high]);
});

Deno.test("fitSubDistributions() picks the kind of each customer where there are kinds", async () => {
  const rows = twoKinds(1500, 1),
    fresh = twoKinds(2000, 2),
    folds = revenueFolds(rows, { seed: 1, folds: 2 });
  const { model, scores, checks } = await fitSubDistributions(rows, { seed: 1, folds, components: 2, trees });
  assert.equal(checks.find(({ code }) => code === "subDistributions")!.status, "pass");
  const logLoss = Object.fromEntries(scores.map((score) => [score.form, score.logLoss]));
  assert.ok(logLoss.mixture! < logLoss["one log-normal for all"]! - 0.5, JSON.stringify(logLoss));
  const { chosen, shares, chosenMean, mean: mixed } = model.predict(fresh.features);
  shares[0]!.forEach((share, i) =>
    almostEqual(share + shares[1]![i]! + shares[2]![i]!, 1, 1e-12, "rounding")
  );
  const high = chosen.reduce<number[]>((rows, k, i) => k === 2 ? [...rows, i] : rows, []);
  assert.ok(high.length > 300);
  assert.ok(high.filter((i) => fresh.features.values[4 * i]! > 0.5).length > 0.95 * high.length);
  assert.ok(mean(high.map((i) => chosenMean[i]!)) > 50 && mean(mixed) < 40);
});

Deno.test("fitSubDistributions() says so when one log-normal of the customer's own is enough", async () => {
  const { rows } = testWorld(3000, 1), folds = revenueFolds(rows, { seed: 1, folds: 2 });
  const { checks } = await fitSubDistributions(rows, { seed: 1, folds, trees, days: 7 });
  assert.equal(checks.find(({ code }) => code === "subDistributions")!.status, "fail");
  await assert.rejects(
    fitSubDistributions(rows, { seed: 1, days: 3 }),
    /days must be one of 1, 7, 14, current value is 3/,
  );
});

Deno.test("SubDistributions.save() and loadSubDistributions() choose the same, bit for bit", async () => {
  const { rows } = testWorld(1500, 1);
  const folds = revenueFolds(rows, { seed: 1, folds: 2 });
  const { model } = await fitSubDistributions(rows, { seed: 1, folds, trees: { ...trees, rounds: 5 } });
  const folder = await Deno.makeTempDir(), path = `${folder}/distributions.json`;
  try {
    await model.save(path);
    assert.deepEqual((await loadSubDistributions(path)).predict(rows.features), model.predict(rows.features));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
