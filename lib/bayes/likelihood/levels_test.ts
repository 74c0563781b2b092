/** Ordered and multinomial levels against their definitions, against each other and the Bernoulli family, and far out. */
import assert from "node:assert/strict";
import { almostEqual, createRng, expit, row } from "../../core/mod.ts";
import { glmLikelihood } from "./glm.ts";
import type { GroupedRows, Likelihood } from "./likelihood.ts";
import { logSoftmax, multinomialLikelihood } from "./multinomial.ts";
import { logLevel, orderedLikelihood } from "./ordered.ts";

const ROWS = 60, GROUPS = 3, COLUMNS = 2;

function simulate(levels: number): GroupedRows {
  const rng = createRng(levels, "rows with levels");
  return {
    x: { rows: ROWS, columns: COLUMNS, values: rng.normals(ROWS * COLUMNS) },
    y: Float64Array.from({ length: ROWS }, () => rng.integer(levels)),
    group: Int32Array.from({ length: ROWS }, () => rng.integer(GROUPS)),
    groups: GROUPS,
  };
}

/** The linear predictor of a row, from coefficients that start at `from` in those of its group. */
function predictor({ x, group }: GroupedRows, likelihood: Likelihood, i: number, from = 0): number {
  const base = group[i]! * likelihood.columns + from;
  return row(x, i).reduce((sum, v, k) => sum + v * likelihood.beta[base + k]!, 0);
}

Deno.test("orderedLikelihood() is the difference of two logistic distribution functions", () => {
  const data = simulate(4), likelihood = orderedLikelihood(data, 4), rng = createRng(1, "points");
  for (let point = 0; point < 10; point++) {
    likelihood.beta.set(rng.normals(likelihood.beta.length));
    likelihood.auxiliary.set([0.5 + rng.uniform(), 2 + rng.uniform()]);
    const cuts = [-Infinity, 0, ...likelihood.auxiliary, Infinity];
    const log = data.y.reduce((sum, level, i) => {
      const eta = predictor(data, likelihood, i);
      return sum + Math.log(expit(cuts[level + 1]! - eta) - expit(cuts[level]! - eta));
    }, 0);
    almostEqual(likelihood.evaluate(), log, { relative: 1e-12 }, "rounding of differences");
  }
});

Deno.test("multinomialLikelihood() is the softmax with the first level at 0", () => {
  const data = simulate(3), likelihood = multinomialLikelihood(data, 3), rng = createRng(1, "points");
  for (let point = 0; point < 10; point++) {
    likelihood.beta.set(rng.normals(likelihood.beta.length));
    const log = data.y.reduce((sum, level, i) => {
      const weights = [1, ...[0, COLUMNS].map((from) => Math.exp(predictor(data, likelihood, i, from)))];
      return sum + Math.log(weights[level]! / weights.reduce((a, b) => a + b));
    }, 0);
    almostEqual(likelihood.evaluate(), log, { relative: 1e-13 }, "rounding");
  }
});

Deno.test("with two levels both are the Bernoulli family, gradients included", () => {
  const data = simulate(2), rng = createRng(2, "points");
  const [bernoulli, ...others] = [
    glmLikelihood(data, { family: "bernoulli" }),
    orderedLikelihood(data, 2),
    multinomialLikelihood(data, 2),
  ];
  for (const scale of [1, 100]) {
    const beta = rng.normals(GROUPS * COLUMNS).map((z) => scale * z);
    bernoulli!.beta.set(beta);
    const log = bernoulli!.evaluate();
    for (const other of others) {
      other.beta.set(beta);
      almostEqual(other.evaluate(), log, { relative: 1e-13 }, "rounding");
      almostEqual(other.gradient, bernoulli!.gradient, { relative: 1e-12, absolute: 1e-13 }, "rounding");
    }
  }
});

Deno.test("logLevel() keeps its digits where a difference of probabilities has none left", () => {
  for (const eta of [40, 700, 1e4]) {
    // P(0 < y ≤ 1) at cutpoints 0 and 1, far out: e^−eta (e − 1) above, e^−eta (1 − 1/e) below.
    almostEqual(logLevel(eta, 1, [1]), -eta + Math.log(Math.E - 1), { relative: 1e-15 }, `at ${eta}`);
    almostEqual(logLevel(-eta, 1, [1]), -eta + Math.log(1 - 1 / Math.E), { relative: 1e-15 }, `at ${-eta}`);
    almostEqual(logLevel(eta, 2, [1]), -Math.exp(1 - eta), { relative: 1e-14, absolute: 1e-300 }, "certain");
  }
  almostEqual(logLevel(0.3, 1, [1e-9]), Math.log(1e-9 * expit(0.3) * expit(-0.3)), 1e-8, "a narrow level");
});

Deno.test("logSoftmax() keeps its digits at |eta| of 700 and more, and gives probabilities", () => {
  for (const eta of [700, 1e5]) {
    const up = Float64Array.of(eta, 0.5);
    almostEqual(logSoftmax(up, 2), 0.5 - eta, { relative: 1e-15 }, "far below the top");
    almostEqual(up, [1, 0], 1e-300, "all in one level");
    const down = Float64Array.of(-eta, -eta);
    almostEqual(logSoftmax(down, 0), 0, 1e-300, "certain");
  }
  const eta = Float64Array.of(0.2, -1), weights = [1, Math.exp(0.2), Math.exp(-1)];
  logSoftmax(eta, 0);
  const total = weights.reduce((a, b) => a + b);
  almostEqual(eta, weights.slice(1).map((w) => w / total), 1e-15, "rounding");
});

Deno.test("likelihoods of levels let what is not finite through as such, never as a number", () => {
  for (const likelihood of [orderedLikelihood(simulate(3), 3), multinomialLikelihood(simulate(3), 3)]) {
    likelihood.auxiliary.fill(1);
    likelihood.beta[0] = NaN;
    assert.ok(Number.isNaN(likelihood.evaluate()));
  }
  const crossed = orderedLikelihood(simulate(4), 4);
  crossed.auxiliary.set([1, 1]); // two cutpoints in one place: a level that holds nothing
  assert.equal(crossed.evaluate(), -Infinity);
});
