import assert from "node:assert/strict";
import { compiledBeside, compileKernel } from "../../core/compile_kernel.ts";
import { createRng, type Rng } from "../../core/mod.ts";
import { type CategorySplit, type Forest, leafOf, type Tree } from "../forest.ts";
import { addLeaves, rankRows } from "./add_leaves.ts";
import { packForest } from "./pack_forest.ts";
import { rankForest, rankGoesLeft } from "./ranks.ts";

Deno.test("kernel.wasm of prediction is what kernel.as.ts compiles to, byte for byte", async () => {
  const source = new URL("./kernel.as.ts", import.meta.url);
  assert.deepEqual(await Deno.readFile(compiledBeside(source)), await compileKernel(source));
});

const COLUMNS = 5;

/** A tree with `leaves` leaves, cut at random; `symmetric` cuts every node of a level alike, `exotic` also at categories and zeros. */
function drawTree(rng: Rng, leaves: number, { symmetric = false, exotic = false } = {}): Tree {
  const nodes = [{ feature: -1, threshold: NaN, left: -1, right: -1, missing: 0, split: undefined }] as {
    feature: number;
    threshold: number;
    left: number;
    right: number;
    missing: number;
    split: CategorySplit | undefined;
  }[];
  const draw = (): {
    feature: number;
    threshold: number;
    missing: number;
    split: CategorySplit | undefined;
  } => {
    const members = new Set([-1, 0, 1, 2, 3].filter(() => rng.uniform() < 0.4));
    return {
      feature: rng.integer(COLUMNS),
      threshold: [rng.normal(), 0, Infinity, -Infinity][rng.categorical([0.7, 0.1, 0.1, 0.1])]!,
      missing: exotic ? rng.integer(5) : rng.integer(3),
      split: exotic && rng.uniform() < 0.3 ? { members, membersGoLeft: rng.uniform() < 0.5 } : undefined,
    };
  };
  for (let open = [0]; nodes.length < 2 * leaves - 1;) {
    const test = draw();
    const cut = symmetric ? open : [open[rng.integer(open.length)]!];
    const next = symmetric ? [] : open.filter((node) => node !== cut[0]);
    for (const node of cut) {
      const left = nodes.length;
      nodes.push({ ...nodes[0]!, feature: -1 }, { ...nodes[0]!, feature: -1 });
      nodes[node] = { ...test, left, right: left + 1 };
      next.push(left, left + 1);
    }
    open = next;
  }
  return {
    output: rng.integer(2),
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    categories: nodes.map(({ split, feature }) => feature < 0 ? undefined : split),
    missing: Uint8Array.from(nodes, ({ missing }) => missing),
    left: Int32Array.from(nodes, ({ left, feature }) => feature < 0 ? -1 : left),
    right: Int32Array.from(nodes, ({ right, feature }) => feature < 0 ? -1 : right),
    value: rng.normals(nodes.length),
    cover: new Float64Array(nodes.length).fill(1),
    leafNumber: Int32Array.from(nodes.keys()),
  };
}

function forestOf(trees: Tree[]): Forest {
  const features = Array.from({ length: COLUMNS }, (_, f) => `x${f}`);
  return {
    features,
    outputs: 2,
    trees,
    base: new Float64Array(2),
    link: "identity",
    steepness: 1,
    float32: false,
  };
}

/** Values that sit on, between and beyond whatever a test can tell apart. */
function drawValues(rng: Rng, rows: number, forest: Forest): Float64Array {
  const { cuts } = rankForest(forest);
  return Float64Array.from({ length: rows * COLUMNS }, (_, i) => {
    const own = cuts[i % COLUMNS]!;
    const special = [
      NaN,
      0,
      -0,
      Infinity,
      -Infinity,
      1e-35,
      -1e-35,
      2e-35,
      rng.integer(6) - 2,
      rng.normal() * 3,
    ];
    return rng.uniform() < 0.3 && own.length > 0
      ? own[rng.integer(own.length)]!
      : special[rng.integer(special.length)]!;
  });
}

const KINDS = [
  { form: "outcomes", leaves: 64, options: { symmetric: true } },
  { form: "outcomes", leaves: 8, options: { exotic: true } },
  { form: "masks", leaves: 32, options: {} },
  { form: "masks", leaves: 21, options: { exotic: true } },
  { form: "nodes", leaves: 100, options: {} },
  { form: "nodes", leaves: 60, options: { exotic: true } },
] as const;

for (const { form, leaves, options } of KINDS) {
  Deno.test(`addLeaves() gives the bits of leafOf() for ${JSON.stringify({ form, leaves, ...options })}`, () => {
    const rng = createRng(leaves, "add-leaves");
    const forest = forestOf(Array.from({ length: 40 }, () => drawTree(rng, leaves, options)));
    assert.ok(packForest(forest).trees.every((tree) => tree.form === form));
    for (const rows of [1, 300]) {
      const values = drawValues(rng, rows, forest);
      const expected = rng.normals(2 * rows);
      const found = expected.slice();
      for (let row = 0; row < rows; row++) {
        for (const tree of forest.trees) {
          const leaf = leafOf(tree, values.subarray(row * COLUMNS, (row + 1) * COLUMNS));
          expected[2 * row + tree.output]! += tree.value[leaf]!;
        }
      }
      addLeaves(forest, values, found);
      assert.deepEqual(found, expected);
    }
  });
}

Deno.test("addLeaves() adds the one leaf of a tree without tests", () => {
  const rng = createRng(1, "one-leaf");
  const forest = forestOf([drawTree(rng, 1)]);
  const raw = new Float64Array(2);
  addLeaves(forest, new Float64Array(COLUMNS), raw);
  assert.equal(raw[forest.trees[0]!.output], forest.trees[0]!.value[0]);
});

Deno.test("rankRows() ranks values so that every test goes the way of the value", () => {
  const rng = createRng(2, "rank-rows");
  const forest = forestOf([drawTree(rng, 64, { exotic: true })]);
  const rows = 600;
  const values = drawValues(rng, rows, forest);
  const ranks = rankRows(forest, values);
  const [ranked] = rankForest(forest).trees;
  const { tree } = ranked!;
  for (let row = 0; row < rows; row++) {
    const leaf = leafOf(tree, values.subarray(row * COLUMNS, (row + 1) * COLUMNS));
    let node = 0;
    while (tree.feature[node]! >= 0) {
      const rank = ranks[tree.feature[node]! * rows + row]!;
      node = rankGoesLeft(ranked!, node, rank) ? tree.left[node]! : tree.right[node]!;
    }
    assert.equal(node, leaf);
  }
});
