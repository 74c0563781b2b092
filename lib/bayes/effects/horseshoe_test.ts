import assert from "node:assert/strict";
import { createRng } from "../../core/mod.ts";
import { hierarchicalSource, type HierarchicalSpec } from "../hierarchical/mod.ts";
import { sample } from "../sampler/mod.ts";
import { horseshoePrior } from "./horseshoe.ts";
import { normalPrior } from "./location_prior.ts";

const REAL = [1.2, -0.9, 0.7], FEATURES = 40;

/** 150 rows, 40 features of which the first three matter. */
function simulated(): HierarchicalSpec {
  const rng = createRng(41, "sparse"), rows = 150, columns = FEATURES + 1;
  const values = rng.normals(rows * columns).map((v, i) => i % columns === 0 ? 1 : v);
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const from = i * columns;
    return REAL.reduce((sum, beta, k) => sum + beta * values[from + 1 + k]!, 0.5) + rng.normal();
  });
  const location = horseshoePrior({ relevant: 3 });
  return {
    family: "normal",
    rows: { x: { rows, columns, values }, y, group: new Int32Array(rows), groups: 1 },
    coefficients: [
      { name: "intercept", location: normalPrior(0, 2), effect: "pooled" },
      ...Array.from({ length: FEATURES }, (_, k) => ({ name: `x${k + 1}`, location })),
    ],
  };
}

Deno.test("horseshoePrior() finds 3 features of 40 and draws the others to 0, without a storm of divergences", async () => {
  const draws = 250, chains = 2;
  const posterior = await sample(hierarchicalSource(simulated()), {
    seed: 6,
    chains,
    warmup: 250,
    draws,
    targetAcceptance: 0.99,
    workers: 0,
  });
  assert.ok(posterior.divergences <= 0.005 * chains * draws, `${posterior.divergences} divergences`);
  const betas = Array.from({ length: FEATURES }, (_, k) => posterior.summary(`mu[x${k + 1}]`));
  betas.forEach(({ mean, sd, rHat }, k) => {
    const truth = REAL[k] ?? 0, what = `x${k + 1}: ${mean} ± ${sd}`;
    assert.ok(rHat < 1.05, `${what}, R̂ ${rHat}`);
    assert.ok(Math.abs(mean - truth) < 4 * sd, what);
    // Least squares knows each coefficient to 1 / √(150 − 41) = 0.1; shrunk ones must be known far better than that.
    if (truth === 0) assert.ok(Math.abs(mean) < 0.15 && sd < 0.12, what);
    else assert.ok(Math.abs(mean) > 5 * sd, `${what} is told from 0`);
  });
  const spread = betas.slice(REAL.length).reduce((sum, b) => sum + b.sd, 0) / (FEATURES - REAL.length);
  assert.ok(spread < 0.06, `shrunk coefficients have mean sd ${spread}`);
});
