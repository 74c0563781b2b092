import { outcomeOf, type Table } from "../data/mod.ts";
import { aucInterval, type Interval, stratifiedFolds } from "../evaluate/mod.ts";
import { type FittedTrees, fitTrees, type FitTreesOptions, predictRaw } from "../trees/mod.ts";

/** Options of {@linkcode pooledScore}. */
export interface PooledScoreOptions {
  /** The column to predict: a yes or no without missing values. */
  readonly target: string;
  /** The column that names each customer's business. The trees do not read it: a business has its own intercept and slope later. */
  readonly group: string;
  /** The columns to predict from. @default all but target and group */
  readonly columns?: readonly string[];
  /** How many folds. @default {5} */
  readonly folds?: number;
  /** Draws the folds and the orders of the trees. */
  readonly seed: number;
  /** The trees. @default symmetric, 4 levels deep, 200 rounds at 0.05: for some hundred rows */
  readonly trees?: Omit<FitTreesOptions, "target" | "columns" | "seed">;
}

/** What trees pooled over businesses say of each customer without having seen that customer. */
export interface PooledScore {
  /** Log-odds by row of the businesses, from trees that were fitted without its fold. */
  readonly scores: Float64Array;
  /** The area under the ROC curve of these. */
  readonly auc: Interval;
  /** The trees on all rows, for customers to come. */
  readonly model: FittedTrees;
  /** Log-odds of new customers. @throws {RangeError} If a column is not there. */
  score(table: Table): Float64Array;
}

/** Small, and slow to learn: fifty rows a business are few. */
const SMALL = { grower: "symmetric", depth: 4, rounds: 200, learningRate: 0.05 } as const;

/**
 * Boosts trees over the customers of all businesses and gives each its out-of-fold log-odds: a feature for the hierarchical model, which
 * then fits how far each business may trust it. Scores of rows that the trees were fitted on would look far better than they are.
 *
 * @param businesses Training rows of all businesses; folds hold every business and outcome in proportion.
 * @throws {RangeError} If the target is not a yes or no, and as `fitTrees` does.
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { categoryColumn, Table } from "credible/data";
 * import { pooledScore } from "credible/transfer";
 * const rng = createRng(7, "example");
 * const visits = rng.normals(120);
 * const shops = new Table("shops", [
 *   categoryColumn("shop", Array.from({ length: 120 }, (_, i) => ["Bonn", "Köln"][i % 2]!)),
 *   { kind: "number", name: "visits", values: visits },
 *   { kind: "number", name: "left", values: visits.map((v) => Number(v * v + rng.normal() > 1)) },
 * ]);
 * const { scores } = pooledScore(shops, { target: "left", group: "shop", seed: 7 });
 * const known = shops.with({ kind: "number", name: "boosted", values: scores }); // a column for the hierarchical fit
 * ```
 */
export function pooledScore(businesses: Table, options: PooledScoreOptions): PooledScore {
  const { target, group, folds = 5, seed, trees = SMALL } = options;
  const columns = options.columns ?? businesses.names.filter((name) => name !== target && name !== group);
  const settings: FitTreesOptions = { ...trees, target, columns, seed };
  const labels = outcomeOf(businesses, target).values;
  const { codes } = businesses.categories(group);
  const strata = Array.from(codes, (code, row) => `${code} ${labels[row]}`);
  const scores = new Float64Array(businesses.rows);
  for (const { train, test } of stratifiedFolds(strata, { folds, seed })) {
    const fold = logOdds(fitTrees(businesses.take(train), settings), businesses.take(test));
    test.forEach((row, i) => scores[row] = fold[i]!);
  }
  const model = fitTrees(businesses, settings);
  return { scores, auc: aucInterval(labels, scores), model, score: (table) => logOdds(model, table) };
}

function logOdds(model: FittedTrees, table: Table): Float64Array {
  return predictRaw(model.forest, model.encode(table)).values;
}
