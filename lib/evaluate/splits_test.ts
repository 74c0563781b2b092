import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { groupedFolds, groupedSplit } from "./grouped.ts";
import type { Split } from "./split.ts";
import { stratifiedFolds, stratifiedSplit } from "./stratified.ts";
import { temporalFolds, temporalSplit } from "./temporal.ts";

/** Every row exactly once, on one side. */
function divides(n: number, { train, test }: Split): boolean {
  return [...train, ...test].sort((a, b) => a - b).every((row, i) => row === i) &&
    train.length + test.length === n;
}

const counts = (rows: Uint32Array, labels: readonly number[], of: number): number =>
  rows.filter((row) => labels[row] === of).length;

Deno.test("stratifiedSplit() gives every class its share, to the nearest row", () => {
  const labels = Array.from({ length: 103 }, (_, i) => i < 20 ? 1 : i < 23 ? 2 : 0);
  const cut = stratifiedSplit(labels, { seed: 1, testShare: 0.3 });
  ok(divides(103, cut));
  equal(cut.test.length, 31);
  deepEqual([0, 1, 2].map((of) => counts(cut.test, labels, of)), [24, 6, 1]); // 24.08, 6.02 and 0.90 of 31
});

Deno.test("stratifiedFolds() judges each row once a repeat, with classes and folds within a row of even", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 7, maxLength: 60 }),
    fc.integer({ min: 2, max: 7 }),
    (labels, folds) => {
      const splits = stratifiedFolds(labels, { folds, repeats: 2, seed: 3 });
      const judged = (of: Split[]): number[] => of.flatMap((s) => [...s.test]).sort((a, b) => a - b);
      const even = (sizes: number[]): boolean => Math.max(...sizes) - Math.min(...sizes) <= 1;
      return splits.length === 2 * folds && splits.every((s) => divides(labels.length, s)) &&
        [splits.slice(0, folds), splits.slice(folds)].every((repeat) =>
          judged(repeat).every((row, i) => row === i) && even(repeat.map((s) => s.test.length)) &&
          [0, 1, 2].every((of) => even(repeat.map((s) => counts(s.test, labels, of))))
        );
    },
  ));
});

Deno.test("random splits follow their seed, and repeats differ", () => {
  const labels = Array.from({ length: 50 }, (_, i) => i % 2);
  deepEqual(stratifiedSplit(labels, { seed: 5 }), stratifiedSplit(labels, { seed: 5 }));
  notDeepEqual(stratifiedSplit(labels, { seed: 5 }), stratifiedSplit(labels, { seed: 6 }));
  const [first, second, again] = stratifiedFolds(labels, { folds: 2, repeats: 2, seed: 5 });
  notDeepEqual(first, second);
  notDeepEqual(first, again);
  deepEqual(stratifiedFolds(labels, { folds: 2, seed: 5 })[0], first); // more repeats do not change the first
});

Deno.test("groupedSplit() and groupedFolds() keep every group on one side", () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 1 }), { minLength: 6, maxLength: 80 }), (names) => {
    const groups = [...names, "a", "b", "c"].map((name) => name.slice(0, 1)); // at least three groups
    const splits = [
      groupedSplit(groups, { seed: 2, testShare: 0.4 }),
      ...groupedFolds(groups, { folds: 3, seed: 2 }),
    ];
    return splits.every((s) => {
      const inTest = new Set([...s.test].map((row) => groups[row]));
      return divides(groups.length, s) && [...s.train].every((row) => !inTest.has(groups[row]!));
    });
  }));
});

Deno.test("groupedFolds() fills folds evenly when the groups allow", () => {
  const groups = Array.from({ length: 90 }, (_, i) => Math.floor(i / 3));
  deepEqual(groupedFolds(groups, { folds: 5, seed: 1 }).map((s) => s.test.length), [18, 18, 18, 18, 18]);
});

Deno.test("temporalSplit() leaves out what was not known at the cutoff", () => {
  const days = [44, 1, 12, 23, 25, 30];
  const { train, test } = temporalSplit(days, { cutoff: 30, embargo: 7 });
  deepEqual([...train], [1, 2, 3]); // day 23 was known by day 30
  deepEqual([...test], [0, 5]);
  deepEqual([...temporalSplit(days, { cutoff: 30 }).train], [1, 2, 3, 4]);
});

Deno.test("temporalFolds() walks forward over periods that no moment straddles", () => {
  const times = [0, 1, 2, 3, 4, 5, 5, 5, 8, 9];
  const folds = temporalFolds(times, { folds: 3 });
  deepEqual(folds.map((f) => [[...f.train].length, [...f.test].map((row) => times[row])]), [
    [3, [3, 4]],
    [5, [5, 5, 5]],
    [8, [8, 9]],
  ]);
  for (const { train, test } of temporalFolds(times, { folds: 3, embargo: 2 })) {
    const start = Math.min(...[...test].map((row) => times[row]!));
    ok([...train].every((row) => times[row]! <= start - 2));
  }
});

Deno.test("splits refuse what cannot be divided", () => {
  throws(
    () => stratifiedSplit([0, 1], { seed: 1, testShare: 0.01 }),
    /testShare must be such that both sets of 2 have some/,
  );
  throws(() => stratifiedSplit([0, 1], { seed: 1, testShare: 1 }), /testShare must be in \(0, 1\)/);
  throws(
    () => stratifiedFolds([0, 1], { seed: 1 }),
    /folds must be at most the 2 there are to divide, current value is 5/,
  );
  throws(() => stratifiedFolds([0, 1], { seed: 1, folds: 1 }), /folds must be an integer, 2 or more/);
  throws(() => groupedSplit(["a", "a"], { seed: 1 }), /Cannot split the groups: groups must be two or more/);
  throws(() => groupedFolds(["a", "a", "b"], { seed: 1, folds: 3 }), /at most the 2/);
  throws(() => temporalSplit([1, NaN], { cutoff: 1 }), /times\[1\] must be a number/);
  throws(() => temporalSplit([1, 2], { cutoff: 5 }), /cutoff must be at or before some row/);
  throws(
    () => temporalSplit([1, 2], { cutoff: 2, embargo: 9 }),
    /cutoff must be after some row by the embargo of 9/,
  );
  throws(() => temporalFolds([1, 1, 1, 1], { folds: 2 }), /Cannot split by time/);
});
