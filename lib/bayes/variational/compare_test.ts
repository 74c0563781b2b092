import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { createHierarchicalModel, normalPrior } from "../hierarchical/mod.ts";
import { sample } from "../sampler/mod.ts";
import type { Model } from "../model/mod.ts";
import { correlatedNormal } from "../sampler/normal_fixture.ts";
import { compareWithNuts, fitVariational, pathfinder } from "./mod.ts";

/** Eight shops of 60 customers, one feature; their coefficients differ, whether the model knows it or not. */
function shops(effect: "auto" | "pooled"): Model {
  const rng = createRng(3, "shops"), groups = 8, rows = 480;
  const beta = Array.from({ length: groups }, () => [-0.5 + 0.5 * rng.normal(), 0.8 + 0.3 * rng.normal()]);
  const group = Int32Array.from({ length: rows }, (_, i) => i % groups);
  const values = Float64Array.from({ length: 2 * rows }, (_, i) => i % 2 === 0 ? 1 : rng.normal());
  const y = Float64Array.from(
    group,
    (g, i) => Number(rng.uniform() < 1 / (1 + Math.exp(-beta[g]![0]! - beta[g]![1]! * values[2 * i + 1]!))),
  );
  return createHierarchicalModel({
    family: "bernoulli",
    rows: { x: { rows, columns: 2, values }, y, group, groups },
    coefficients: ["intercept", "slope"].map((name) => ({ name, location: normalPrior(0, 1), effect })),
  });
}

Deno.test("fitVariational() agrees with NUTS on the means of a small hierarchical model, and is surer of itself", async () => {
  const model = shops("auto"), nuts = await sample(model, { seed: 1, warmup: 500, draws: 1000 });
  for (const family of ["meanField", "fullRank"] as const) {
    const comparison = compareWithNuts(await fitVariational(model, { family, seed: 1 }), nuts);
    assert.deepEqual(
      comparison.quantities.map((q) => q.quantity),
      ["mu[intercept]", "mu[slope]", "tau[intercept]", "tau[slope]"],
    );
    for (const { quantity, error, sdRatio } of comparison.quantities) {
      const allowed = quantity.startsWith("mu") ? 0.3 : 1;
      assert.ok(Math.abs(error) < allowed, `${family}: ${quantity} is off by ${error} sd`);
      assert.ok(sdRatio > 0.3 && sdRatio < 1.2, `${family}: ${quantity} has ${sdRatio} of the sd`);
    }
  }
});

Deno.test("pathfinder() agrees with NUTS on means and sds of a regression without groups", async () => {
  const model = shops("pooled"), nuts = await sample(model, { seed: 2, warmup: 300 });
  const fit = await pathfinder(model, { seed: 2 });
  assert.equal(fit.paretoK.status, "pass", fit.verdict.sentence);
  const names = ["mu[intercept]", "mu[slope]"];
  for (const { quantity, error, sdRatio } of compareWithNuts(fit, nuts, { quantities: names }).quantities) {
    assert.ok(Math.abs(error) < 0.2, `${quantity} is off by ${error} sd`);
    assert.ok(sdRatio > 0.85 && sdRatio < 1.15, `${quantity} has ${sdRatio} of the sd`);
  }
});

Deno.test("compareWithNuts() computes errors and log scores as defined", async () => {
  const model = correlatedNormal({ dim: 2, rho: 0 });
  const variational = await fitVariational(model, { seed: 1 }),
    nuts = await sample(model, { seed: 1, warmup: 100, draws: 100 });
  const heldOut = {
    approximation: [Float64Array.of(Math.log(0.5), Math.log(0.3)), Float64Array.of(-1, -1)],
    nuts: [Float64Array.of(Math.log(0.2)), Float64Array.of(-1)],
  };
  const { quantities, score, error } = compareWithNuts(variational, nuts, { quantities: ["x[2]"], heldOut });
  const ours = variational.summary("x[2]"), theirs = nuts.summary("x[2]");
  almostEqual(quantities[0]!.error, (ours.mean - theirs.mean) / theirs.sd, 1e-12, "the definition");
  almostEqual(error, Math.abs(quantities[0]!.error), 1e-12, "of one quantity");
  almostEqual(quantities[0]!.sdRatio, ours.sd / theirs.sd, 1e-12, "the definition");
  almostEqual(score!.difference, Math.log(0.4 / 0.2) / 2, 1e-12, "the mean of log 2 and 0");
  almostEqual(score!.error, Math.log(2) / 2, 1e-12, "sd log 2 / √2 over √2 rows");
  assert.throws(
    () =>
      compareWithNuts(variational, nuts, { heldOut: { ...heldOut, approximation: [Float64Array.of(0)] } }),
    /the held-out rows of the approximation must be 2/,
  );
});
