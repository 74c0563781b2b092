import assert from "node:assert/strict";
import { peer } from "../../../tests/e2e/peer.ts";
import { almostEqual, createRng, type Matrix, matrix } from "../../core/mod.ts";
import { boost } from "../boost.ts";
import { type Forest } from "../forest.ts";
import { predict, predictRaw } from "../predict/predict.ts";
import { goldenForest, goldenRows } from "../golden.ts";
import { multiclass, poisson, squared } from "../losses.ts";
import { randomForest } from "../random_forest.ts";
import { readLightGbm } from "./read_lightgbm.ts";
import { treeShap } from "../shap/tree_shap.ts";
import { writeLightGbm } from "./write_lightgbm.ts";

const rng = createRng(3, "write-lightgbm");
/** The third column holds codes of categories. */
const rows: Matrix = matrix(
  300,
  3,
  Float64Array.from(
    { length: 900 },
    (_, k) => rng.uniform() < 0.1 ? NaN : k % 3 === 2 ? rng.integer(12) : rng.normal(),
  ),
);
const score = Float64Array.from(
  { length: 300 },
  (_, i) => (rows.values[3 * i]! || 0) + (rows.values[3 * i + 2]! % 2 || 0) + rng.normal() / 3,
);

const GROWN: Readonly<Record<string, Forest>> = {
  "two classes": boost(rows, score.map((s) => Number(s > 0)), { rounds: 12 }),
  categories: boost(rows, score.map((s) => Number(s > 0.5)), { rounds: 12, categories: [2] }),
  "random forest": randomForest(rows, score, { trees: 10, categories: [2] }).forest,
  symmetric: boost(rows, score.map((s) => Number(s > 0)), { rounds: 12, grower: "symmetric", depth: 3 }),
  amounts: boost(rows, score, { rounds: 12, loss: squared }),
  counts: boost(rows, score.map((s) => Math.max(0, Math.round(s + 2))), { rounds: 12, loss: poisson }),
  "three classes": boost(rows, score.map((s) => s < -0.5 ? 0 : s < 0.5 ? 1 : 2), {
    rounds: 6,
    loss: multiclass(3),
  }),
};

for (const [name, forest] of Object.entries(GROWN)) {
  Deno.test(`writeLightGbm() is read back to the same bits (${name})`, () => {
    const back = readLightGbm(writeLightGbm(forest));
    assert.deepEqual(predictRaw(back, rows), predictRaw(forest, rows));
    assert.deepEqual(predict(back, rows), predict(forest, rows));
    assert.deepEqual(back.features, forest.features);
    almostEqual(
      treeShap(back, rows).values,
      treeShap(forest, rows).values,
      1e-12,
      "the base is in the trees now",
    );
  });
}

Deno.test("the forests that writeLightGbm() is tried on cut on categories too", () => {
  const cuts = GROWN.categories!.trees.flatMap((tree) => tree.categories).filter((split) =>
    split !== undefined
  );
  assert.ok(cuts.length > 5);
});

for (const name of ["binary_cat_missing", "regression_missing", "multiclass", "poisson_zero_as_missing"]) {
  Deno.test(`writeLightGbm() writes what LightGBM wrote of ${name}, node for node`, () => {
    const forest = goldenForest(`lgbm_${name}`);
    const back = readLightGbm(writeLightGbm(forest));
    assert.deepEqual(back.trees, forest.trees);
    const inputs = goldenRows(`lgbm_${name}`, "inputs", forest);
    assert.deepEqual(predictRaw(back, inputs), predictRaw(forest, inputs));
  });
}

Deno.test("writeLightGbm() writes a forest without trees as constants", () => {
  const none = { ...GROWN["two classes"]!, trees: [] };
  assert.deepEqual(predictRaw(readLightGbm(writeLightGbm(none)), rows), predictRaw(none, rows));
});

Deno.test("writeLightGbm() turns nodes whose named categories go right", () => {
  const forest = goldenForest("lgbm_binary_cat_missing");
  const trees = forest.trees.map((tree) => {
    const turned = tree.categories.map((split) => split !== undefined);
    const at = (own: Int32Array, other: Int32Array): Int32Array =>
      own.map((c, k) => turned[k] ? other[k]! : c);
    return {
      ...tree,
      categories: tree.categories.map((split) => split && { ...split, membersGoLeft: false }),
      missing: tree.missing.map((missing, node) => turned[node] ? 0 : missing),
      left: at(tree.left, tree.right),
      right: at(tree.right, tree.left),
    };
  });
  const inputs = goldenRows("lgbm_binary_cat_missing", "inputs", forest);
  const other = { ...forest, trees };
  assert.deepEqual(predictRaw(other, inputs), predictRaw(forest, inputs));
  assert.deepEqual(readLightGbm(writeLightGbm(other)).trees, forest.trees);
});

Deno.test("writeLightGbm() refuses what the format cannot hold, by name", () => {
  const forest = GROWN["two classes"]!;
  const [tree] = forest.trees;
  const fails = (change: Partial<Forest>, pattern: RegExp): void => {
    assert.throws(() => writeLightGbm({ ...forest, ...change }), pattern);
  };
  assert.throws(() => writeLightGbm(goldenForest("xgb_regression")), /float32/);
  assert.throws(() => writeLightGbm(goldenForest("cat_rmse_missing")), /float32/);
  fails({ features: ["a b", "c", "d"] }, /a feature name must be without white space/);
  fails({ features: ["c", "c", "d"] }, /a feature name must be unique, current value is .*c/);
  fails({ link: "exponential", steepness: 2 }, /steepness must be 1/);
  fails({ outputs: 2, base: new Float64Array(2) }, /softmax for several outputs/);
  fails({ trees: [{ ...tree!, cover: tree!.cover.map((c) => c + 0.5) }] }, /a cover of tree 0/);
  const split = { members: new Set([1]), membersGoLeft: true };
  fails({
    trees: [{ ...tree!, categories: tree!.categories.map(() => split), missing: tree!.missing.map(() => 0) }],
  }, /missing values at/);
  fails(
    {
      trees: [{
        ...tree!,
        categories: tree!.categories.map(() => ({ ...split, members: new Set([-1]) })),
        missing: tree!.missing.map(() => 1),
      }],
    },
    /a category at/,
  );
});

const python = Deno.env.get("CREDIBLE_PEERS") ? peer("python3") : undefined;

const ASK = `
import json, sys, numpy, lightgbm
ask = json.load(sys.stdin)
rows = numpy.array([[numpy.nan if x is None else x for x in row] for row in ask["rows"]])
answers = []
for text in ask["models"]:
    model = lightgbm.Booster(model_str=text)
    answers.append({"raw": model.predict(rows, raw_score=True).ravel().tolist(),
                    "predict": model.predict(rows).ravel().tolist(),
                    "contributions": model.predict(rows, pred_contrib=True).ravel().tolist()})
json.dump(answers, sys.stdout)
`;

Deno.test({
  name: "LightGBM loads what writeLightGbm() writes, and predicts and explains the same" +
    (python ? "" : " (ignored: CREDIBLE_PEERS names no Python environment with lightgbm)"),
  ignore: python === undefined,
  fn: async () => {
    const forests = Object.values(GROWN);
    const some = matrix(60, 3, rows.values.slice(0, 180));
    const table = Array.from({ length: 60 }, (_, i) => [...some.values.slice(3 * i, 3 * i + 3)]);
    const child = new Deno.Command(python!, { args: ["-c", ASK], stdin: "piped", stdout: "piped" }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(
      new TextEncoder().encode(JSON.stringify({ models: forests.map(writeLightGbm), rows: table })),
    );
    await writer.close();
    const answers = JSON.parse(new TextDecoder().decode((await child.output()).stdout));
    forests.forEach((forest, k) => {
      const { raw, predict: predicted, contributions } = answers[k];
      almostEqual(
        predictRaw(forest, some).values,
        raw,
        0,
        `the same sums in the same order: ${Object.keys(GROWN)[k]}`,
      );
      almostEqual(predict(forest, some).values, predicted, 1e-15, "exp may differ by a bit");
      const { values, base, outputs, features } = treeShap(forest, some);
      const p = features.length;
      const ours = Array.from(
        { length: values.length / p },
        (_, i) => [...values.subarray(i * p, (i + 1) * p), base[i % outputs]!],
      );
      almostEqual(ours.flat(), contributions, 1e-9, `contributions of ${Object.keys(GROWN)[k]}`);
    });
  },
});
