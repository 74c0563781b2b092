import assert from "node:assert/strict";
import { createRng, type Matrix, matrix } from "../core/mod.ts";
import { auc } from "../evaluate/mod.ts";
import { predict, predictRaw } from "./predict/predict.ts";
import { randomForest, type RandomForestOptions } from "./random_forest.ts";
import { readLightGbm } from "./files/read_lightgbm.ts";
import { treeShap } from "./shap/tree_shap.ts";
import { writeLightGbm } from "./files/write_lightgbm.ts";

function sample(rows: number, seed: number): { rows: Matrix; target: Float64Array; chance: Float64Array } {
  const rng = createRng(seed, "random-forest-test");
  const values = matrix(
    rows,
    4,
    Float64Array.from({ length: 4 * rows }, () => rng.uniform() < 0.05 ? NaN : rng.normal()),
  );
  const chance = Float64Array.from({ length: rows }, (_, i) => {
    const [a = 0, b = 0] = values.values.subarray(4 * i, 4 * i + 2).map((x) => x || 0);
    return 1 / (1 + Math.exp(-2 * a * Math.sign(b)));
  });
  return { rows: values, chance, target: chance.map((p) => Number(rng.uniform() < p)) };
}

const learn = sample(1500, 1);
const fresh = sample(1500, 2);
const fitted = randomForest(learn.rows, learn.target, { trees: 80, seed: 4 });

Deno.test("randomForest() comes near the best possible AUC, and tells so from its training rows alone", () => {
  const ours = auc(fresh.target, predict(fitted.forest, fresh.rows).values);
  const possible = auc(fresh.target, fresh.chance);
  assert.ok(ours > possible - 0.04, `${ours} of ${possible}`);
  // The standard error of each AUC is 0.012; on training rows as they are, the forest knows much by heart.
  const outOfBag = auc(learn.target, fitted.outOfBag);
  assert.ok(Math.abs(outOfBag - ours) < 0.05, `${outOfBag} out of bag`);
  assert.ok(auc(learn.target, predict(fitted.forest, learn.rows).values) > outOfBag + 0.05);
});

Deno.test("randomForest() predicts the target's mean with one leaf a tree, and is the same twice", () => {
  const { forest } = randomForest(learn.rows, learn.target, { trees: 400, minRows: 1e9 });
  const share = learn.target.reduce((a, b) => a + b, 0) / 1500;
  assert.ok(Math.abs(predict(forest, fresh.rows).values[0]! - share) < 4 * 0.5 / Math.sqrt(1500 * 400));
  const ask = (seed: number) =>
    predict(randomForest(learn.rows, learn.target, { trees: 5, seed }).forest, fresh.rows);
  assert.deepEqual(ask(1), ask(1));
  assert.notDeepEqual(ask(1), ask(2));
});

Deno.test("randomForest() holds one amount as large as all others together, drawn several times", () => {
  const target = learn.target.map((y, row) => row === 7 ? 1e4 : 1 + y);
  const { forest } = randomForest(learn.rows, target, { trees: 30, minRows: 1 });
  for (const tree of forest.trees) {
    // Whatever the draw, a leaf's value is a mean of targets.
    tree.value.forEach((value, k) =>
      tree.feature[k]! >= 0 || assert.ok(value * 30 >= 1 && value * 30 <= 1e4)
    );
    assert.ok(tree.feature.length > 20, `${tree.feature.length} nodes`);
  }
});

Deno.test("randomForest() explains itself and is held by LightGBM's text", () => {
  const some = matrix(20, 4, fresh.rows.values.slice(0, 80));
  treeShap(fitted.forest, some); // throws unless values add up
  assert.deepEqual(
    predictRaw(readLightGbm(writeLightGbm(fitted.forest)), some),
    predictRaw(fitted.forest, some),
  );
});

/** Four classes by the quadrant of two columns, a tenth of them mistaken; two more columns mean nothing. */
function quadrants(rows: number, seed: number): { rows: Matrix; target: Float64Array } {
  const rng = createRng(seed, "quadrants");
  const values = matrix(rows, 4, rng.normals(4 * rows));
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const [a, b] = [values.values[4 * i]!, values.values[4 * i + 1]!];
    return rng.uniform() < 0.1 ? rng.integer(4) : 2 * Number(a > 0) + Number(b > 0);
  });
  return { rows: values, target };
}

function accuracy(chances: Float64Array, target: Float64Array): number {
  const right = target.filter((label, row) => {
    const own = chances.subarray(4 * row, 4 * row + 4);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / target.length;
}

Deno.test("randomForest() tells several classes apart, with chances that add up to 1, and explains them", () => {
  const [train, test] = [quadrants(1200, 1), quadrants(1200, 2)];
  const { forest, outOfBag } = randomForest(train.rows, train.target, { classes: 4, trees: 60, seed: 3 });
  const chances = predict(forest, test.rows);
  assert.equal(chances.columns, 4);
  for (let row = 0; row < 1200; row++) {
    const total = chances.values.subarray(4 * row, 4 * row + 4).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(total - 1) < 1e-12, `${total}`);
  }
  // A mistaken label is right by chance in a quarter of cases, so that 0.925 is the most; standard errors are 0.008.
  const ours = accuracy(chances.values, test.target);
  assert.ok(ours > 0.89, `${ours}`);
  assert.ok(Math.abs(accuracy(outOfBag, train.target) - ours) < 0.035, "out of bag is honest");
  treeShap(forest, matrix(10, 4, test.rows.values.slice(0, 40))); // throws unless values add up
});

Deno.test("randomForest() with two classes predicts shares as it does for 0 and 1", () => {
  const { forest } = randomForest(learn.rows, learn.target, { classes: 2, trees: 80, seed: 4 });
  const both = predict(forest, fresh.rows).values;
  const second = both.filter((_, k) => k % 2 === 1);
  const difference = auc(fresh.target, second) - auc(fresh.target, predict(fitted.forest, fresh.rows).values);
  assert.ok(Math.abs(difference) < 0.02, `${difference}`);
});

Deno.test("randomForest() refuses what it cannot fit, by name", () => {
  const fails = (options: RandomForestOptions, pattern: RegExp, y = learn.target): void => {
    assert.throws(() => randomForest(learn.rows, y, options), pattern);
  };
  fails({ trees: 0 }, /trees must be/);
  fails({ leaves: 1 }, /leaves must be/);
  fails({ columnFraction: 2 }, /columnFraction must be in/);
  fails({ classes: 1 }, /classes must be a whole number/);
  fails({ classes: 2 }, /a target must be a class/, learn.target.with(3, 2));
  fails({ categories: [9] }, /categories must be columns/);
  fails({}, /target must be as long/, learn.target.slice(1));
  fails({}, /a target must be finite/, learn.target.with(0, NaN));
  const stop = AbortSignal.abort(new Error("enough"));
  fails({ signal: stop }, /enough/);
});
