import { deepEqual, equal, throws } from "node:assert/strict";
import { almostEqual } from "../core/mod.ts";
import { confusionAt, fScore } from "./confusion.ts";
import { cumulativeGain } from "./gain.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";
import { averagePrecision, precisionRecallAuc, precisionRecallCurve } from "./precision_recall.ts";
import { ksDistance, partialAuc, rocCurve, scoreGini } from "./roc.ts";

const STATED = "stated tolerance";

interface Threshold {
  tn: number;
  fp: number;
  fn: number;
  tp: number;
  accuracy: number;
  precision: number;
  recall: number;
  f1: number;
  f2: number;
  mcc: number;
  balanced_accuracy: number;
  cohen_kappa: number;
  specificity: number;
}
interface Binary {
  gini_2auc_minus_1: number;
  average_precision: number;
  average_precision_weighted: number;
  pr_auc_trapezoid: number;
  roc_curve: { fpr: number[]; tpr: number[]; thresholds: (number | "Infinity")[] };
  pr_curve: { precision: number[]; recall: number[]; thresholds: number[] };
  ks_max_tpr_minus_fpr: number;
  ks_2samp: number;
  partial_auc_max_fpr_0_2: number;
  "at_0.3": Threshold;
  "at_0.5": Threshold;
  gain_lift: { fraction: number; k: number; gain: number; lift: number }[];
}
type Expected = {
  expected: { smooth: Binary; ties: Binary; all_scores_equal: { average_precision: number } };
};

/** Both columns of scores with what scikit-learn says of them. */
async function cases(): Promise<
  { y: Float64Array; weight: Float64Array; of: [Float64Array, Binary][]; expected: Expected }
> {
  const { y, score, score_ties, weight } = await goldenColumns("binary.csv");
  const expected = await goldenExpected<Expected>("binary_expected.json");
  const { smooth, ties } = expected.expected;
  return { y: y!, weight: weight!, of: [[score!, smooth], [score_ties!, ties]], expected };
}

Deno.test("rocCurve(), partialAuc(), ksDistance() and scoreGini() equal scikit-learn's and SciPy's", async () => {
  const { y, of } = await cases();
  for (const [scores, expected] of of) {
    const curve = rocCurve(y, scores);
    almostEqual(curve.falsePositiveRate, expected.roc_curve.fpr, 1e-10, STATED);
    almostEqual(curve.truePositiveRate, expected.roc_curve.tpr, 1e-10, STATED);
    almostEqual(curve.thresholds, expected.roc_curve.thresholds.map(Number), 0, "the scores themselves");
    almostEqual(partialAuc(y, scores, 0.2), expected.partial_auc_max_fpr_0_2, 1e-10, STATED);
    almostEqual(ksDistance(y, scores), expected.ks_max_tpr_minus_fpr, 1e-10, STATED);
    almostEqual(ksDistance(y, scores), expected.ks_2samp, 1e-10, STATED);
    almostEqual(scoreGini(y, scores), expected.gini_2auc_minus_1, 1e-10, STATED);
  }
});

Deno.test("precisionRecallCurve() and its areas equal scikit-learn's", async () => {
  const { y, weight, of, expected } = await cases();
  for (const [scores, wanted] of of) {
    // scikit-learn starts at the lowest score.
    const { precision, recall, thresholds } = precisionRecallCurve(y, scores);
    almostEqual(precision.toReversed(), wanted.pr_curve.precision, 1e-10, STATED);
    almostEqual(recall.toReversed(), wanted.pr_curve.recall, 1e-10, STATED);
    almostEqual(thresholds.toReversed().slice(0, -1), wanted.pr_curve.thresholds, 0, "the scores themselves");
    almostEqual(averagePrecision(y, scores), wanted.average_precision, 1e-10, STATED);
    almostEqual(averagePrecision(y, scores, weight), wanted.average_precision_weighted, 1e-10, STATED);
    almostEqual(precisionRecallAuc(y, scores), wanted.pr_auc_trapezoid, 1e-10, STATED);
  }
  const flat = averagePrecision(y, new Float64Array(y.length).fill(0.3));
  almostEqual(flat, expected.expected.all_scores_equal.average_precision, 1e-10, STATED);
});

Deno.test("confusionAt() and fScore() equal scikit-learn's", async () => {
  const { y, of } = await cases();
  for (const [scores, wanted] of of) {
    for (const [threshold, expected] of [[0.3, wanted["at_0.3"]], [0.5, wanted["at_0.5"]]] as const) {
      const found = confusionAt(y, scores, threshold);
      deepEqual(
        [found.trueNegatives, found.falsePositives, found.falseNegatives, found.truePositives],
        [expected.tn, expected.fp, expected.fn, expected.tp],
      );
      almostEqual(
        [found.accuracy, found.precision, found.recall, found.f1, found.matthews],
        [expected.accuracy, expected.precision, expected.recall, expected.f1, expected.mcc],
        1e-10,
        STATED,
      );
      almostEqual(
        [found.balancedAccuracy, found.kappa, found.specificity, fScore(found, 2)],
        [expected.balanced_accuracy, expected.cohen_kappa, expected.specificity, expected.f2],
        1e-10,
        STATED,
      );
    }
  }
});

Deno.test("cumulativeGain() equals the stated rule", async () => {
  const { y, of } = await cases();
  for (const [scores, { gain_lift }] of of) {
    const found = cumulativeGain(y, scores);
    deepEqual(found.map((g) => g.rows), gain_lift.map((g) => g.k));
    almostEqual(found.map((g) => [g.gain, g.lift]), gain_lift.map((g) => [g.gain, g.lift]), 1e-10, STATED);
  }
});

Deno.test("curves and rates of one class are NaN, not an error and not a number", () => {
  const ones = [1, 1], scores = [0.2, 0.7];
  equal(ksDistance(ones, scores), NaN);
  equal(partialAuc(ones, scores, 0.5), NaN);
  equal(averagePrecision([0, 0], scores), NaN);
  equal(averagePrecision([], []), NaN);
  equal(confusionAt(ones, scores, 0.5).specificity, NaN);
  equal(cumulativeGain([0, 0], scores, [1])[0]!.gain, NaN);
});

Deno.test("thresholds and fractions outside their range are refused, and NaN scores", () => {
  throws(() => confusionAt([0, 1], [0, 1], NaN), /threshold must be a number/);
  throws(
    () => fScore({ truePositives: 1, falsePositives: 1, falseNegatives: 1 }, 0),
    /beta must be positive/,
  );
  throws(() => cumulativeGain([0, 1], [0, 1], [0]), /fractions must be in \(0, 1\]/);
  throws(() => partialAuc([0, 1], [0, 1], 0), /maxFalsePositiveRate must be in \(0, 1\]/);
  for (const metric of [rocCurve, precisionRecallCurve, averagePrecision, cumulativeGain]) {
    throws(() => metric([0, 1], [NaN, 1]), /scores\[0\] must be a number, current value is NaN/);
  }
});
