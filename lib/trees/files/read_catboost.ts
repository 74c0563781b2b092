import { z } from "zod";
import { type CategorySplit, type Forest, type Link, MISSING, type Tree } from "../forest.ts";

const floatFeature = z.looseObject({
  feature_id: z.string().optional(),
  flat_feature_index: z.number(),
  feature_index: z.number(),
  nan_value_treatment: z.enum(["AsIs", "AsFalse", "AsTrue"]),
});

const categoryFeature = z.looseObject({
  feature_id: z.string().optional(),
  flat_feature_index: z.number(),
  feature_index: z.number(),
});

const splitSchema = z.discriminatedUnion("split_type", [
  z.strictObject({
    split_type: z.literal("FloatFeature"),
    border: z.number(),
    float_feature_index: z.number(),
    split_index: z.number(),
  }),
  z.strictObject({
    split_type: z.literal("OneHotFeature"),
    cat_feature_index: z.number(),
    value: z.number(),
    split_index: z.number(),
  }),
]);

const obliviousTree = z.strictObject({
  leaf_values: z.array(z.number()),
  leaf_weights: z.array(z.number()),
  splits: z.array(splitSchema).nullish(),
});

interface Branch {
  split: z.infer<typeof splitSchema>;
  left: TreeNode;
  right: TreeNode;
}
interface Leaf {
  value: number | number[];
  weight: number;
}
type TreeNode = Branch | Leaf;

const treeNode: z.ZodType<TreeNode> = z.lazy(() =>
  z.union([
    z.strictObject({ value: z.union([z.number(), z.array(z.number())]), weight: z.number() }),
    z.strictObject({ split: splitSchema, left: treeNode, right: treeNode }),
  ])
);

const modelSchema = z.looseObject({
  features_info: z.looseObject({
    float_features: z.array(floatFeature).nullish(),
    categorical_features: z.array(categoryFeature).nullish(),
    ctrs: z.unknown().optional(),
    text_features: z.unknown().optional(),
    embedding_features: z.unknown().optional(),
    cat_features_hash: z.array(z.object({ hash: z.number(), value: z.string() })).nullish(),
  }),
  model_info: z.looseObject({ class_params: z.unknown().optional() }).optional(),
  oblivious_trees: z.array(obliviousTree).optional(),
  trees: z.array(treeNode).optional(),
  scale_and_bias: z.tuple([z.number(), z.array(z.number())]),
});

type Model = z.infer<typeof modelSchema>;

/** Where a split's feature stands among the columns, and what a missing value does there. */
interface Places {
  readonly floats: ReadonlyMap<number, { readonly column: number; readonly missing: number }>;
  readonly categories: ReadonlyMap<number, number>;
}

/**
 * Reads a model that CatBoost saved as JSON: symmetric, depthwise and lossguide trees over numbers and one-hot categories. A category
 * enters as its code from `categoryCodes`.
 *
 * @param text The file that `save_model(…, format="json", pool=…)` writes.
 * @throws {SyntaxError} If it is cut short or holds what is not read here (ordered target statistics, text, embeddings, several outputs);
 * the message names it.
 * @see https://catboost.ai/docs/en/concepts/json_model_format
 */
export function readCatBoost(text: string): Forest {
  const model = parse(text);
  const info = model.features_info;
  const [scale, bias] = model.scale_and_bias;
  if (bias.length !== 1) refuse(`scale_and_bias tells of ${bias.length} outputs, only one is read`);
  const places = placesOf(info);
  const trees = model.oblivious_trees?.map((tree) => fromOblivious(tree, places, scale)) ??
    model.trees?.map((tree) => fromNested(tree, places, scale)) ??
    refuse("neither oblivious_trees nor trees is there");
  return {
    features: namesOf(info),
    outputs: 1,
    trees,
    base: Float64Array.of(bias[0]!),
    link: linkOf(model),
    steepness: 1,
    float32: true,
    ...codesOf(info),
  };
}

function refuse(why: string): never {
  throw new SyntaxError(`Cannot read the CatBoost model: ${why}`);
}

function parse(text: string): Model {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    refuse(`it must be JSON, ${(error as Error).message}: is the file cut short?`);
  }
  const info = (json as { features_info?: Record<string, unknown> } | null)?.features_info ?? {};
  for (const key of ["ctrs", "text_features", "embedding_features"]) {
    if (Array.isArray(info[key]) && info[key].length > 0) refuse(`features_info.${key} is not read`);
  }
  const result = modelSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  refuse(`${issue.path.join(".") || "the file"}: ${issue.message}`);
}

function placesOf(info: Model["features_info"]): Places {
  const missing = { AsIs: MISSING.left, AsFalse: MISSING.left, AsTrue: MISSING.right };
  return {
    floats: new Map(
      (info.float_features ?? []).map((f) => [
        f.feature_index,
        { column: f.flat_feature_index, missing: missing[f.nan_value_treatment] },
      ]),
    ),
    categories: new Map(
      (info.categorical_features ?? []).map((f) => [f.feature_index, f.flat_feature_index]),
    ),
  };
}

function namesOf(info: Model["features_info"]): string[] {
  const names: string[] = [];
  for (const feature of [...info.float_features ?? [], ...info.categorical_features ?? []]) {
    names[feature.flat_feature_index] = feature.feature_id || String(feature.flat_feature_index);
  }
  return Array.from(names, (name, i) => name ?? String(i));
}

/** The hash of a category in the trees is signed 32-bit, in the table unsigned. */
function codesOf(info: Model["features_info"]): Pick<Forest, "categoryCodes"> {
  if (!info.categorical_features?.length) return {};
  const codes = new Map((info.cat_features_hash ?? []).map(({ hash, value }) => [value, hash | 0]));
  return { categoryCodes: new Map(info.categorical_features.map((f) => [f.flat_feature_index, codes])) };
}

function linkOf(model: Model): Link {
  const classes = model.model_info?.class_params as { class_names?: unknown[] } | null | undefined;
  return classes?.class_names && classes.class_names.length > 0 ? "logistic" : "identity";
}

/** Nodes gathered one after the other; `finish` makes the arrays. */
class Nodes {
  readonly #rows: {
    feature: number;
    threshold: number;
    missing: number;
    categories?: CategorySplit;
    cover: number;
  }[] = [];
  readonly #children: [number, number][] = [];
  readonly #values: { value: number; number: number }[] = [];

  /** Adds a node and gives its place. */
  add(cover: number, leaf?: { value: number; number: number }): number {
    this.#rows.push({ feature: -1, threshold: NaN, missing: MISSING.left, cover });
    this.#children.push([-1, -1]);
    this.#values.push(leaf ?? { value: 0, number: -1 });
    return this.#rows.length - 1;
  }

  /** Makes a node a branch: what keeps the split's condition goes right. */
  branch(
    node: number,
    split: z.infer<typeof splitSchema>,
    places: Places,
    left: number,
    right: number,
  ): void {
    this.#children[node] = [left, right];
    const row = this.#rows[node]!;
    if (split.split_type === "OneHotFeature") {
      row.feature = places.categories.get(split.cat_feature_index) ??
        refuse(`cat_feature_index ${split.cat_feature_index} is unknown`);
      row.categories = { members: new Set([split.value]), membersGoLeft: false };
      return;
    }
    const place = places.floats.get(split.float_feature_index) ??
      refuse(`float_feature_index ${split.float_feature_index} is unknown`);
    [row.feature, row.threshold, row.missing] = [place.column, Math.fround(split.border), place.missing];
  }

  finish(): Tree {
    const rows = this.#rows;
    return {
      output: 0,
      feature: Int32Array.from(rows, (r) => r.feature),
      threshold: Float64Array.from(rows, (r) => r.threshold),
      categories: rows.map((r) => r.categories),
      missing: Uint8Array.from(rows, (r) => r.missing),
      left: Int32Array.from(this.#children, ([left]) => left),
      right: Int32Array.from(this.#children, ([, right]) => right),
      value: Float64Array.from(this.#values, (v) => v.value),
      cover: Float64Array.from(rows, (r) => r.cover),
      leafNumber: Int32Array.from(this.#values, (v) => v.number),
    };
  }
}

/** A symmetric tree written out: split k sets bit k of the leaf's number, and the last split is the root. */
function fromOblivious(tree: z.infer<typeof obliviousTree>, places: Places, scale: number): Tree {
  const splits = tree.splits ?? [];
  if (tree.leaf_values.length !== 1 << splits.length) {
    refuse(
      `a tree of ${splits.length} splits must have ${
        1 << splits.length
      } leaf values, it has ${tree.leaf_values.length}`,
    );
  }
  const nodes = new Nodes();
  const grow = (level: number, number: number): number => {
    if (level < 0) {
      return nodes.add(tree.leaf_weights[number]!, { value: scale * tree.leaf_values[number]!, number });
    }
    const below = tree.leaf_weights.filter((_, leaf) => leaf >> (level + 1) === number >> (level + 1));
    const node = nodes.add(below.reduce((a, b) => a + b, 0));
    const left = grow(level - 1, number);
    nodes.branch(node, splits[level]!, places, left, grow(level - 1, number | (1 << level)));
    return node;
  };
  grow(splits.length - 1, 0);
  return nodes.finish();
}

/** A depthwise or lossguide tree; its leaves are numbered level by level, from left to right. */
function fromNested(root: TreeNode, places: Places, scale: number): Tree {
  const nodes = new Nodes();
  const numbers = new Map(
    levelOrder(root).filter((node) => "value" in node).map((leaf, number) => [leaf, number]),
  );
  const grow = (at: TreeNode): number => {
    if ("value" in at) {
      if (typeof at.value !== "number") refuse("a leaf with several values is not read");
      return nodes.add(at.weight, { value: scale * at.value, number: numbers.get(at)! });
    }
    const node = nodes.add(weightOf(at));
    const left = grow(at.left);
    nodes.branch(node, at.split, places, left, grow(at.right));
    return node;
  };
  grow(root);
  return nodes.finish();
}

function levelOrder(root: TreeNode): TreeNode[] {
  const order = [root];
  for (const node of order) if (!("value" in node)) order.push(node.left, node.right);
  return order;
}

function weightOf(node: TreeNode): number {
  return "value" in node ? node.weight : weightOf(node.left) + weightOf(node.right);
}
