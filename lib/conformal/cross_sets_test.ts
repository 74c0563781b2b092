import assert from "node:assert/strict";
import { almostEqual } from "../core/almost_equal.ts";
import { createRng } from "../core/mod.ts";
import { crossSets, fitCrossSets, loadCrossSets } from "./cross_sets.ts";

/** Rows of a model whose probabilities are those of the world, so that only the comparison is under test. */
function world(
  n: number,
  seed: number,
): { labels: Uint8Array; probabilities: Float64Array; folds: Uint8Array } {
  const rng = createRng(seed, "cross sets world");
  const probabilities = rng.uniforms(n).map((u) => 0.02 + 0.5 * u * u);
  return {
    probabilities,
    labels: Uint8Array.from(probabilities, (p) => Number(rng.uniform() < p)),
    folds: Uint8Array.from({ length: n }, (_, i) => i % 5),
  };
}

Deno.test("fitCrossSets() keeps the promise within each label when asked to, which the plain form breaks for the rarer", () => {
  let plain = 0, byClass = 0, churners = 0;
  for (let run = 0; run < 60; run++) {
    const train = world(200, 2 * run), test = world(200, 2 * run + 1);
    const rows = { labels: train.labels, outOfFold: train.probabilities, folds: train.folds };
    const predictions = Array.from({ length: 5 }, () => test.probabilities);
    const own = fitCrossSets(rows, { byClass: true }).predict(predictions).sets;
    const all = fitCrossSets(rows).predict(predictions).sets;
    test.labels.forEach((label, i) => {
      if (label !== 1) return;
      churners++;
      byClass += Number(own[i]!.includes(1));
      plain += Number(all[i]!.includes(1));
    });
  }
  // About 2,100 churners whose calibration sets hold some 37 each: sd of the mean coverage is below 0.012.
  almostEqual(byClass / churners, 0.92, 0.036, "class-conditional coverage near (⌈38 · 0.9⌉)/38");
  assert.ok(plain / churners < 0.8, "the plain form covers churners less");
});

Deno.test("fitCrossSets() saved and loaded predicts the same, and equals crossSets()", () => {
  const train = world(80, 3), test = world(40, 4);
  const rows = { labels: train.labels, outOfFold: train.probabilities, folds: train.folds };
  const predictions = Array.from({ length: 5 }, (_, k) => test.probabilities.map((p) => p / (1 + k / 10)));
  const fitted = fitCrossSets(rows, { confidence: 0.8 });
  const loaded = loadCrossSets(JSON.parse(JSON.stringify(fitted)));
  assert.deepEqual(loaded.predict(predictions).sets, fitted.predict(predictions).sets);
  assert.deepEqual(
    crossSets({ ...rows, predictions }, { confidence: 0.8 }).sets,
    fitted.predict(predictions).sets,
  );
});

Deno.test("fitCrossSets() with fewer rows of a label than needed keeps that label and says how many there should be", () => {
  const rows = {
    labels: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    outOfFold: new Array(11).fill(0.1),
    folds: new Array(11).fill(0),
  };
  const fitted = fitCrossSets(rows, { byClass: true });
  assert.deepEqual(fitted.predict([[0.0001]]).sets[0], [0, 1]);
  assert.match(fitted.checks[0]!.title, /1: 1 calibration rows, 9 are needed/);
});

Deno.test("fitCrossSets() refuses predictions of fewer folds than it was fitted with", () => {
  const train = world(20, 1);
  const fitted = fitCrossSets({ labels: train.labels, outOfFold: train.probabilities, folds: train.folds });
  assert.throws(() => fitted.predict([[0.1]]), /predictions.*5 long.*1/);
});
