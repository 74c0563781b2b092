import { createRng } from "../core/mod.ts";
import {
  type FoldOptions,
  type Groups,
  membersOf,
  repeatFolds,
  type Split,
  splitAt,
  type SplitOptions,
  testCount,
} from "./split.ts";

/**
 * A random split in which every class has its share in both sets, to the nearest row that the total allows.
 *
 * @param labels n values; equal ones are a class.
 * @throws {RangeError} If testShare is outside (0, 1), or leaves either set empty.
 *
 * @example
 * ```ts
 * import { stratifiedSplit } from "credible/evaluate";
 * const { train, test } = stratifiedSplit([0, 0, 0, 1, 1, 1, 0, 0], { seed: 7 });
 * ```
 */
export function stratifiedSplit(labels: Groups, options: SplitOptions): Split {
  const { seed, testShare = 0.25 } = options;
  const wanted = testCount("split the rows", labels.length, testShare);
  const rng = createRng(seed, "stratified-split");
  const classes = membersOf(labels);
  const shares = apportion(classes.map((rows) => rows.length), wanted);
  return splitAt(labels.length, classes.flatMap((rows, k) => rng.shuffle(rows).slice(0, shares[k])));
}

/**
 * k-fold splits: every row is judged once a repeat, and each class has its share in every fold, to the nearest row.
 *
 * @param labels n values; equal ones are a class. A constant column gives plain k-fold.
 * @returns `folds × repeats` splits, repeat by repeat.
 * @throws {RangeError} If there are fewer rows than folds, or folds or repeats is no such integer.
 *
 * @example
 * ```ts
 * import { stratifiedFolds } from "credible/evaluate";
 * for (const { train, test } of stratifiedFolds([0, 1, 0, 1, 0, 1], { folds: 3, seed: 7 })) {
 *   if (train.length !== 4 || test.length !== 2) throw new Error("two thirds and one third");
 * }
 * ```
 */
export function stratifiedFolds(labels: Groups, options: FoldOptions): Split[] {
  const classes = membersOf(labels);
  return repeatFolds("make stratified folds", labels.length, options, (folds, repeat) => {
    const rng = createRng(options.seed, "stratified-folds", repeat);
    // Dealt like cards, class after class without a fresh start: neither a class nor the whole differs by more than one row.
    const deck = classes.flatMap((rows) => rng.shuffle(rows.slice()));
    return Array.from(
      { length: folds },
      (_, fold) => splitAt(deck.length, deck.filter((_, i) => i % folds === fold)),
    );
  });
}

/** Whole shares of `total` in proportion to the sizes, by the largest remainders. */
function apportion(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((a, b) => a + b, 0);
  const exact = sizes.map((size) => size * total / all);
  const shares = exact.map(Math.floor);
  const missing = total - shares.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((share, k) => ({ k, left: share - Math.floor(share) })).sort((a, b) =>
    b.left - a.left
  );
  for (const { k } of byRemainder.slice(0, missing)) shares[k]!++;
  return shares;
}
