import assert from "node:assert/strict";
import { almostEqual, createRng, type Matrix, matrix } from "../../core/mod.ts";
import { type Forest, goesLeft, MISSING, type Tree } from "../forest.ts";
import { predictRaw } from "../predict/predict.ts";
import { GOLDEN, goldenExpected, goldenForest, goldenRows, goldenText } from "../golden.ts";
import { compiledBeside, compileKernel } from "../../core/compile_kernel.ts";
import { leafPaths } from "./leaf_paths.ts";
import { addLongPath } from "./long_path.ts";
import { packGroups } from "./pack_groups.ts";
import { gaussLegendre } from "./quadrature.ts";
import { shapInteractions } from "./interactions.ts";
import { interventionalShap } from "./interventional.ts";
import { type Explanation, requireAdditive, treeShap } from "./tree_shap.ts";

/** Per row and output the values of the features and then the base, as the libraries print contributions. */
function withBase({ values, base, features, outputs }: Explanation): number[] {
  const p = features.length;
  return Array.from(
    { length: values.length / p },
    (_, k) => [...values.subarray(k * p, (k + 1) * p), base[k % outputs]!],
  ).flat();
}

/**
 * The forest that CatBoost 1.2.10 explains when it is given a tree that is not symmetric: where a node has a leaf on one side and a branch
 * on the other, its SHAP adds the leaf's value to every leaf of that branch too. Its values then miss its own prediction; ours are
 * compared on that other forest, and shown to add up on the real one.
 */
function asCatBoostExplains(forest: Forest): Forest {
  const trees = forest.trees.map((tree) => {
    const value = tree.value.slice();
    const isLeaf = (node: number): boolean => tree.feature[node]! < 0;
    const addBelow = (node: number, amount: number): void => {
      if (isLeaf(node)) value[node]! += amount;
      else [tree.left[node]!, tree.right[node]!].forEach((child) => addBelow(child, amount));
    };
    for (let node = 0; node < value.length; node++) {
      if (isLeaf(node)) continue;
      const [left, right] = [tree.left[node]!, tree.right[node]!];
      if (isLeaf(left) && !isLeaf(right)) addBelow(right, tree.value[left]!);
      if (isLeaf(right) && !isLeaf(left)) addBelow(left, tree.value[right]!);
    }
    return { ...tree, value };
  });
  return { ...forest, trees };
}

Deno.test("treeShap() adds up on a lopsided CatBoost forest, where CatBoost's own values do not", () => {
  const forest = goldenForest("cat_logloss_depthwise");
  const { shap_values, raw } = goldenExpected("cat_logloss_depthwise");
  const theirs = shap_values.map((line: number[]) => line.reduce((a, b) => a + b, 0));
  assert.ok(theirs.some((sum: number, row: number) => Math.abs(sum - raw[row]) > 0.1));
  const found = withBase(treeShap(forest, goldenRows("cat_logloss_depthwise", "inputs", forest)));
  const ours = shap_values.map((_: unknown, row: number) =>
    found.slice(row * 7, row * 7 + 7).reduce((a, b) => a + b, 0)
  );
  almostEqual(ours, raw, 1e-12, "additivity");
});

for (const { tag, phi } of GOLDEN) {
  Deno.test(`treeShap() gives the library's own contributions for ${tag}`, () => {
    const forest = goldenForest(tag);
    const expected = goldenExpected(tag);
    const rows = goldenRows(tag, "inputs", forest);
    const explained = tag === "cat_logloss_depthwise" ? asCatBoostExplains(forest) : forest;
    const found = withBase({ ...treeShap(explained, rows), base: treeShap(forest, rows).base });
    almostEqual(
      found,
      (expected.path_dependent_contrib ?? expected.shap_values).flat(2),
      phi,
      "tolerance of the reference",
    );
  });

  Deno.test(`interventionalShap() equals brute force over all subsets for ${tag}`, () => {
    const forest = goldenForest(tag);
    const { interventional } = goldenExpected(tag);
    const found = interventionalShap(
      forest,
      goldenRows(tag, "inputs", forest),
      goldenRows(tag, "background", forest),
    );
    almostEqual(found.base, [interventional.base].flat(), phi, "mean over the background");
    const p = forest.features.length;
    for (let row = 0; row < found.rows; row++) {
      for (let k = 0; k < found.outputs; k++) {
        for (let j = 0; j < p; j++) {
          const want = interventional.phi[row][j];
          almostEqual(
            found.values[(row * found.outputs + k) * p + j]!,
            found.outputs > 1 ? want[k] : want,
            phi,
            `row ${row}`,
          );
        }
      }
    }
  });
}

for (const tag of ["xgb_binary_missing", "xgb_binary_categorical", "xgb_regression"]) {
  Deno.test(`shapInteractions() gives XGBoost's own for ${tag}`, () => {
    const forest = goldenForest(tag);
    const expected: number[][][] = goldenExpected(tag).interaction_values;
    const rows = goldenRows(tag, "inputs", forest);
    const p = forest.features.length;
    const found = shapInteractions(forest, matrix(2, p, rows.values.slice(0, 2 * p)));
    const want = expected.flatMap((square) => square.slice(0, p).flatMap((line) => line.slice(0, p)));
    almostEqual(found, want, 1e-5, "XGBoost computes in float32");
  });
}

interface TinyTree {
  tree: Record<
    string,
    { feature?: number; threshold?: number; left?: number; right?: number; leaf?: number; cover: number }
  >;
  background: number[][];
  expected: {
    x: (number | "NaN")[];
    prediction: number;
    path_dependent: { phi_float: number[] };
    interventional: { phi_float: number[] };
  }[];
}

function forestOf(trees: Tree[], columns: number): Forest {
  const features = Array.from({ length: columns }, (_, i) => `x${i}`);
  return {
    features,
    outputs: 1,
    trees,
    base: new Float64Array(1),
    link: "identity",
    steepness: 1,
    float32: false,
  };
}

Deno.test("treeShap() and interventionalShap() equal exact fractions on a tiny tree", () => {
  const tiny: TinyTree = JSON.parse(goldenText("tiny_tree.json"));
  const nodes = Object.keys(tiny.tree).sort((a, b) => Number(a) - Number(b)).map((key) => tiny.tree[key]!);
  const column = (get: (node: (typeof nodes)[number]) => number): number[] => nodes.map(get);
  const forest = forestOf([{
    output: 0,
    feature: Int32Array.from(column((n) => n.feature ?? -1)),
    threshold: Float64Array.from(column((n) => n.threshold ?? NaN)),
    categories: nodes.map(() => undefined),
    missing: new Uint8Array(nodes.length).fill(MISSING.right),
    left: Int32Array.from(column((n) => n.left ?? -1)),
    right: Int32Array.from(column((n) => n.right ?? -1)),
    value: Float64Array.from(column((n) => n.leaf ?? 0)),
    cover: Float64Array.from(column((n) => n.cover)),
    leafNumber: Int32Array.from(column((n) => n.leaf === undefined ? -1 : 0)),
  }], 3);
  const rows = matrix(
    tiny.expected.length,
    3,
    Float64Array.from(tiny.expected.flatMap((e) => e.x.map(Number))),
  );
  const background = matrix(tiny.background.length, 3, Float64Array.from(tiny.background.flat()));
  almostEqual(predictRaw(forest, rows).values, tiny.expected.map((e) => e.prediction), 1e-12, "exact");
  almostEqual(
    treeShap(forest, rows).values,
    tiny.expected.flatMap((e) => e.path_dependent.phi_float),
    1e-12,
    "exact",
  );
  almostEqual(
    interventionalShap(forest, rows, background).values,
    tiny.expected.flatMap((e) => e.interventional.phi_float),
    1e-12,
    "exact",
  );
});

/** A tree grown at random, deep enough that features come again on a path. */
function randomTree(depth: number, columns: number, rng: ReturnType<typeof createRng>): Tree {
  const rows: {
    feature: number;
    threshold: number;
    left: number;
    right: number;
    value: number;
    cover: number;
  }[] = [];
  const grow = (level: number, cover: number): number => {
    const node = rows.push({ feature: -1, threshold: NaN, left: -1, right: -1, value: rng.normal(), cover }) -
      1;
    if (level === 0 || cover < 2 || (level < depth && rng.uniform() < 0.15)) return node;
    const share = Math.max(1, Math.min(cover - 1, Math.round(cover * rng.uniform())));
    const [left, right] = [grow(level - 1, share), grow(level - 1, cover - share)];
    const threshold = rng.uniform() < 0.1 ? Infinity : rng.normal();
    rows[node] = { feature: rng.integer(columns), threshold, left, right, value: 0, cover };
    return node;
  };
  grow(depth, 400);
  return {
    output: 0,
    feature: Int32Array.from(rows, (r) => r.feature),
    threshold: Float64Array.from(rows, (r) => r.threshold),
    categories: rows.map(() => undefined),
    missing: Uint8Array.from(rows, () => rng.integer(2)),
    left: Int32Array.from(rows, (r) => r.left),
    right: Int32Array.from(rows, (r) => r.right),
    value: Float64Array.from(rows, (r) => r.value),
    cover: Float64Array.from(rows, (r) => r.cover),
    leafNumber: Int32Array.from(rows, () => 0),
  };
}

/** Shapley values from the definition: all subsets of the features. */
function shapleyFromDefinition(columns: number, worth: (known: number) => number): number[] {
  const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1);
  const size = (set: number): number => set === 0 ? 0 : (set & 1) + size(set >> 1);
  return Array.from({ length: columns }, (_, i) => {
    let phi = 0;
    for (let set = 0; set < 1 << columns; set++) {
      if ((set >> i) & 1) continue;
      const weight = factorial(size(set)) * factorial(columns - size(set) - 1) / factorial(columns);
      phi += weight * (worth(set | (1 << i)) - worth(set));
    }
    return phi;
  });
}

function worthByShares(tree: Tree, row: Float64Array, known: number, node = 0): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return tree.value[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  if ((known >> feature) & 1) {
    return worthByShares(tree, row, known, goesLeft(tree, node, row[feature]!) ? left : right);
  }
  const part = (child: number): number => tree.cover[child]! * worthByShares(tree, row, known, child);
  return (part(left) + part(right)) / tree.cover[node]!;
}

Deno.test("treeShap() equals the definition over all subsets on random trees, features repeated and missing", () => {
  const rng = createRng(11, "random-trees");
  for (let round = 0; round < 20; round++) {
    const columns = 2 + (round % 6);
    const tree = randomTree(3 + (round % 5), columns, rng);
    const row = Float64Array.from({ length: columns }, () => rng.uniform() < 0.15 ? NaN : rng.normal());
    const found = treeShap(forestOf([tree], columns), matrix(1, columns, row));
    almostEqual(
      found.values,
      shapleyFromDefinition(columns, (set) => worthByShares(tree, row, set)),
      1e-12,
      "exact weights",
    );
  }
});

Deno.test("treeShap() adds up on deep random trees, whatever way missing values go", () => {
  const rng = createRng(12, "deep-trees");
  for (let round = 0; round < 30; round++) {
    const trees = Array.from({ length: 5 }, () => randomTree(9, 3 + round % 10, rng));
    const columns = 3 + round % 10;
    const rows = matrix(
      100,
      columns,
      Float64Array.from({ length: 100 * columns }, () => rng.uniform() < 0.2 ? NaN : rng.normal()),
    );
    treeShap(forestOf(trees, columns), rows); // throws unless values add up
  }
});

Deno.test("treeShap() equals the definition where categories and zeros are told apart", () => {
  const rng = createRng(13, "exotic-trees");
  for (let round = 0; round < 20; round++) {
    const columns = 2 + (round % 4);
    const plain = randomTree(3 + (round % 4), columns, rng);
    const tree: Tree = {
      ...plain,
      missing: plain.missing.map(() => rng.integer(5)),
      categories: plain.categories.map(() =>
        rng.uniform() < 0.4 ? { members: new Set([0, 2, 3]), membersGoLeft: rng.uniform() < 0.5 } : undefined
      ),
    };
    const row = Float64Array.from({ length: columns }, () => [NaN, 0, 1, 2, 3, -1, 0.5][rng.integer(7)]!);
    almostEqual(
      treeShap(forestOf([tree], columns), matrix(1, columns, row)).values,
      shapleyFromDefinition(columns, (set) => worthByShares(tree, row, set)),
      1e-12,
      "exact weights",
    );
  }
});

/** A tree that is one path: node k tests column k, its left child is a leaf, its right child the next node. */
function pathTree(columns: number): Tree {
  const inner = (node: number): boolean => node < 2 * columns && node % 2 === 0;
  const nodes = Array.from({ length: 2 * columns + 1 }, (_, node) => node);
  return {
    output: 0,
    feature: Int32Array.from(nodes, (node) => inner(node) ? node / 2 : -1),
    threshold: new Float64Array(nodes.length),
    categories: nodes.map(() => undefined),
    missing: new Uint8Array(nodes.length),
    left: Int32Array.from(nodes, (node) => inner(node) ? node + 1 : -1),
    right: Int32Array.from(nodes, (node) => inner(node) ? node + 2 : -1),
    value: Float64Array.from(nodes, (node) => Math.sin(node)),
    cover: Float64Array.from(nodes, (node) => 100 - 2 * node + (node % 2)),
    leafNumber: Int32Array.from(nodes),
  };
}

/** SHAP values of a tree without the kernel. */
function byLongPaths(tree: Tree, rows: Matrix): Float64Array {
  const values = new Float64Array(rows.values.length);
  for (const path of leafPaths(tree)) {
    addLongPath(
      tree,
      path,
      rows.values,
      rows.columns,
      (row, f, phi) => values[row * rows.columns + f]! += phi,
    );
  }
  return values;
}

Deno.test("treeShap() explains paths of more features than a cell has bits as those of fewer", () => {
  const columns = 20;
  const long = pathTree(columns);
  const rng = createRng(14, "long-path");
  const rows = matrix(50, columns, Float64Array.from({ length: 50 * columns }, () => rng.normal() + 0.5));
  assert.equal(packGroups(forestOf([long], columns)).long.length, 5); // with 17, 18, 19, and twice 20 features
  almostEqual(
    treeShap(forestOf([long], columns), rows).values,
    byLongPaths(long, rows),
    1e-13,
    "two ways to the same values",
  );
});

Deno.test("treeShap() explains long paths of tests that come out in one way only", () => {
  const columns = 20;
  const categories = Array.from(
    { length: 2 * columns + 1 },
    () => ({ members: new Set<number>(), membersGoLeft: true }),
  );
  const tree = {
    ...pathTree(columns),
    categories,
    missing: new Uint8Array(2 * columns + 1).fill(MISSING.right),
  };
  const row = matrix(1, columns);
  almostEqual(
    treeShap(forestOf([tree], columns), row).values,
    byLongPaths(tree, row),
    1e-13,
    "two ways to the same values",
  );
});

Deno.test("treeShap() gives the same bits for a row alone and among more rows than a batch holds", () => {
  const rng = createRng(15, "batches");
  const forest = forestOf(Array.from({ length: 3 }, () => randomTree(6, 4, rng)), 4);
  const rows = matrix(20_000, 4, Float64Array.from({ length: 80_000 }, () => rng.normal()));
  const { values } = treeShap(forest, rows);
  for (const row of [0, 16_383, 16_384, 19_999]) {
    const alone = treeShap(forest, matrix(1, 4, rows.values.slice(4 * row, 4 * row + 4)));
    assert.deepEqual(alone.values, values.slice(4 * row, 4 * row + 4));
  }
});

Deno.test("kernel.wasm of SHAP is what kernel.as.ts compiles to, byte for byte", async () => {
  const source = new URL("./kernel.as.ts", import.meta.url);
  assert.deepEqual(await Deno.readFile(compiledBeside(source)), await compileKernel(source));
});

Deno.test("shapInteractions() is symmetric and its rows add up to the SHAP values", () => {
  const forest = goldenForest("cat_rmse_missing");
  const rows = goldenRows("cat_rmse_missing", "inputs", forest);
  const p = forest.features.length;
  const pairs = shapInteractions(forest, rows);
  const { values } = treeShap(forest, rows);
  values.forEach((phi, k) => {
    const line = pairs.subarray(k * p, (k + 1) * p);
    almostEqual(line.reduce((a, b) => a + b, 0), phi, 1e-12, "rows of a matrix add up");
    line.forEach((value, j) => {
      assert.equal(value, pairs[(Math.floor(k / p) * p + j) * p + (k % p)]);
    });
  });
});

Deno.test("requireAdditive() throws when a value is off", () => {
  const forest = goldenForest("lgbm_binary_numeric");
  const rows = goldenRows("lgbm_binary_numeric", "inputs", forest);
  const explanation = treeShap(forest, rows);
  explanation.values[3]! += 1e-6;
  assert.throws(() => requireAdditive(explanation, predictRaw(forest, rows).values), /row 0 add up to/);
});

Deno.test("interventionalShap() refuses an empty background", () => {
  const forest = goldenForest("xgb_regression");
  assert.throws(() => interventionalShap(forest, matrix(0, 6), matrix(0, 6)), /background must have a row/);
});

Deno.test("gaussLegendre() is exact for polynomials of degree 2n − 1", () => {
  for (let n = 1; n <= 15; n++) {
    const { nodes, weights } = gaussLegendre(n);
    for (let degree = 0; degree < 2 * n; degree++) {
      const integral = nodes.reduce((sum, t, q) => sum + weights[q]! * t ** degree, 0);
      almostEqual(integral, 1 / (degree + 1), 1e-14, `∫ t^${degree} over (0, 1)`);
    }
  }
});
