import { equal, throws } from "node:assert/strict";
import { almostEqual } from "../core/mod.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";
import { brierScore, logLoss } from "./probability_scores.ts";

type Expected = { expected: Record<"smooth" | "ties", { log_loss: number; brier: number }> };

Deno.test("logLoss() and brierScore() equal scikit-learn's", async () => {
  const { y, score, score_ties } = await goldenColumns("binary.csv");
  const { smooth, ties } = (await goldenExpected<Expected>("binary_expected.json")).expected;
  for (const [scores, expected] of [[score!, smooth], [score_ties!, ties]] as const) {
    almostEqual(logLoss(y!, scores), expected.log_loss, 1e-10, "stated tolerance");
    almostEqual(brierScore(y!, scores), expected.brier, 1e-10, "stated tolerance");
  }
});

Deno.test("logLoss() is infinite for a certainty that failed, unless clipped", () => {
  equal(logLoss([1, 0], [0, 0.5]), Infinity);
  almostEqual(logLoss([1], [0], { clip: 0.01 }), -Math.log(0.01), 1e-15, "clipped");
  equal(logLoss([1, 0], [1, 0]), 0);
  equal(logLoss([], []), NaN);
});

Deno.test("logLoss() and brierScore() weigh rows as if they were repeated", () => {
  const labels = [1, 0, 1], p = [0.7, 0.2, 0.4], repeated = [0, 0, 1, 2, 2, 2];
  const pick = (xs: number[]): number[] => repeated.map((i) => xs[i]!);
  almostEqual(logLoss(labels, p, { weights: [2, 1, 3] }), logLoss(pick(labels), pick(p)), 1e-15, "rounding");
  almostEqual(brierScore(labels, p, [2, 1, 3]), brierScore(pick(labels), pick(p)), 1e-15, "rounding");
  equal(logLoss([1, 1], [0, 0.5], { weights: [0, 1] }), Math.LN2); // a row without weight does not count
});

Deno.test("logLoss() and brierScore() refuse what is no probability", () => {
  throws(() => logLoss([1], [1.1]), /Cannot compute the log loss: probabilities\[0\] must be in \[0, 1\]/);
  throws(() => brierScore([1], [NaN]), /Cannot compute the Brier score: scores\[0\] must be a number/);
  throws(() => logLoss([0, 1], [0.5]), /must be 2 long/);
  throws(() => logLoss([0], [0.5], { clip: 0.5 }), /clip must be in \[0, 0.5\)/);
});
