import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng, matrix, mean, sum } from "../../core/mod.ts";
import { meanSquaredError, tweedieDeviance } from "../../evaluate/mod.ts";
import { testWorld } from "../stages/test_world.ts";
import { chooseHuber, fitHuber } from "./huber.ts";
import { fitLearner, type LearnerName, loadLearner } from "./learners.ts";
import { columnsToMatrix, fitMeanWeights, weightedParts } from "./mean_weights.ts";
import type { PartForecasts } from "./part_forecast.ts";
import { fitStack, loadStack } from "./stack.ts";

const { rows, expected } = testWorld(1500, 5);
const revenue = rows.revenue[2]!, truth = expected[2]!;

/** Parts that know the truth with noise, by a factor wrong in level. */
function noisyParts(seed: number): PartForecasts {
  const rng = createRng(seed, "parts");
  const part = (level: number, noise: number): PartForecasts[string] => {
    const own = truth.map((m) => level * m * Math.exp(noise * rng.normal()));
    return { mean: own, log: own.map((m) => 0.1 * Math.log1p(m)) };
  };
  return { low: part(0.5, 0.5), high: part(2, 0.5) };
}

Deno.test("fitMeanWeights() at power 1 meets the total of any target exactly", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
      const rng = createRng(seed, "weights"), n = 60;
      const parts = matrix(n, 3, rng.uniforms(3 * n));
      const y = Float64Array.from({ length: n }, () => rng.uniform() < 0.6 ? 0 : Math.exp(2 * rng.normal()));
      const weights = fitMeanWeights(parts, y, { steps: 20_000 });
      const said = sum(
        weightedParts([0, 1, 2].map((j) => parts.values.filter((_, at) => at % 3 === j)), weights),
      );
      almostEqual(said, sum(y), { relative: 1e-6 }, "steps end a little before the optimum");
      assert.ok(weights.every((w) => w >= 0));
    }),
    { numRuns: 20 },
  );
});

Deno.test("fitMeanWeights() finds the least deviance that a grid finds, for each power", () => {
  const rng = createRng(3, "grid"), n = 400;
  const a = rng.uniforms(n).map((u) => 0.2 + u), b = rng.uniforms(n).map((u) => 0.2 + u * u);
  const y = a.map((v, i) => (0.7 * v + 0.4 * b[i]!) * rng.gamma(0.6, 0.6));
  for (const power of [0, 1, 1.5]) {
    const [u, v] = fitMeanWeights(columnsToMatrix([a, b]), y, { power });
    const deviance = (s: number, t: number): number => {
      const mu = weightedParts([a, b], [s, t]);
      return power === 0 ? meanSquaredError(y, mu) : tweedieDeviance(y, mu, power);
    };
    const found = deviance(u!, v!);
    for (const [du, dv] of [[0.02, 0], [-0.02, 0], [0, 0.02], [0, -0.02], [0.02, -0.02], [-0.02, 0.02]]) {
      if (u! + du! < 0 || v! + dv! < 0) continue;
      assert.ok(
        deviance(u! + du!, v! + dv!) >= found - 1e-9,
        `power ${power}: a step of ${du}, ${dv} is better`,
      );
    }
  }
});

Deno.test("fitHuber() is least squares at infinite delta, and hardly sees an outlier at a small one", () => {
  const x = matrix(5, 1, Float64Array.of(1, 2, 3, 4, 5)), y = [1, 2, 3, 4, 50];
  almostEqual(
    fitHuber(x, y, { delta: Infinity, lambda: 0 }).state.coefficients[0]!,
    10,
    1e-9,
    "least squares",
  );
  // Without ridge the minimum of Huber's loss is where clipped errors are orthogonal to the columns.
  const model = fitHuber(x, y, { delta: 0.5, lambda: 1e-9 });
  const clipped = Array.from(model.predict(x), (m, i) => Math.max(-0.5, Math.min(0.5, y[i]! - m)));
  almostEqual(sum(clipped), 0, 1e-4, "the intercept's equation");
  almostEqual(sum(clipped.map((c, i) => c * (i + 1))), 0, 1e-4, "the slope's equation");
});

Deno.test("chooseHuber() prefers least squares where most are 0 and buyers are the large errors", () => {
  const rng = createRng(5, "zeros"), n = 900, x = matrix(n, 1, rng.uniforms(n));
  const y = x.values.map((p) => rng.bernoulli(0.15 * p) ? 3 + rng.normal() : 0);
  const { delta, errors } = chooseHuber(x, y, { groups: [...y.keys()], seed: 1 });
  assert.ok(delta >= 2, `${delta}`);
  assert.ok(errors[0]!.error > Math.min(...errors.map((e) => e.error)), "half a log forgets buyers");
});

Deno.test("fitStack() puts the levels of its parts right, in the sum and better than each", () => {
  const parts = noisyParts(1), users = rows.users;
  const stack = fitStack(parts, revenue, { users, seed: 1 });
  const { mean: stacked } = stack.combine(parts);
  almostEqual(sum(stacked), sum(revenue), { relative: 1e-4 }, "totals balance");
  const error = (said: Float64Array): number => mean(said.map((m, i) => Math.abs(m - truth[i]!)));
  for (const part of Object.values(parts)) assert.ok(error(stacked) < error(part.mean));
});

Deno.test("fitStack() gives a part that says nothing no weight beside one that is right", () => {
  const { high } = noisyParts(2), noise = createRng(1, "noise").uniforms(truth.length).map((u) => 10 * u);
  const stack = fitStack(
    { right: { mean: truth, log: high!.log }, noise: { mean: noise, log: noise } },
    revenue,
    {
      users: rows.users,
      seed: 1,
    },
  ).toJSON();
  almostEqual(
    stack.mean[0]!,
    sum(revenue) / sum(truth),
    0.35,
    "all from the truth but what 1,500 rows leave open",
  );
  assert.ok(stack.mean[1]! * mean(noise) < 0.1 * stack.mean[0]! * mean(truth));
});

Deno.test("loadStack() combines the same after a way through JSON, and refuses other data", () => {
  const parts = noisyParts(3), stack = fitStack(parts, revenue, { users: rows.users, seed: 1 });
  const again = loadStack(JSON.parse(JSON.stringify(stack)));
  assert.deepEqual(again.combine(parts), stack.combine(parts));
  assert.deepEqual(again.deltas, stack.deltas);
  assert.throws(() => loadStack({ ...stack.toJSON(), version: 2 as 1 }), /load a stack: version must be 1/);
  assert.throws(() => stack.combine({ low: parts.low! }), /parts must be all of low, high/);
});

Deno.test("fitStack() refuses revenue that is not known, and rows without buyers", () => {
  const parts = noisyParts(4), options = { users: rows.users, seed: 1 };
  assert.throws(
    () => fitStack(parts, revenue.with(2, NaN), options),
    /revenue\[2\] must be 0 or more, and known/,
  );
  assert.throws(() => fitStack(parts, revenue.map(() => 0), options), /revenue must be above 0 somewhere/);
  const negative = { low: { ...parts.low!, mean: truth.with(0, -1) } };
  assert.throws(() => fitStack(negative, revenue, options), /mean of low, row 0 must be finite, 0 or more/);
});

for (const name of ["elasticNet", "randomForest", "boosting"] satisfies LearnerName[]) {
  Deno.test(`fitLearner() ${name} orders customers it has not seen, and loads to the same bits`, () => {
    const fresh = testWorld(3000, 6);
    const holes = rows.features.values.map((v, at) => at % 23 === 0 ? NaN : v);
    const features = { ...rows.features, values: holes };
    const learner = fitLearner(name, { features, users: rows.users, revenue }, {
      seed: 1,
      rounds: 40,
      trees: 20,
    });
    const { mean: means, log } = learner.predict(fresh.rows.features);
    const byMean = [...means.keys()].sort((i, j) => means[j]! - means[i]!);
    const byLog = [...log.keys()].sort((i, j) => log[j]! - log[i]!);
    for (const order of [byMean, byLog]) {
      const top = mean(order.slice(0, 600).map((i) => fresh.expected[2]![i]!));
      assert.ok(
        top > 1.3 * mean(fresh.expected[2]!),
        `the best fifth is worth ${top / mean(fresh.expected[2]!)} of the mean`,
      );
    }
    const again = loadLearner(JSON.parse(JSON.stringify(learner)));
    assert.deepEqual(again.predict(fresh.rows.features), { mean: means, log });
  });
}
