/** What a node does with a value that is missing. */
export const MISSING = {
  /** NaN goes left. */
  left: 0,
  /** NaN goes right. */
  right: 1,
  /** NaN is read as 0. */
  asZero: 2,
  /** NaN and 0 (|x| ≤ 1e-35) are both missing and go left. */
  zeroLeft: 3,
  /** NaN and 0 (|x| ≤ 1e-35) are both missing and go right. */
  zeroRight: 4,
} as const;

/** The categories that a node names, and whether they go left or right. All others go the other way. */
export interface CategorySplit {
  /** The codes of the categories that are named. */
  readonly members: ReadonlySet<number>;
  /** Whether these go left. */
  readonly membersGoLeft: boolean;
}

/** One tree as flat arrays over its nodes; node 0 is the root. */
export interface Tree {
  /** The raw output that this tree adds to; 0 unless the model has several classes. */
  readonly output: number;
  /** The feature that a node splits on; −1 for a leaf. */
  readonly feature: Int32Array;
  /** A value of at most this goes left. */
  readonly threshold: Float64Array;
  /** By node, where it splits on categories. */
  readonly categories: readonly (CategorySplit | undefined)[];
  /** One of {@linkcode MISSING} by node. */
  readonly missing: Uint8Array;
  /** The child for values that go left; −1 for a leaf. */
  readonly left: Int32Array;
  /** The child for values that go right; −1 for a leaf. */
  readonly right: Int32Array;
  /** What a leaf adds to the raw output. */
  readonly value: Float64Array;
  /** The weight of training rows that reached a node, in the unit of the library that grew the tree. */
  readonly cover: Float64Array;
  /** By node, how much its split lessened the loss, as the library counts it; absent where the library does not tell. */
  readonly gain?: Float64Array;
  /** The library's own number of a leaf. */
  readonly leafNumber: Int32Array;
}

/** How raw outputs become predictions. */
export type Link = "identity" | "logistic" | "softmax" | "exponential";

/** A fitted sum of trees, wherever it was grown. */
export interface Forest {
  /** Names of the columns that it reads, in order. */
  readonly features: readonly string[];
  /** How many raw outputs: 1, or the number of classes. */
  readonly outputs: number;
  /** In the order in which they were grown. */
  readonly trees: readonly Tree[];
  /** What every raw output starts from. */
  readonly base: Float64Array;
  /** From raw outputs to predictions. */
  readonly link: Link;
  /** Steepness inside the logistic link, as LightGBM's `sigmoid`. */
  readonly steepness: number;
  /** Whether values are rounded to float32 before they meet a threshold, as XGBoost and CatBoost do. */
  readonly float32: boolean;
  /** The numbers that stand for categories, by feature; absent where a category is its own number. */
  readonly categoryCodes?: ReadonlyMap<number, ReadonlyMap<string, number>>;
}

/** |x| up to this is zero where zero means missing (LightGBM's kZeroThreshold). */
export const ZERO = 1e-35;

/** Whether a value goes left at a node; it is already rounded where the forest rounds. */
export function goesLeft(tree: Tree, node: number, value: number): boolean {
  const split = tree.categories[node];
  const missing = tree.missing[node]!;
  if (split) {
    if (Number.isNaN(value)) return missing === MISSING.left;
    return split.members.has(Math.trunc(value)) === split.membersGoLeft;
  }
  if (missing >= MISSING.zeroLeft && (Number.isNaN(value) || Math.abs(value) <= ZERO)) {
    return missing === MISSING.zeroLeft;
  }
  if (Number.isNaN(value)) {
    return missing === MISSING.asZero ? 0 <= tree.threshold[node]! : missing === MISSING.left;
  }
  return value <= tree.threshold[node]!;
}

/** The leaf that a row falls into. */
export function leafOf(tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  while (tree.feature[node]! >= 0) {
    node = goesLeft(tree, node, row[tree.feature[node]!]!) ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}
