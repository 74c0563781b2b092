import { equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng } from "../core/mod.ts";
import { auc } from "./auc.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";

/** The definition, over all pairs: slow and obvious. */
function pairwise(labels: ArrayLike<number>, scores: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let wins = 0, pairs = 0;
  for (let i = 0; i < labels.length; i++) {
    for (let j = 0; j < labels.length; j++) {
      if (labels[i] !== 1 || labels[j] !== 0) continue;
      const weight = weights ? weights[i]! * weights[j]! : 1;
      wins += weight * (scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0);
      pairs += weight;
    }
  }
  return wins / pairs;
}

type Expected = { expected: Record<"smooth" | "ties", { roc_auc: number; roc_auc_weighted: number }> };

Deno.test("auc() equals scikit-learn's, with and without ties and weights", async () => {
  const { y, score, score_ties, weight } = await goldenColumns("binary.csv");
  const { smooth, ties } = (await goldenExpected<Expected>("binary_expected.json")).expected;
  for (const [scores, expected] of [[score!, smooth], [score_ties!, ties]] as const) {
    almostEqual(auc(y!, scores), expected.roc_auc, 1e-10, "stated tolerance");
    almostEqual(auc(y!, scores, weight!), expected.roc_auc_weighted, 1e-10, "stated tolerance");
  }
  equal(auc([0, 1], [0.9, 0.1]), 0);
});

Deno.test("auc() is the share of pairs in the right order", () => {
  const rows = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 5 })),
  );
  fc.assert(fc.property(rows, (rows) => {
    const labels = rows.map((r) => r[0]), scores = rows.map((r) => r[1]), weights = rows.map((r) => r[2]);
    almostEqual(auc(labels, scores), pairwise(labels, scores), 1e-14, "rounding");
    almostEqual(auc(labels, scores, weights), pairwise(labels, scores, weights), 1e-14, "rounding");
  }));
});

Deno.test("auc() does not change when scores are stretched in order, and mirrors when labels are", () => {
  const rng = createRng(1, "auc-test"), scores = rng.normals(500);
  const labels = scores.map((s) => Number(s + rng.normal() > 0));
  const value = auc(labels, scores);
  equal(auc(labels, scores.map(Math.exp)), value);
  almostEqual(auc(labels.map((y) => 1 - y), scores), 1 - value, 1e-15, "rounding");
  equal(
    auc(labels, scores.map((s) => s > 0 ? Infinity : -Infinity)),
    auc(labels, scores.map((s) => Number(s > 0))),
  );
});

Deno.test("auc() is NaN where a class is missing", () => {
  for (const labels of [[], [1, 1], [0, 0]]) equal(auc(labels, labels), NaN);
  equal(auc([0, 1], [1, 2], [0, 1]), NaN);
});

Deno.test("auc() refuses NaN scores, labels that are not 0 or 1, and other lengths", () => {
  throws(
    () => auc([0, 1], [NaN, 1]),
    /Cannot compute the AUC: scores\[0\] must be a number, current value is NaN/,
  );
  throws(() => auc([0, 2], [1, 2]), /labels\[1\] must be 0 or 1, current value is 2/);
  throws(() => auc([0, NaN], [1, 2]), /labels\[1\] must be 0 or 1/);
  throws(() => auc([0, 1], [1]), /scores must be 2 long, current value is 1/);
  throws(() => auc([0, 1], [1, 2], [1, -1]), /weights\[1\] must be finite, 0 or more/);
});
