import assert from "node:assert/strict";
import { createRng, matrix } from "../core/mod.ts";
import { auc } from "../evaluate/mod.ts";
import { boost } from "./boost.ts";
import { goldenForest, goldenText } from "./golden.ts";
import { gainImportance, groupShap, permutationImportance, shapImportance } from "./importance.ts";
import { treeShap } from "./shap/tree_shap.ts";

const rng = createRng(6, "importance-test");
const rows = matrix(1000, 3, rng.normals(3000));
// Feature 0 matters twice as much as feature 1, feature 2 not at all.
const target = Float64Array.from(
  { length: 1000 },
  (_, i) => Number(rng.uniform() < 1 / (1 + Math.exp(-2 * rows.values[3 * i]! - rows.values[3 * i + 1]!))),
);
const forest = boost(rows, target, { rounds: 20, features: ["much", "some", "none"] });

Deno.test("gainImportance() ranks features and adds up to 1", () => {
  const ranking = gainImportance(forest);
  assert.deepEqual(ranking.map(({ feature }) => feature), ["much", "some", "none"]);
  assert.ok(Math.abs(ranking.reduce((sum, { value }) => sum + value, 0) - 1) < 1e-12);
  assert.throws(() => gainImportance(goldenForest("cat_rmse_missing")), /one that tells gains/);
});

Deno.test("gainImportance() adds up the gains that LightGBM wrote", () => {
  const gains = new Map<number, number>();
  for (const block of goldenText("lgbm_regression_missing_model.txt").split("Tree=").slice(1)) {
    const numbers = (key: string): number[] =>
      block.match(new RegExp(`^${key}=(.*)$`, "m"))![1]!.split(" ").map(Number);
    const features = numbers("split_feature");
    numbers("split_gain").forEach((gain, k) =>
      gains.set(features[k]!, (gains.get(features[k]!) ?? 0) + gain)
    );
  }
  const total = [...gains.values()].reduce((a, b) => a + b, 0);
  const [first] = gainImportance(goldenForest("lgbm_regression_missing"));
  assert.ok(Math.abs(first!.value - Math.max(...gains.values()) / total) < 1e-12);
});

Deno.test("permutationImportance() tells what the score falls by, the same for the same seed", () => {
  const ask = (seed: number) => permutationImportance(forest, rows, target, { score: auc, seed, repeats: 3 });
  const ranking = ask(1);
  assert.deepEqual(ranking.map(({ feature }) => feature), ["much", "some", "none"]);
  assert.ok(ranking[0]!.value > 0.1 && ranking[0]!.sd < 0.03);
  assert.deepEqual(ask(1), ranking);
  assert.notDeepEqual(ask(2), ranking);
  assert.throws(
    () => permutationImportance(forest, rows, target.slice(1), { score: auc, seed: 1 }),
    /target must be/,
  );
  assert.throws(
    () => permutationImportance(forest, rows, target, { score: auc, seed: 1, repeats: 0 }),
    /repeats/,
  );
});

Deno.test("shapImportance() holds the mean |SHAP| of many rows within its intervals", () => {
  const explanation = treeShap(forest, rows);
  const few = treeShap(forest, matrix(200, 3, rows.values.slice(0, 600)));
  const whole = new Map(
    shapImportance(explanation, { seed: 1 }).map(({ feature, interval }) => [feature, interval]),
  );
  for (const { feature, interval } of shapImportance(few, { seed: 1, confidence: 0.999 })) {
    const { estimate } = whole.get(feature)!;
    assert.ok(interval.low < estimate && estimate < interval.high, feature);
    assert.ok(whole.get(feature)!.high - whole.get(feature)!.low < interval.high - interval.low);
  }
});

Deno.test("groupShap() adds features up and keeps the sum of a row", () => {
  const explanation = treeShap(forest, rows);
  const grouped = groupShap(explanation, { both: ["much", "none"] });
  assert.deepEqual(grouped.features, ["both", "some"]);
  for (let row = 0; row < 1000; row++) {
    const [a, b, c] = explanation.values.subarray(3 * row, 3 * row + 3);
    assert.equal(grouped.values[2 * row], a! + c!);
    assert.equal(grouped.values[2 * row + 1], b);
  }
  assert.throws(() => groupShap(explanation, { a: ["much"], b: ["much"] }), /in one group/);
  assert.throws(() => groupShap(explanation, { a: ["nothing"] }), /one of the explanation/);
});
