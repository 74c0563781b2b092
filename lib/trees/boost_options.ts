import { ensure, type Matrix } from "../core/mod.ts";
import { type Bins, fitBins } from "./grow/bins.ts";
import type { GrowthLimits } from "./grow/growers.ts";
import { logistic, type Loss } from "./losses.ts";

/** Options of {@linkcode boost}. */
export interface BoostOptions {
  /** What to minimise. @default {logistic} */
  readonly loss?: Loss;
  /** `leafwise` as LightGBM's, `symmetric` as CatBoost's. @default {"leafwise"} */
  readonly grower?: "leafwise" | "symmetric";
  /**
   * How cuts are judged: `plain` by the rows that leaf values are fitted on, or `ordered` by rows that the models behind them have not
   * seen, which small data deserve; symmetric trees only. It works on two to three times the rows an order. CatBoost too is plain by
   * default on CPUs.
   *
   * @default {"plain"}
   * @see Prokhorenkova et al. 2018, CatBoost, https://arxiv.org/abs/1706.09516
   */
  readonly boosting?: "plain" | "ordered";
  /** Orders of the rows, one drawn for each tree, by which ordered boosting knows what a model has seen. @default {3} */
  readonly orders?: number;
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
  /** Draws the gradient of a leaf towards 0: leaves that say little say nothing. @default {0} */
  readonly l1?: number;
  /** By row, above or at 0; their scale does not matter much. @default all 1 */
  readonly weights?: Float64Array;
  /** Share of rows drawn for each tree, in (0, 1]. @default {1} */
  readonly rowFraction?: number;
  /** Share of columns drawn for each tree, in (0, 1]. @default {1} */
  readonly columnFraction?: number;
  /**
   * Random weights of rows in the search for cuts, −log(uniform) to this power, drawn anew for each tree: 0 for none, 1 for the Bayesian
   * bootstrap (Rubin 1981). Leaf values take no part in it.
   *
   * @default {1 for symmetric trees, else 0}
   */
  readonly bagging?: number;
  /**
   * Noise on the scores of cuts of symmetric trees, so that cuts about as good take turns; it fades as trees are added. 1 is about what a
   * feature that tells nothing scores by chance.
   *
   * @default {1}
   */
  readonly noise?: number;
  /** Columns whose values are codes of categories, whole numbers from 0 to 254. Leaf-wise trees only. @default none */
  readonly categories?: readonly number[];
  /** By column: −1 where predictions must not rise with it, 1 where they must not fall. Leaf-wise trees only. @default all 0 */
  readonly monotone?: readonly number[];
  /** Stops when the loss on these rows has not fallen for `patience` rounds, and keeps the best. */
  readonly validation?: { readonly rows: Matrix; readonly target: Float64Array; readonly patience?: number };
  /** Of the rows and columns drawn and of the sample for cut points. @default {0} */
  readonly seed?: number;
  /**
   * Threads that share the work; the model is the same whatever their number.
   *
   * @default {1} below a million values, else as many as the machine has, at most 4
   */
  readonly threads?: number;
  /** Names of the columns. @default {["f0", "f1", …]} */
  readonly features?: readonly string[];
  /** Told after each round. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Orders of ordered boosting unless told otherwise, as many as CatBoost takes. */
export const ORDERS = 3;

/** Options with their defaults, checked. */
export interface Settings {
  readonly loss: Loss;
  readonly rounds: number;
  readonly learningRate: number;
  /** Undefined where all are 1. */
  readonly weights: Float64Array | undefined;
  readonly rowFraction: number;
  readonly columnFraction: number;
  readonly monotone: readonly number[];
  readonly l1: number;
  readonly bagging: number;
  readonly noise: number;
  readonly seed: number;
  readonly features: readonly string[];
  readonly bins: Bins;
  readonly limits: GrowthLimits;
  readonly symmetric: boolean;
  /** Orders of ordered boosting; 0 where boosting is plain. */
  readonly orders: number;
  readonly threads: number;
  readonly validation: BoostOptions["validation"];
}

/** Values below which starting threads takes longer than they save. */
const SMALL = 1_000_000;

function threadsFor({ rows, columns }: Matrix): number {
  return rows * columns < SMALL ? 1 : Math.min(4, navigator.hardwareConcurrency);
}

function requireWeights(weights: Float64Array, rows: number): void {
  const action = "fit the trees";
  ensure(weights.length === rows, action, "weights", `as long as there are rows, ${rows}`, weights.length);
  const bad = weights.find((w) => !(w >= 0 && w < Infinity));
  ensure(bad === undefined, action, "a weight", "finite and ≥ 0", bad);
  ensure(weights.some((w) => w > 0), action, "weights", "above 0 somewhere", "all 0");
}

/** Checks what a caller gave and fills in the rest. @throws {RangeError} As {@linkcode boost} says. */
export function settle(rows: Matrix, target: Float64Array, options: BoostOptions): Settings {
  const require = (ok: boolean, argument: string, rule: string, value: unknown): void =>
    ensure(ok, "fit the trees", argument, rule, value);
  const { grower = "leafwise", loss = logistic, rounds = 300, learningRate = 0.1, seed = 0, validation } =
    options;
  const symmetric = grower === "symmetric";
  const { rowFraction = 1, columnFraction = 1, leaves = 31, depth = symmetric ? 6 : 64 } = options;
  const { weights, monotone = [], threads = threadsFor(rows) } = options;
  const features = options.features ?? Array.from({ length: rows.columns }, (_, f) => `f${f}`);
  require(rows.rows >= 2, "the number of rows", "at least 2", rows.rows);
  require(rows.columns >= 1, "the number of columns", "at least 1", rows.columns);
  require(target.length === rows.rows, "target", `as long as there are rows, ${rows.rows}`, target.length);
  if (weights) requireWeights(weights, rows.rows);
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
  require(Number.isInteger(threads) && threads >= 1, "threads", "a whole number ≥ 1", threads);
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
  const { categories = [] } = options;
  require(
    !symmetric || categories.length === 0,
    "categories",
    "left out for symmetric trees: fitTrees turns them into ordered statistics of the target",
    categories,
  );
  for (const feature of categories) {
    const isColumn = Number.isInteger(feature) && feature >= 0 && feature < rows.columns;
    require(isColumn, "categories", `columns from 0 to ${rows.columns - 1}`, feature);
    require(!monotone[feature], "monotone", "0 for a column of categories", monotone[feature]);
  }
  loss.check(target);
  const { minRows = 20, minHessian = 1e-3, l2 = symmetric ? 3 : 0, l1 = 0 } = options;
  const { bagging = symmetric ? 1 : 0, noise = symmetric ? 1 : 0 } = options;
  for (const [name, value] of Object.entries({ l1, bagging, noise })) {
    require(value >= 0 && value < Infinity, name, "finite and ≥ 0", value);
  }
  require(symmetric || noise === 0, "noise", "left out for leaf-wise trees", noise);
  const { boosting = "plain", orders = ORDERS } = options;
  if (boosting === "ordered") {
    require(symmetric, "boosting", "plain for leaf-wise trees", boosting);
    require(Number.isInteger(orders) && orders >= 1, "orders", "a whole number ≥ 1", orders);
    require(rowFraction === 1, "rowFraction", "1 for ordered boosting: its bagging weighs rows", rowFraction);
  }
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
    l1,
    bagging,
    noise,
    seed,
    features,
    bins: fitBins(rows, seed, categories),
    limits: { leaves: symmetric ? 2 ** (depth - 1) : leaves, depth, minRows, minHessian, l2 },
    symmetric,
    orders: boosting === "ordered" ? orders : 0,
    threads,
    validation,
  };
}
