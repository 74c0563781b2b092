import { z } from "zod";
import { parseUbjson } from "./ubjson.ts";
import { type CategorySplit, type Forest, type Link, MISSING, type Tree } from "../forest.ts";

const LINKS: Readonly<Record<string, Link>> = {
  "binary:logistic": "logistic",
  "reg:logistic": "logistic",
  "binary:logitraw": "identity",
  "multi:softprob": "softmax",
  "multi:softmax": "softmax",
  "reg:squarederror": "identity",
  "reg:absoluteerror": "identity",
  "reg:pseudohubererror": "identity",
  "reg:quantileerror": "identity",
  "count:poisson": "exponential",
  "reg:gamma": "exponential",
  "reg:tweedie": "exponential",
};

const numbers = z.array(z.number());

const treeSchema = z.strictObject({
  base_weights: numbers,
  categories: numbers,
  categories_nodes: numbers,
  categories_segments: numbers,
  categories_sizes: numbers,
  default_left: numbers,
  id: z.number(),
  left_children: numbers,
  loss_changes: numbers,
  parents: numbers,
  right_children: numbers,
  split_conditions: numbers,
  split_indices: numbers,
  split_type: numbers,
  sum_hessian: numbers,
  tree_param: z.looseObject({ size_leaf_vector: z.string().optional() }),
});

const treesSchema = z.looseObject({ tree_info: numbers, trees: z.array(treeSchema) });

const boosterSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("gbtree"), model: treesSchema }),
  z.strictObject({
    name: z.literal("dart"),
    gbtree: z.looseObject({ model: treesSchema }),
    weight_drop: numbers,
  }),
]);

const modelSchema = z.looseObject({
  learner: z.looseObject({
    feature_names: z.array(z.string()),
    gradient_booster: boosterSchema,
    learner_model_param: z.looseObject({
      base_score: z.string(),
      num_class: z.string(),
      num_feature: z.string(),
      num_target: z.string().optional(),
    }),
    objective: z.looseObject({ name: z.string() }),
  }),
  version: z.tuple([z.number(), z.number(), z.number()]),
});

type XgboostTree = z.infer<typeof treeSchema>;

/**
 * Reads a model that XGBoost 2 or 3 saved as JSON or UBJSON: boosters `gbtree` and `dart`, numbers and categories.
 *
 * @param file What `Booster.save_model` writes: the text of a `.json`, or the bytes of a `.ubj`.
 * @throws {SyntaxError} If it is cut short, or has a booster, objective, version or field that is not known here; the message names it.
 * @see https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
export function readXgboost(file: string | Uint8Array): Forest {
  const { learner, version } = parse(file);
  if (version[0] < 2 || version[0] > 3) {
    refuse(`version must be 2 or 3, current value is ${version.join(".")}`);
  }
  const { name } = learner.objective;
  const link = LINKS[name] ??
    refuse(`objective must be one of ${Object.keys(LINKS).join(", ")}, current value is ${name}`);
  if (Number(learner.learner_model_param.num_target ?? 1) > 1) {
    refuse("num_target above 1 (several targets) is not read");
  }
  const booster = learner.gradient_booster;
  const { trees, tree_info } = booster.name === "dart" ? booster.gbtree.model : booster.model;
  const weights = booster.name === "dart" ? booster.weight_drop : trees.map(() => 1);
  const outputs = Math.max(1, Number(learner.learner_model_param.num_class));
  const columns = Number(learner.learner_model_param.num_feature);
  return {
    features: learner.feature_names.length > 0
      ? learner.feature_names
      : Array.from({ length: columns }, (_, i) => `f${i}`),
    outputs,
    trees: trees.map((tree, t) => readTree(tree, tree_info[t]!, weights[t]!)),
    base: baseOf(learner.learner_model_param.base_score, link, outputs),
    link,
    steepness: 1,
    float32: true,
  };
}

function refuse(why: string): never {
  throw new SyntaxError(`Cannot read the XGBoost model: ${why}`);
}

function parse(file: string | Uint8Array): z.infer<typeof modelSchema> {
  let json: unknown;
  try {
    json = typeof file === "string" ? JSON.parse(file) : parseUbjson(file);
  } catch (error) {
    const kind = typeof file === "string" ? "JSON" : "UBJSON";
    refuse(`it must be ${kind}, ${(error as Error).message}: is the file cut short?`);
  }
  const booster = (json as { learner?: { gradient_booster?: { name?: string } } })?.learner?.gradient_booster
    ?.name;
  if (booster !== undefined && booster !== "gbtree" && booster !== "dart") {
    refuse(`gradient_booster must be gbtree or dart, current value is ${booster}`);
  }
  const result = modelSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  refuse(`${issue.path.join(".") || "the file"}: ${issue.message}`);
}

/** `base_score` is a list in the space of predictions ("[7.38E-1]"), or one number for all. */
function baseOf(text: string, link: Link, outputs: number): Float64Array {
  const scores = text.replace(/[[\]]/g, "").split(",").map(Number);
  const margins = scores.map((p) =>
    link === "logistic" ? Math.log(p / (1 - p)) : link === "exponential" ? Math.log(p) : p
  );
  return Float64Array.from({ length: outputs }, (_, k) => margins[k] ?? margins[0]!);
}

function readTree(tree: XgboostTree, output: number, weight: number): Tree {
  if (Number(tree.tree_param.size_leaf_vector ?? 1) > 1) {
    refuse("size_leaf_vector above 1 (vector leaves) is not read");
  }
  const leaf = tree.left_children.map((child) => child < 0);
  return {
    output,
    feature: Int32Array.from(tree.split_indices, (feature, node) => leaf[node] ? -1 : feature),
    threshold: Float64Array.from(tree.split_conditions, (condition) => justBelow(condition)),
    categories: categoriesOf(tree),
    missing: Uint8Array.from(tree.default_left, (left) => left ? MISSING.left : MISSING.right),
    left: Int32Array.from(tree.left_children),
    right: Int32Array.from(tree.right_children),
    value: Float64Array.from(
      tree.split_conditions,
      (value, node) => leaf[node] ? weight * Math.fround(value) : 0,
    ),
    cover: Float64Array.from(tree.sum_hessian),
    gain: Float64Array.from(tree.loss_changes, (gain, node) => leaf[node] ? 0 : gain),
    leafNumber: Int32Array.from(leaf, (isLeaf, node) => isLeaf ? node : -1),
  };
}

/** The categories that a node lists go right. */
function categoriesOf(tree: XgboostTree): (CategorySplit | undefined)[] {
  const splits: (CategorySplit | undefined)[] = tree.split_indices.map(() => undefined);
  tree.categories_nodes.forEach((node, k) => {
    const start = tree.categories_segments[k]!;
    const members = new Set(tree.categories.slice(start, start + tree.categories_sizes[k]!));
    splits[node] = { members, membersGoLeft: false };
  });
  return splits;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** XGBoost goes left below the condition: at most the float32 just below it says the same of float32 values. */
function justBelow(condition: number): number {
  float[0] = condition;
  if (float[0] === 0) return -1.401298464324817e-45;
  bits[0]! += float[0]! > 0 ? -1 : 1;
  return float[0]!;
}
