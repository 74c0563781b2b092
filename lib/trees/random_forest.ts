import { createRng, ensure, type Matrix } from "../core/mod.ts";
import { type Forest, leafOf, type Tree } from "./forest.ts";
import { fitBins } from "./grow/bins.ts";
import { finishTree, heavierSides } from "./grow/finish_tree.ts";
import { growLeafwise, type GrownNode } from "./grow/growers.ts";
import { type Sums, Workspace } from "./grow/workspace.ts";
import { requireFinite } from "./loss_sums.ts";

/** Options of {@linkcode randomForest}. */
export interface RandomForestOptions {
  /** How many. @default {300} */
  readonly trees?: number;
  /** Most leaves of a tree. Memory grows with it: 2 KB a leaf and column. @default {256} */
  readonly leaves?: number;
  /** Fewest rows on a side of a cut, those drawn twice counted twice. @default {5} */
  readonly minRows?: number;
  /** Share of columns that each node may cut on, in (0, 1]. @default the square root of their number */
  readonly columnFraction?: number;
  /** Columns whose values are codes of categories, whole numbers from 0 to 254. @default none */
  readonly categories?: readonly number[];
  /** Names of the columns. @default {["f0", "f1", …]} */
  readonly features?: readonly string[];
  /** How many classes, 2 or more, where the target holds their numbers from 0. @default none: the target is an amount, or 0 and 1 */
  readonly classes?: number;
  /** Of the rows and columns drawn. @default {0} */
  readonly seed?: number;
  /** Told after each tree. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A random forest, and what it says of each training row by the trees that did not see it. */
export interface FittedRandomForest {
  /** Predicts the mean of the trees: a mean of the target, which for 0 and 1 is a chance; with `classes`, the chance of each. */
  readonly forest: Forest;
  /**
   * By training row, and class where there are `classes`, the mean over trees whose draw left the row out; NaN where none did. An honest
   * prediction without other rows.
   */
  readonly outOfBag: Float64Array;
}

/**
 * Fits a random forest: each tree on as many rows as there are, drawn with replacement, each node cut on columns drawn for it, all trees
 * averaged. Cuts lessen the squared error, which for a target of 0 and 1 is Gini impurity.
 *
 * With `classes`, each tree gives the classes random marks and lessens the squared error of these, whose mean over marks is the Gini
 * impurity of all classes; its leaves hold the shares of the classes, so that chances add up to 1 (Joly, Geurts and Wehenkel 2014).
 *
 * @param rows One row a customer; NaN is missing and learns its way at each cut.
 * @param target Numbers, or 0 and 1; with `classes`, whole numbers below it.
 * @throws {RangeError} If a value is infinite, a target is not finite or not a class, an option is out of range, or there are fewer than 2 rows.
 * @see Breiman 2001, https://doi.org/10.1023/A:1010933404324
 * @see Joly, Geurts and Wehenkel 2014, https://doi.org/10.1007/978-3-662-44848-9_39
 *
 * @example
 * ```ts
 * import { predict, randomForest } from "credible/trees";
 * import { matrix } from "credible/core";
 * const rows = matrix(60, 1, Float64Array.from({ length: 60 }, (_, i) => i));
 * const { forest } = randomForest(rows, rows.values.map((x) => Number(x >= 30)), { trees: 50 });
 * predict(forest, matrix(2, 1, Float64Array.of(3, 55))).values; // near 0, near 1
 * ```
 */
export function randomForest(
  rows: Matrix,
  target: Float64Array,
  options: RandomForestOptions = {},
): FittedRandomForest {
  const { trees = 300, leaves = 256, minRows = 5, categories = [], seed = 0 } = options;
  const { columnFraction = 1 / Math.sqrt(rows.columns) } = options;
  const features = options.features ?? Array.from({ length: rows.columns }, (_, f) => `f${f}`);
  const require = (ok: boolean, argument: string, rule: string, value: unknown): void =>
    ensure(ok, "fit the random forest", argument, rule, value);
  require(rows.rows >= 2, "the number of rows", "at least 2", rows.rows);
  require(rows.columns >= 1, "the number of columns", "at least 1", rows.columns);
  require(target.length === rows.rows, "target", `as long as there are rows, ${rows.rows}`, target.length);
  require(
    features.length === rows.columns,
    "features",
    `as many names as columns, ${rows.columns}`,
    features.length,
  );
  require(Number.isInteger(trees) && trees >= 1, "trees", "a whole number ≥ 1", trees);
  require(Number.isInteger(leaves) && leaves >= 2, "leaves", "a whole number ≥ 2", leaves);
  require(minRows >= 1, "minRows", "≥ 1", minRows);
  require(columnFraction > 0 && columnFraction <= 1, "columnFraction", "in (0, 1]", columnFraction);
  for (const feature of categories) {
    const isColumn = Number.isInteger(feature) && feature >= 0 && feature < rows.columns;
    require(isColumn, "categories", `columns from 0 to ${rows.columns - 1}`, feature);
  }
  requireFinite(target);
  const { classes } = options;
  if (classes !== undefined) {
    require(Number.isInteger(classes) && classes >= 2, "classes", "a whole number ≥ 2", classes);
    for (const label of target) {
      const isClass = Number.isInteger(label) && label >= 0 && label < classes;
      require(isClass, "a target", `a class, a whole number from 0 to ${classes - 1}`, label);
    }
  }
  const bins = fitBins(rows, seed, categories);
  using space = new Workspace(rows, bins, { slots: leaves });
  const heavier = heavierSides(space);
  // The error of a leaf is least at its mean: the gradient at 0 is −target, the hessian 1.
  space.gradient.set(target.map((y) => -y));
  space.hessian.fill(1);
  const outputs = classes ?? 1;
  const votes = new Votes(rows, outputs);
  const grown = Array.from({ length: trees }, (_, t): Tree[] => {
    options.signal?.throwIfAborted();
    const rng = createRng(seed, "random-forest", t);
    const drawn = Uint32Array.from({ length: rows.rows }, () => rng.integer(rows.rows)).sort();
    if (classes !== undefined) {
      const marks = rng.normals(classes);
      space.gradient.set(target.map((label) => -marks[label]!));
    }
    space.begin(drawn);
    space.packGradients();
    const drawColumns = (): void => {
      space.use.fill(0);
      const kept = Math.max(1, Math.round(columnFraction * rows.columns));
      for (const f of rng.permutation(rows.columns).subarray(0, kept)) space.use[f] = 1;
    };
    const limits = { leaves, depth: 64, minRows, minHessian: 0, l2: 0, beforeCut: drawColumns };
    const shape = growLeafwise(space, limits);
    const mean = (_: GrownNode, { gradient, hessian }: Sums): number => -gradient / hessian / trees;
    const tree = finishTree(shape, space, 0, mean, 0, heavier);
    const own = classes === undefined ? [tree] : classTrees(tree, rows, drawn, target, classes, trees);
    votes.add(own, drawn, trees);
    options.onProgress?.(t + 1, trees);
    return own;
  });
  const forest = {
    features,
    outputs,
    trees: grown.flat(),
    base: new Float64Array(outputs),
    link: "identity",
    steepness: 1,
    float32: false,
  } as const;
  return { forest, outOfBag: votes.means() };
}

function leafOfRow(tree: Tree, { values, columns }: Matrix, row: number): number {
  return leafOf(tree, values.subarray(row * columns, (row + 1) * columns));
}

/** One tree for each class on the same cuts: by leaf, its share of the drawn rows over the number of trees. */
function classTrees(
  tree: Tree,
  rows: Matrix,
  drawn: Uint32Array,
  labels: Float64Array,
  classes: number,
  trees: number,
): Tree[] {
  const counts = Array.from({ length: classes }, () => new Float64Array(tree.value.length));
  const all = new Float64Array(tree.value.length);
  for (const row of drawn) {
    const leaf = leafOfRow(tree, rows, row);
    counts[labels[row]!]![leaf]!++;
    all[leaf]!++;
  }
  return counts.map((own, output) => ({
    ...tree,
    output,
    value: own.map((count, node) => count === 0 ? 0 : count / all[node]! / trees),
  }));
}

/** What trees say of the rows that they did not draw. */
class Votes {
  readonly #rows: Matrix;
  readonly #outputs: number;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(rows: Matrix, outputs: number) {
    this.#rows = rows;
    this.#outputs = outputs;
    this.#sums = new Float64Array(rows.rows * outputs);
    this.#counts = new Float64Array(rows.rows);
  }

  /** @param own A tree for each output, all with the same cuts. */
  add(own: readonly Tree[], drawn: Uint32Array, trees: number): void {
    const seen = new Uint8Array(this.#rows.rows);
    for (const row of drawn) seen[row] = 1;
    for (let row = 0; row < seen.length; row++) {
      if (seen[row]) continue;
      const leaf = leafOfRow(own[0]!, this.#rows, row);
      own.forEach(({ value }, k) => this.#sums[row * this.#outputs + k]! += trees * value[leaf]!);
      this.#counts[row]!++;
    }
  }

  means(): Float64Array {
    return this.#sums.map((sum, k) => {
      const count = this.#counts[Math.floor(k / this.#outputs)]!;
      return count > 0 ? sum / count : NaN;
    });
  }
}
