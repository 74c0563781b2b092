import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { createHierarchicalModel, hierarchicalSource, type HierarchicalSpec } from "../hierarchical/mod.ts";
import { sample } from "../sampler/mod.ts";
import type { Block, Coefficients } from "./block.ts";
import { correlatedBlock } from "./correlated.ts";
import { normalPrior } from "./location_prior.ts";
import { plainBlock } from "./plain.ts";

const GROUPS = 5;

/** Values and gradients of a block at a point, given the slopes of its coefficients. */
function evaluate(
  block: Block,
  q: Float64Array,
  slopes: Float64Array,
): { log: number; beta: Float64Array; gradient: Float64Array } {
  const columns = 2, gradient = new Float64Array(q.length);
  const beta: Coefficients = { groups: GROUPS, columns, values: new Float64Array(GROUPS * columns) };
  block.forward(q, beta);
  const log = block.backward(q, { groups: GROUPS, columns, values: slopes }, gradient);
  return { log, beta: beta.values, gradient };
}

for (const form of ["centred", "nonCentred"] as const) {
  Deno.test(`correlatedBlock() with no correlation is two ${form} blocks, gradient included`, () => {
    const locations = [normalPrior(0.3, 1), normalPrior(-0.2, 0.5)];
    const scales = [
      { family: "halfNormal", scale: 0.5 },
      { family: "halfCauchy", scale: 0.4 },
    ] as const;
    const rng = createRng(3, "points"), options = { groups: GROUPS, from: 0 };
    const together = correlatedBlock(form, {
      columns: [0, 1],
      names: ["a", "b"],
      locations,
      scales,
      eta: 2,
      ...options,
    });
    const alone = [0, 1].map((k) =>
      plainBlock(form, { columns: [k], locations: [locations[k]!], scale: scales[k]!, ...options })
    );
    const slopes = rng.normals(2 * GROUPS), q = rng.normals(together.dim);
    q[4] = 0; // the pair: [mu, mu, log tau, log tau, pair, groups…]
    const ours = evaluate(together, q, slopes);
    const points = [0, 1].map((k) =>
      Float64Array.of(q[2 + k]!, q[k]!, ...Array.from({ length: GROUPS }, (_, j) => q[5 + 2 * j + k]!))
    );
    const theirs = alone.map((block, k) => evaluate(block, points[k]!, slopes));
    almostEqual(ours.log, theirs[0]!.log + theirs[1]!.log, 1e-12, "rounding");
    almostEqual(ours.beta, theirs[0]!.beta.map((v, i) => v + theirs[1]!.beta[i]!), 1e-12, "rounding");
    for (const k of [0, 1]) {
      const [tau, mu, ...own] = theirs[k]!.gradient;
      almostEqual(ours.gradient[k]!, mu!, 1e-12, "mean");
      almostEqual(ours.gradient[2 + k]!, tau!, 1e-12, "scale");
      almostEqual(own.map((_, j) => ours.gradient[5 + 2 * j + k]!), own, 1e-12, "groups");
    }
  });
}

/** Poisson counts of 40 groups whose level and slope are correlated by 0.7. */
function simulated(effect: "centred" | "nonCentred"): HierarchicalSpec {
  const groups = 40, perGroup = 8, rows = groups * perGroup, rng = createRng(31, "correlated counts");
  const pairs = Array.from({ length: groups }, () => {
    const [u, v] = [rng.normal(), rng.normal()];
    return [1 + 0.6 * u, 0.2 + 0.5 * (0.7 * u + Math.sqrt(1 - 0.49) * v)] as const;
  });
  const x = rng.normals(2 * rows).map((v, i) => i % 2 === 0 ? 1 : v);
  const group = Int32Array.from({ length: rows }, (_, i) => i % groups);
  const y = Float64Array.from(group, (g, i) => {
    const [level, slope] = pairs[g]!;
    return rng.poisson(Math.exp(level + slope * x[2 * i + 1]!));
  });
  return {
    family: "poisson",
    rows: { x: { rows, columns: 2, values: x }, y, group, groups },
    coefficients: ["level", "slope"].map((name) => ({
      name,
      location: normalPrior(0, 1),
      correlated: true,
      effect,
    })),
    lkjShape: 1,
  };
}

Deno.test("correlatedBlock() finds the correlation that is there, in both forms alike", async () => {
  const fits = await Promise.all(
    (["centred", "nonCentred"] as const).map((effect) =>
      sample(hierarchicalSource(simulated(effect)), {
        seed: 5,
        chains: 2,
        warmup: 250,
        draws: 250,
        workers: 0,
      })
    ),
  );
  const [centred] = fits.map((fit) => fit.summary("corr[level,slope]"));
  // 40 groups know a correlation of 0.7 to about (1 − 0.49) / √40 = 0.08, and their own noise adds to that.
  almostEqual(centred!.mean, 0.7, 4 * 0.1, "four errors of the estimate");
  assert.ok(centred!.mean - 2 * centred!.sd > 0, "clearly positive");
  for (const name of ["corr[level,slope]", "tau[slope]", "mu[level]", "beta[3,slope]"]) {
    const [a, b] = fits.map((fit) => fit.summary(name));
    almostEqual(
      a!.mean,
      b!.mean,
      5 * Math.hypot(a!.mcseMean, b!.mcseMean),
      `${name}: five Monte Carlo errors`,
    );
  }
});

Deno.test("correlatedBlock() names scales and pairs in the order in which it reports them", () => {
  const spec = simulated("nonCentred"), model = createHierarchicalModel(spec);
  assert.deepEqual(model.quantities.slice(0, 5), [
    "mu[level]",
    "mu[slope]",
    "tau[level]",
    "tau[slope]",
    "corr[level,slope]",
  ]);
  const q = new Float64Array(model.dim), out = new Float64Array(model.quantities.length);
  q.set([0.1, 0.2, Math.log(2), Math.log(3), Math.atanh(0.4)]);
  model.report(q, out, createRng(1, "report"));
  almostEqual(out.subarray(0, 5), [0.1, 0.2, 2, 3, 0.4], 1e-15, "rounding");
});
