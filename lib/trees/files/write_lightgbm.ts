import { ensure } from "../../core/mod.ts";
import { type Forest, type Link, MISSING, type Tree } from "../forest.ts";

const OBJECTIVES: Readonly<Record<Link, (forest: Forest) => string>> = {
  identity: () => "regression",
  logistic: ({ steepness }) => `binary sigmoid:${steepness}`,
  softmax: ({ outputs }) => `multiclass num_class:${outputs}`,
  exponential: () => "poisson",
};

/**
 * Writes a forest in LightGBM's text format, for LightGBM itself to load, predict with and explain. The base goes into the leaves of the
 * first tree of each output, as LightGBM does it, so that what is read back predicts the same to the last bit.
 *
 * @returns The text; {@linkcode readLightGbm} reads it back.
 * @throws {RangeError} If the format cannot hold the forest, naming what: values rounded to float32 first (XGBoost, CatBoost), missing
 * values that go with the named categories, categories that are not whole numbers from 0, covers that are not whole numbers from 1, a feature
 * name with white space or twice, outputs with different numbers of trees.
 * @see https://github.com/microsoft/LightGBM/blob/master/src/boosting/gbdt_model_text.cpp
 *
 * @example
 * ```ts
 * import { boost, readLightGbm, writeLightGbm } from "credible/trees";
 * import { matrix } from "credible/core";
 * const rows = matrix(40, 1, Float64Array.from({ length: 40 }, (_, i) => i));
 * const forest = boost(rows, rows.values.map((x) => Number(x >= 20)), { rounds: 3, minRows: 5 });
 * readLightGbm(writeLightGbm(forest)).trees.length; // 3
 * ```
 */
export function writeLightGbm(forest: Forest): string {
  requireHeld(forest);
  const blocks = inRounds(forest).map((tree, t) => `Tree=${t}\n${treeText(tree)}\n\n`);
  const bytes = new TextEncoder();
  return [
    "tree",
    "version=v4",
    `num_class=${forest.outputs}`,
    `num_tree_per_iteration=${forest.outputs}`,
    "label_index=0",
    `max_feature_idx=${forest.features.length - 1}`,
    `objective=${OBJECTIVES[forest.link](forest)}`,
    `feature_names=${forest.features.join(" ")}`,
    `feature_infos=${featureInfos(forest).join(" ")}`,
    `tree_sizes=${blocks.map((block) => bytes.encode(block).length).join(" ")}`,
    "",
    `${blocks.join("")}end of trees`,
    "",
    "feature_importances:",
    "",
    "parameters:",
    "end of parameters",
    "",
    "pandas_categorical:null",
    "",
  ].join("\n");
}

/** Why LightGBM's format cannot hold a name of a feature, or undefined where it can. */
export function whyNotName(name: string, all: readonly string[]): string | undefined {
  if (name === "" || /[\s",:[\]{}]/.test(name)) return 'without white space and ",:[]{}';
  return all.indexOf(name) === all.lastIndexOf(name) ? undefined : "unique";
}

const require = (ok: boolean, argument: string, rule: string, value: unknown): void =>
  ensure(ok, "write the forest as LightGBM text", argument, rule, value);

function requireHeld(forest: Forest): void {
  require(
    !forest.float32,
    "values",
    "compared in double",
    "rounded to float32 first, as XGBoost and CatBoost",
  );
  require(
    forest.outputs === 1 || forest.link === "softmax",
    "link",
    "softmax for several outputs",
    forest.link,
  );
  require(
    forest.steepness === 1 || forest.link === "logistic",
    "steepness",
    "1 for this link",
    forest.steepness,
  );
  for (const name of forest.features) {
    const rule = whyNotName(name, forest.features);
    require(rule === undefined, "a feature name", rule ?? "", JSON.stringify(name));
  }
  forest.trees.forEach((tree, t) => {
    // LightGBM divides by covers when it explains; those of a constant are not used.
    const held = (cover: number): boolean =>
      Number.isInteger(cover) && (cover >= 1 || tree.cover.length === 1);
    tree.cover.forEach((cover) => require(held(cover), `a cover of tree ${t}`, "a whole number ≥ 1", cover));
    tree.categories.forEach((split, node) => {
      if (!split) return;
      const missingGoesWithMembers = (tree.missing[node] === MISSING.left) === split.membersGoLeft;
      const where = `node ${node} of tree ${t}`;
      require(
        !missingGoesWithMembers,
        `the way of missing values at ${where}`,
        "that of other categories",
        "not",
      );
      for (const member of split.members) {
        const held = Number.isInteger(member) && member >= 0 && member < 2 ** 16;
        require(held, `a category at ${where}`, "a whole number in [0, 65536)", member);
      }
    });
  });
}

/** Trees in LightGBM's order, one of each output a round, each first one with the base in its leaves. */
function inRounds({ trees, outputs, base }: Forest): Tree[] {
  const byOutput = Array.from(base, (start, output) => {
    const own = trees.filter((tree) => tree.output === output);
    const [first = constantTree(output), ...others] = own;
    return [{ ...first, value: first.value.map((value) => start + value) }, ...others];
  });
  const rounds = byOutput[0]!.length;
  for (let output = 0; output < outputs; output++) {
    require(
      byOutput[output]!.length === rounds,
      "trees",
      `${rounds} for each output`,
      byOutput[output]!.length,
    );
  }
  return Array.from({ length: rounds }, (_, round) => byOutput.map((own) => own[round]!)).flat();
}

function constantTree(output: number): Tree {
  const none = Int32Array.of(-1);
  return {
    output,
    feature: none,
    threshold: Float64Array.of(NaN),
    categories: [undefined],
    missing: Uint8Array.of(0),
    left: none,
    right: none,
    value: Float64Array.of(0),
    cover: Float64Array.of(0),
    leafNumber: Int32Array.of(0),
  };
}

/** Inner nodes and leaves are numbered apart, both from 0, and a child −1 − k is leaf k. */
function treeText(tree: Tree): string {
  const nodes = Array.from(tree.feature, (_, node) => node);
  const inner = nodes.filter((node) => tree.feature[node]! >= 0);
  const leaves = nodes.filter((node) => tree.feature[node]! < 0);
  const number = new Int32Array(nodes.length);
  inner.forEach((node, k) => number[node] = k);
  leaves.forEach((node, k) => number[node] = ~k);
  const { sets, thresholds, boundaries, words } = categoryBits(tree, inner);
  // The format knows only members that go left.
  const swapped = (node: number): boolean => tree.categories[node]?.membersGoLeft === false;
  const child = (node: number, left: boolean): number =>
    number[(left !== swapped(node) ? tree.left : tree.right)[node]!]!;
  const list = (key: string, of: readonly number[], value: (node: number) => number): string =>
    `${key}=${of.map((node) => text(value(node))).join(" ")}`;
  return [
    `num_leaves=${leaves.length}`,
    `num_cat=${sets}`,
    list("split_feature", inner, (node) => tree.feature[node]!),
    list("split_gain", inner, (node) => tree.gain?.[node] ?? 0),
    list("threshold", inner, (node) => thresholds.get(node) ?? tree.threshold[node]!),
    list("decision_type", inner, (node) => tree.categories[node] ? 1 : decisionOf(tree.missing[node]!)),
    list("left_child", inner, (node) => child(node, true)),
    list("right_child", inner, (node) => child(node, false)),
    list("leaf_value", leaves, (node) => tree.value[node]!),
    list("leaf_weight", leaves, (node) => tree.cover[node]!),
    list("leaf_count", leaves, (node) => tree.cover[node]!),
    list("internal_value", inner, () => 0),
    list("internal_weight", inner, (node) => tree.cover[node]!),
    list("internal_count", inner, (node) => tree.cover[node]!),
    ...(sets > 0 ? [`cat_boundaries=${boundaries.join(" ")}`, `cat_threshold=${words.join(" ")}`] : []),
    "is_linear=0",
    "shrinkage=1",
  ].join("\n");
}

function text(value: number): string {
  return value === Infinity ? "inf" : value === -Infinity ? "-inf" : String(value);
}

/** Bit 1: missing goes left; bits 2–3: 0 NaN is read as zero, 1 zero is missing, 2 NaN is missing. */
function decisionOf(missing: number): number {
  return {
    [MISSING.left]: 10,
    [MISSING.right]: 8,
    [MISSING.asZero]: 2,
    [MISSING.zeroLeft]: 6,
    [MISSING.zeroRight]: 4,
  }[
    missing
  ]!;
}

interface CategoryBits {
  readonly sets: number;
  /** By node, the number of its set: what stands where numbers have a threshold. */
  readonly thresholds: ReadonlyMap<number, number>;
  readonly boundaries: readonly number[];
  readonly words: readonly number[];
}

/** The sets of categories as bits, 32 a word, one set after the other. */
function categoryBits(tree: Tree, inner: readonly number[]): CategoryBits {
  const thresholds = new Map<number, number>();
  const boundaries = [0];
  const words: number[] = [];
  for (const node of inner) {
    const split = tree.categories[node];
    if (!split) continue;
    const bits = new Uint32Array((Math.max(0, ...split.members) >> 5) + 1);
    for (const member of split.members) bits[member >> 5]! |= 1 << (member & 31);
    words.push(...bits);
    thresholds.set(node, boundaries.length - 1);
    boundaries.push(words.length);
  }
  return { sets: thresholds.size, thresholds, boundaries, words };
}

/** What LightGBM wants to know of each feature's values: a range, or the categories. */
function featureInfos({ features, trees }: Forest): string[] {
  const named = features.map(() => new Set<number>());
  for (const { feature, categories } of trees) {
    categories.forEach((split, node) =>
      split?.members.forEach((member) => named[feature[node]!]!.add(member))
    );
  }
  return named.map((members) => members.size > 0 ? [...members].join(":") : "[-inf:inf]");
}
