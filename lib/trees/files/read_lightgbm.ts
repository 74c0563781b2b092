import { type CategorySplit, type Forest, type Link, MISSING, type Tree } from "../forest.ts";

/** Keys of a tree's block that are read or may be passed over: any other is refused. */
const TREE_KEYS = new Set(
  ("num_leaves num_cat split_feature split_gain threshold decision_type left_child right_child leaf_value leaf_weight " +
    "leaf_count internal_value internal_weight internal_count cat_boundaries cat_threshold is_linear shrinkage")
    .split(" "),
);

const HEADER_KEYS = new Set(
  ("version num_class num_tree_per_iteration label_index max_feature_idx objective feature_names feature_infos " +
    "tree_sizes monotone_constraints average_output").split(" "),
);

const VERSIONS = ["v3", "v4"];

const LINKS: Readonly<Record<string, Link>> = {
  binary: "logistic",
  multiclass: "softmax",
  regression: "identity",
  regression_l1: "identity",
  huber: "identity",
  quantile: "identity",
  mape: "identity",
  fair: "identity",
  poisson: "exponential",
  gamma: "exponential",
  tweedie: "exponential",
};

/**
 * Reads a model in LightGBM's text format.
 *
 * @param text The file that `Booster.save_model` writes.
 * @throws {SyntaxError} If it is cut short or not such a file, or has a version, objective or field that is not known here; the message
 * names it.
 * @see https://github.com/microsoft/LightGBM/blob/master/src/boosting/gbdt_model_text.cpp
 */
export function readLightGbm(text: string): Forest {
  const end = text.indexOf("\nend of trees");
  if (!text.startsWith("tree\n")) refuse('it must begin with the line "tree"');
  if (end < 0) refuse('the line "end of trees" is missing: the file is cut short');
  const [head, ...blocks] = text.slice("tree\n".length, end).split(/\n(?=Tree=\d+\n)/);
  const header = fields(head!, HEADER_KEYS, "the header");
  if (!VERSIONS.includes(header.get("version") ?? "")) {
    refuse(`version must be one of ${VERSIONS.join(", ")}, current value is ${header.get("version")}`);
  }
  if (header.has("average_output")) refuse("average_output (a random forest of LightGBM) is not read");
  const [objective = "", ...settings] = (header.get("objective") ?? "").split(" ");
  const link = LINKS[objective] ??
    refuse(`objective must be one of ${Object.keys(LINKS).join(", ")}, current value is ${objective}`);
  if (settings.includes("sqrt")) refuse("objective with sqrt (reg_sqrt) is not read");
  const sizes = (header.get("tree_sizes") ?? "").split(" ").filter(Boolean);
  if (sizes.length !== blocks.length) {
    refuse(`tree_sizes tells of ${sizes.length} trees and the file holds ${blocks.length}`);
  }
  const perIteration = Number(header.get("num_tree_per_iteration") ?? 1);
  return {
    features: (header.get("feature_names") ?? "").split(" "),
    outputs: perIteration,
    trees: blocks.map((block, t) => readTree(block, t, t % perIteration)),
    base: new Float64Array(perIteration),
    link,
    steepness: Number(settings.find((s) => s.startsWith("sigmoid:"))?.slice("sigmoid:".length) ?? 1),
    float32: false,
  };
}

function refuse(why: string): never {
  throw new SyntaxError(`Cannot read the LightGBM model: ${why}`);
}

function fields(block: string, known: ReadonlySet<string>, where: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of block.split("\n").filter((l) => l.trim() !== "")) {
    const at = line.indexOf("=");
    const key = at < 0 ? line : line.slice(0, at);
    if (!known.has(key)) refuse(`the field "${key}" of ${where} is not known`);
    found.set(key, at < 0 ? "" : line.slice(at + 1));
  }
  return found;
}

/** Inner nodes come first, then the leaves: LightGBM's child −1 is leaf 0, −2 is leaf 1. */
function readTree(block: string, index: number, output: number): Tree {
  const found = fields(block.slice(block.indexOf("\n") + 1), TREE_KEYS, `tree ${index}`);
  if (Number(found.get("is_linear") ?? 0) !== 0) refuse(`tree ${index} has linear leaves (is_linear)`);
  const leaves = Number(found.get("num_leaves"));
  const inner = leaves - 1;
  const numbers = (key: string, length: number): number[] => {
    const values = (found.get(key) ?? "").split(" ").filter(Boolean).map(toNumber);
    if (values.length !== length) {
      refuse(`${key} of tree ${index} must have ${length} numbers, it has ${values.length}`);
    }
    if (values.some(Number.isNaN)) refuse(`${key} of tree ${index} holds what is no number`);
    return values;
  };
  const types = numbers("decision_type", inner);
  const thresholds = numbers("threshold", inner);
  const child = (c: number): number => c < 0 ? inner + ~c : c;
  const sets = Number(found.get("num_cat") ?? 0) > 0 ? categorySets(found, numbers) : [];
  const counts = inner === 0 ? [1] : numbers("leaf_count", leaves);
  const blank = <T>(n: number, value: T): T[] => Array<T>(n).fill(value);
  return {
    output,
    feature: Int32Array.from([...numbers("split_feature", inner), ...blank(leaves, -1)]),
    threshold: Float64Array.from([...thresholds, ...blank(leaves, NaN)]),
    categories: [
      ...types.map((type, node) =>
        type & 1 ? { members: sets[thresholds[node]!]!, membersGoLeft: true } : undefined
      ),
      ...blank(leaves, undefined),
    ] as (CategorySplit | undefined)[],
    missing: Uint8Array.from([...types.map(missingOf), ...blank(leaves, 0)]),
    left: Int32Array.from([...numbers("left_child", inner).map(child), ...blank(leaves, -1)]),
    right: Int32Array.from([...numbers("right_child", inner).map(child), ...blank(leaves, -1)]),
    value: Float64Array.from([...blank(inner, 0), ...numbers("leaf_value", leaves)]),
    cover: Float64Array.from([...numbers("internal_count", inner), ...counts]),
    gain: Float64Array.from([...numbers("split_gain", inner), ...blank(leaves, 0)]),
    leafNumber: Int32Array.from([...blank(inner, -1), ...blank(leaves, 0).map((_, leaf) => leaf)]),
  };
}

/** LightGBM writes `inf` where a split parts missing values from all others. */
function toNumber(text: string): number {
  return text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
}

/** Bit 0: categories; bit 1: missing goes left; bits 2–3: 0 NaN is read as zero, 1 zero is missing, 2 NaN is missing. */
function missingOf(type: number): number {
  if (type & 1) return MISSING.right;
  const [left, kind] = [Boolean(type & 2), (type >> 2) & 3];
  if (kind === 0) return MISSING.asZero;
  if (kind === 1) return left ? MISSING.zeroLeft : MISSING.zeroRight;
  return left ? MISSING.left : MISSING.right;
}

/** Sets of categories as bits: set k is the words from boundary k to boundary k + 1. */
function categorySets(
  found: Map<string, string>,
  numbers: (key: string, length: number) => number[],
): Set<number>[] {
  const boundaries = numbers("cat_boundaries", Number(found.get("num_cat")) + 1);
  const words = numbers("cat_threshold", boundaries.at(-1)!);
  return boundaries.slice(0, -1).map((start, k) => {
    const set = new Set<number>();
    for (let word = start; word < boundaries[k + 1]!; word++) {
      for (let bit = 0; bit < 32; bit++) if ((words[word]! >>> bit) & 1) set.add((word - start) * 32 + bit);
    }
    return set;
  });
}
