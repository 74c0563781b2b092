import { createRng, ensure } from "../core/mod.ts";
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
 * A random split in which no group is on both sides: a customer, a household, a business is either learnt from or judged.
 *
 * @param groups n values; equal ones stay together. `testShare` is the share of groups, not of rows.
 * @throws {RangeError} If there are fewer than two groups, or testShare leaves either set empty.
 *
 * @example
 * ```ts
 * import { groupedSplit } from "credible/evaluate";
 * const { train, test } = groupedSplit(["ann", "ann", "bob", "cy", "cy"], { seed: 7, testShare: 0.34 });
 * ```
 */
export function groupedSplit(groups: Groups, options: SplitOptions): Split {
  const { seed, testShare = 0.25 } = options;
  const members = membersOf(groups);
  ensure(members.length > 1, "split the groups", "groups", "two or more", members.length);
  const wanted = testCount("split the groups", members.length, testShare);
  const chosen = createRng(seed, "grouped-split").permutation(members.length).subarray(0, wanted);
  return splitAt(groups.length, [...chosen].flatMap((k) => members[k]!));
}

/**
 * k-fold splits in which no group is on both sides of one; folds are as equal in rows as filling them, largest group first,
 * makes them.
 *
 * @returns `folds × repeats` splits, repeat by repeat.
 * @throws {RangeError} If there are fewer groups than folds, or folds or repeats is no such integer.
 */
export function groupedFolds(groups: Groups, options: FoldOptions): Split[] {
  const members = membersOf(groups);
  return repeatFolds("make grouped folds", members.length, options, (folds, repeat) => {
    const rng = createRng(options.seed, "grouped-folds", repeat);
    const largestFirst = rng.shuffle(members.slice()).sort((a, b) => b.length - a.length);
    const tests: number[][] = Array.from({ length: folds }, () => []);
    for (const group of largestFirst) {
      tests.reduce((least, test) => test.length < least.length ? test : least).push(...group);
    }
    return tests.map((test) => splitAt(groups.length, test));
  });
}
