import { createRng, ensure, type Matrix } from "../core/mod.ts";
import { type Forest, leafOf, MISSING, type Tree } from "./forest.ts";
import { type Bins, fitBins } from "./grow/bins.ts";
import { clip, growLeafwise, type GrownTree, growSymmetric, type GrowthLimits } from "./grow/growers.ts";
import { Workspace } from "./grow/workspace.ts";
import { logistic, type Loss } from "./losses.ts";

/** Options of {@linkcode boost}. */
export interface BoostOptions {
  /** What to minimise. @default {logistic} */
  readonly loss?: Loss;
  /** `leafwise` as LightGBM's, `symmetric` as CatBoost's. @default {"leafwise"} */
  readonly grower?: "leafwise" | "symmetric";
  /** Most rounds. @default {300} */
  readonly rounds?: number;
  /** The share of each tree that is taken, in (0, 1]. @default {0.1} */
  readonly learningRate?: number;
  /** Most leaves of a leaf-wise tree. @default {31} */
  readonly leaves?: number;
  /** Most levels of cuts. @default {6 for symmetric trees, else 64} */
  readonly depth?: number;
  /** Fewest rows on a side of a cut of a leaf-wise tree. @default {20} */
  readonly minRows?: number;
  /** Smallest hessian on a side of a cut of a leaf-wise tree. @default {1e-3} */
  readonly minHessian?: number;
  /** Added to the hessian of a leaf. @default {3 for symmetric trees, else 0} */
  readonly l2?: number;
  /** By row, above or at 0; their scale does not matter much. @default all 1 */
  readonly weights?: Float64Array;
  /** Share of rows drawn for each tree, in (0, 1]. @default {1} */
  readonly rowFraction?: number;
  /** Share of columns drawn for each tree, in (0, 1]. @default {1} */
  readonly columnFraction?: number;
  /** By column: −1 where predictions must not rise with it, 1 where they must not fall. Leaf-wise trees only. @default all 0 */
  readonly monotone?: readonly number[];
  /** Stops when the loss on these rows has not fallen for `patience` rounds, and keeps the best. */
  readonly validation?: { readonly rows: Matrix; readonly target: Float64Array; readonly patience?: number };
  /** Of the rows and columns drawn and of the sample for cut points. @default {0} */
  readonly seed?: number;
  /** Names of the columns. @default {["f0", "f1", …]} */
  readonly features?: readonly string[];
  /** Told after each round. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Fits boosted trees by second-order steps on binned features.
 *
 * @param rows One row a customer; NaN is missing and learns its way at each cut.
 * @param target As the loss takes it: 0 and 1 for `logistic`.
 * @throws {RangeError} If the target is not of the loss or has one class, a value is infinite, a weight is negative or all are 0, an
 * option is out of range, or there are fewer than 2 rows.
 *
 * @example
 * ```ts
 * import { boost, predict } from "credible/trees";
 * import { matrix } from "credible/core";
 * const rows = matrix(40, 1, Float64Array.from({ length: 40 }, (_, i) => i));
 * const target = Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20));
 * const forest = boost(rows, target, { rounds: 20, minRows: 5 });
 * predict(forest, matrix(2, 1, Float64Array.of(3, 33))).values; // near 0, near 1
 * ```
 */
export function boost(rows: Matrix, target: Float64Array, options: BoostOptions = {}): Forest {
  const settings = settle(rows, target, options);
  const { loss, weights, bins, limits, grow, learningRate, validation } = settings;
  const space = new Workspace(rows, bins, limits.leaves);
  settings.monotone.forEach((direction, feature) => space.monotone[feature] = direction);
  const heavier = heavierSides(rows, bins);
  const base = loss.start(target, weights);
  const raw = Array.from(base, (start) => new Float64Array(rows.rows).fill(start));
  const watch = validation && new Watch(validation, base, loss);
  const trees: Tree[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    options.signal?.throwIfAborted();
    const active = drawRows(space, settings.rowFraction, settings.seed, round);
    drawColumns(space, settings.columnFraction, settings.seed, round);
    const grown: Tree[] = [];
    for (let output = 0; output < loss.outputs; output++) {
      loss.gradients(raw, output, target, weights, space.gradient, space.hessian);
      space.packGradients();
      const shape = grow(space, active, limits);
      const tree = finish(shape, space, output, learningRate, limits.l2, heavier);
      addTree(raw[output]!, shape, tree, space, rows, active);
      grown.push(tree);
    }
    trees.push(...grown);
    options.onProgress?.(round + 1, settings.rounds);
    if (
      grown.every((tree) => tree.feature.length === 1) && settings.columnFraction === 1 &&
      settings.rowFraction === 1
    ) break;
    if (watch?.isOver(grown)) break;
  }
  const kept = watch ? trees.slice(0, watch.bestRounds * loss.outputs) : trees;
  return {
    features: settings.features,
    outputs: loss.outputs,
    trees: kept,
    base,
    link: loss.link,
    steepness: 1,
    float32: false,
  };
}

interface Settings {
  readonly loss: Loss;
  readonly rounds: number;
  readonly learningRate: number;
  readonly weights: Float64Array;
  readonly rowFraction: number;
  readonly columnFraction: number;
  readonly monotone: readonly number[];
  readonly seed: number;
  readonly features: readonly string[];
  readonly bins: Bins;
  readonly limits: GrowthLimits;
  readonly grow: (space: Workspace, active: number, limits: GrowthLimits) => GrownTree;
  readonly validation: BoostOptions["validation"];
}

function settle(rows: Matrix, target: Float64Array, options: BoostOptions): Settings {
  const require = (ok: boolean, argument: string, rule: string, value: unknown): void =>
    ensure(ok, "fit the trees", argument, rule, value);
  const { grower = "leafwise", loss = logistic, rounds = 300, learningRate = 0.1, seed = 0, validation } =
    options;
  const symmetric = grower === "symmetric";
  const { rowFraction = 1, columnFraction = 1, leaves = 31, depth = symmetric ? 6 : 64 } = options;
  const { weights = new Float64Array(rows.rows).fill(1), monotone = [] } = options;
  const features = options.features ?? Array.from({ length: rows.columns }, (_, f) => `f${f}`);
  require(rows.rows >= 2, "the number of rows", "at least 2", rows.rows);
  require(rows.columns >= 1, "the number of columns", "at least 1", rows.columns);
  require(target.length === rows.rows, "target", `as long as there are rows, ${rows.rows}`, target.length);
  require(weights.length === rows.rows, "weights", `as long as there are rows, ${rows.rows}`, weights.length);
  require(
    weights.every((w) => w >= 0 && w < Infinity),
    "a weight",
    "finite and ≥ 0",
    weights.find((w) => !(w >= 0 && w < Infinity)),
  );
  require(weights.some((w) => w > 0), "weights", "above 0 somewhere", "all 0");
  require(
    features.length === rows.columns,
    "features",
    `as many names as columns, ${rows.columns}`,
    features.length,
  );
  require(Number.isInteger(rounds) && rounds >= 1, "rounds", "a whole number ≥ 1", rounds);
  for (const [name, value] of Object.entries({ learningRate, rowFraction, columnFraction })) {
    require(value > 0 && value <= 1, name, "in (0, 1]", value);
  }
  require(Number.isInteger(leaves) && leaves >= 2, "leaves", "a whole number ≥ 2", leaves);
  require(Number.isInteger(depth) && depth >= 1, "depth", "a whole number ≥ 1", depth);
  require(!symmetric || depth <= 10, "depth", "at most 10 for symmetric trees", depth);
  require(
    monotone.length === 0 || monotone.length === rows.columns,
    "monotone",
    `one a column, ${rows.columns}`,
    monotone.length,
  );
  require(monotone.every((m) => m === -1 || m === 0 || m === 1), "monotone", "of −1, 0 and 1", monotone);
  require(!symmetric || monotone.every((m) => m === 0), "monotone", "left out for symmetric trees", monotone);
  loss.check(target);
  const { minRows = 20, minHessian = 1e-3, l2 = symmetric ? 3 : 0 } = options;
  require(l2 >= 0 && minRows >= 0 && minHessian >= 0, "l2, minRows and minHessian", "≥ 0", [
    l2,
    minRows,
    minHessian,
  ]);
  return {
    loss,
    rounds,
    learningRate,
    weights,
    rowFraction,
    columnFraction,
    monotone,
    seed,
    features,
    bins: fitBins(rows, seed),
    limits: { leaves: symmetric ? 2 ** (depth - 1) : leaves, depth, minRows, minHessian, l2 },
    grow: symmetric ? growSymmetric : growLeafwise,
    validation,
  };
}

/** Puts the rows of this round to the front of the order, ascending, and says how many they are. */
function drawRows(space: Workspace, fraction: number, seed: number, round: number): number {
  const { order, rows } = space;
  if (fraction === 1) {
    for (let i = 0; i < rows; i++) order[i] = i;
    return rows;
  }
  const active = Math.max(2, Math.round(fraction * rows));
  order.set(createRng(seed, "rows", round).permutation(rows));
  order.subarray(0, active).sort();
  return active;
}

function drawColumns({ use, features }: Workspace, fraction: number, seed: number, round: number): void {
  if (fraction === 1) return;
  const kept = Math.max(1, Math.round(fraction * features));
  use.fill(0);
  for (const f of createRng(seed, "columns", round).permutation(features).subarray(0, kept)) use[f] = 1;
}

/** By feature and cut, nothing missing in training tells where a missing value goes: to the side with more rows. */
function heavierSides(rows: Matrix, { cuts }: Bins): (feature: number, threshold: number) => number {
  const sorted = cuts.map((_, f) => {
    const values = Float64Array.from({ length: rows.rows }, (_, i) => rows.values[i * rows.columns + f]!);
    const there = values.filter((value) => !Number.isNaN(value));
    return there.length === rows.rows ? median(there) : undefined;
  });
  return (feature, threshold) => {
    const middle = sorted[feature];
    return middle === undefined ? -1 : middle <= threshold ? MISSING.left : MISSING.right;
  };
}

function median(values: Float64Array): number {
  return values.sort()[values.length >> 1]!;
}

/** Turns bins into thresholds and sums into leaf values. */
function finish(
  { nodes }: GrownTree,
  space: Workspace,
  output: number,
  learningRate: number,
  l2: number,
  heavier: (feature: number, threshold: number) => number,
): Tree {
  let leaves = 0;
  const size = nodes.length;
  const tree = {
    output,
    feature: new Int32Array(size).fill(-1),
    threshold: new Float64Array(size).fill(NaN),
    categories: nodes.map(() => undefined),
    missing: new Uint8Array(size),
    left: new Int32Array(size).fill(-1),
    right: new Int32Array(size).fill(-1),
    value: new Float64Array(size),
    cover: Float64Array.from(nodes, ({ begin, end }) => end - begin),
    leafNumber: new Int32Array(size).fill(-1),
  };
  nodes.forEach((node, k) => {
    const { split } = node;
    if (!split) {
      const { gradient, hessian } = space.sums(node);
      tree.value[k] = hessian + l2 > 0 ? learningRate * clip(-gradient / (hessian + l2), node.bounds) : 0;
      tree.leafNumber[k] = leaves++;
      return;
    }
    const cuts = space.bins.cuts[split.feature]!;
    tree.feature[k] = split.feature;
    tree.threshold[k] = split.bin > cuts.length ? Infinity : cuts[split.bin - 1]!;
    const unseen = heavier(split.feature, tree.threshold[k]!);
    tree.missing[k] = unseen >= 0 ? unseen : split.missingLeft ? MISSING.left : MISSING.right;
    [tree.left[k], tree.right[k]] = [split.left, split.right];
  });
  return tree;
}

/** Adds a tree to the raw outputs: by segment for the rows it grew on, by walking it for the others. */
function addTree(
  raw: Float64Array,
  { nodes }: GrownTree,
  tree: Tree,
  space: Workspace,
  rows: Matrix,
  active: number,
): void {
  nodes.forEach(({ begin, end, split }, k) => {
    if (split) return;
    const value = tree.value[k]!;
    for (let i = begin; i < end; i++) raw[space.order[i]!]! += value;
  });
  for (let i = active; i < rows.rows; i++) {
    const row = space.order[i]!;
    raw[row]! += tree
      .value[leafOf(tree, rows.values.subarray(row * rows.columns, (row + 1) * rows.columns))]!;
  }
}

/** Watches the loss on rows that the trees do not see. */
class Watch {
  bestRounds = 0;
  readonly #raw: Float64Array[];
  #best = Infinity;
  #rounds = 0;

  constructor(
    readonly part: NonNullable<BoostOptions["validation"]>,
    base: Float64Array,
    readonly loss: Loss,
  ) {
    this.#raw = Array.from(base, (start) => new Float64Array(part.rows.rows).fill(start));
  }

  /** Takes a round's trees; true when patience has run out. */
  isOver(trees: readonly Tree[]): boolean {
    const { rows, target, patience = 20 } = this.part;
    for (const tree of trees) {
      const raw = this.#raw[tree.output]!;
      for (let i = 0; i < rows.rows; i++) {
        raw[i]! += tree.value[leafOf(tree, rows.values.subarray(i * rows.columns, (i + 1) * rows.columns))]!;
      }
    }
    this.#rounds++;
    const mean = this.loss.mean(this.#raw, target);
    if (mean < this.#best) [this.#best, this.bestRounds] = [mean, this.#rounds];
    return this.#rounds - this.bestRounds >= patience;
  }
}
