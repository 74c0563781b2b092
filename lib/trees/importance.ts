import { createRng, ensure, type Matrix, mean, standardDeviation } from "../core/mod.ts";
import { bootstrapInterval, type Interval } from "../evaluate/mod.ts";
import type { Forest } from "./forest.ts";
import { predict } from "./predict/predict.ts";
import type { Explanation } from "./shap/tree_shap.ts";

/** A feature and how much it matters. */
export interface Importance {
  /** Its name. */
  readonly feature: string;
  /** How much it matters, in the unit of the measure. */
  readonly value: number;
}

/**
 * The share of all gain that splits on each feature made, largest first. It counts what helped on the training rows: features with many
 * values look better than they are; {@linkcode permutationImportance} on other rows does not flatter them.
 *
 * @throws {RangeError} If the model does not tell the gain of its splits, as CatBoost's do not.
 */
export function gainImportance(forest: Forest): Importance[] {
  const gains = new Float64Array(forest.features.length);
  for (const tree of forest.trees) {
    ensure(
      tree.gain !== undefined,
      "rank features by gain",
      "the model",
      "one that tells gains",
      "without them",
    );
    tree.feature.forEach((feature, node) => {
      if (feature >= 0) gains[feature]! += tree.gain![node]!;
    });
  }
  const total = gains.reduce((a, b) => a + b, 0);
  return ranked(forest.features.map((feature, k) => ({ feature, value: total > 0 ? gains[k]! / total : 0 })));
}

/** Options of {@linkcode permutationImportance}. */
export interface PermutationOptions {
  /** The larger the better, of the targets and the predictions (`rows × outputs`): `auc` for two classes. */
  readonly score: (target: Float64Array, predictions: Float64Array) => number;
  /** Of the permutations. */
  readonly seed: number;
  /** How often each column is shuffled. @default {5} */
  readonly repeats?: number;
}

/**
 * By how much the score falls when one column's values are dealt out anew among the rows, largest first.
 *
 * @param rows Rows that the forest was not fitted on, or it tells what was learnt by heart.
 * @returns The mean fall over the repeats, with their standard deviation as `sd`.
 * @throws {RangeError} If target and rows differ in length, or repeats is not a whole number ≥ 1.
 * @see Breiman 2001, https://doi.org/10.1023/A:1010933404324
 */
export function permutationImportance(
  forest: Forest,
  rows: Matrix,
  target: Float64Array,
  options: PermutationOptions,
): (Importance & { readonly sd: number })[] {
  const { score, seed, repeats = 5 } = options;
  const action = "permute features";
  ensure(
    target.length === rows.rows,
    action,
    "target",
    `as long as there are rows, ${rows.rows}`,
    target.length,
  );
  ensure(Number.isInteger(repeats) && repeats >= 1, action, "repeats", "a whole number ≥ 1", repeats);
  const whole = score(target, predict(forest, rows).values);
  const p = rows.columns;
  return ranked(forest.features.map((feature, f) => {
    const falls = Float64Array.from({ length: repeats }, (_, repeat) => {
      const order = createRng(seed, "permutation-importance", f * repeats + repeat).permutation(rows.rows);
      const values = rows.values.slice();
      order.forEach((from, row) => values[row * p + f] = rows.values[from * p + f]!);
      return whole - score(target, predict(forest, { ...rows, values }).values);
    });
    return { feature, value: mean(falls), sd: repeats > 1 ? standardDeviation(falls) : NaN };
  }));
}

/**
 * Mean |SHAP| of each feature with a bootstrap interval over the rows, largest first: how much it moves predictions, and how stable that is
 * over customers. It does not tell how stable it is over models.
 *
 * @param options `output` picks the class of a model of several. @default {0}
 * @throws {RangeError} As `bootstrapInterval` does.
 */
export function shapImportance(
  explanation: Explanation,
  options: { seed: number; output?: number; confidence?: number; replicates?: number },
): { readonly feature: string; readonly interval: Interval }[] {
  const { output = 0, ...bootstrap } = options;
  const { features, rows, outputs, values } = explanation;
  const p = features.length;
  const means = features.map((feature, f) => {
    const sizes = Float64Array.from(
      { length: rows },
      (_, row) => Math.abs(values[(row * outputs + output) * p + f]!),
    );
    const meanAt = (drawn: Uint32Array): number => {
      let sum = 0;
      for (const row of drawn) sum += sizes[row]!;
      return sum / drawn.length;
    };
    return { feature, interval: bootstrapInterval(rows, meanAt, { replicates: 500, ...bootstrap }) };
  });
  return means.toSorted((a, b) => b.interval.estimate - a.interval.estimate);
}

function ranked<T extends Importance>(all: readonly T[]): T[] {
  return all.toSorted((a, b) => b.value - a.value);
}

/**
 * Adds up the SHAP values of features that are one thing: the columns of a one-hot encoding, or all that is known of a customer's visits.
 * The sum is what the group adds to the prediction given the other features; it is not the Shapley value of a game whose players are the
 * groups, from which it differs where features of different groups act together.
 *
 * @param groups Features by the name of their group. Those in no group stay, after the groups, in their order.
 * @throws {RangeError} If a feature is unknown or in two groups.
 *
 * @example
 * ```ts
 * import { groupShap } from "credible/trees";
 * const shap = { features: ["a", "b", "c"], rows: 1, outputs: 1, values: Float64Array.of(1, 2, 4), base: Float64Array.of(0) };
 * groupShap(shap, { visits: ["a", "c"] }).values; // visits 5, b 2
 * ```
 */
export function groupShap(
  explanation: Explanation,
  groups: Readonly<Record<string, readonly string[]>>,
): Explanation {
  const groupOf = new Map<string, string>();
  for (const [group, members] of Object.entries(groups)) {
    for (const feature of members) {
      const is = explanation.features.includes(feature);
      ensure(
        is,
        "add up SHAP values",
        "a feature of a group",
        "one of the explanation",
        JSON.stringify(feature),
      );
      ensure(
        !groupOf.has(feature),
        "add up SHAP values",
        "a feature",
        "in one group",
        JSON.stringify(feature),
      );
      groupOf.set(feature, group);
    }
  }
  const rest = explanation.features.filter((feature) => !groupOf.has(feature));
  const features = [...new Set([...Object.keys(groups), ...rest])];
  const place = explanation.features.map((feature) => features.indexOf(groupOf.get(feature) ?? feature));
  const [p, q] = [place.length, features.length];
  const values = new Float64Array(explanation.rows * explanation.outputs * q);
  explanation.values.forEach((value, k) => values[Math.floor(k / p) * q + place[k % p]!]! += value);
  return { ...explanation, features, values };
}
