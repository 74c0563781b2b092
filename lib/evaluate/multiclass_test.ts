import { deepEqual, equal, throws } from "node:assert/strict";
import { almostEqual, matrix } from "../core/mod.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";
import * as m from "./multiclass.ts";
import { dcg, ndcg } from "./ndcg.ts";

interface Expected {
  expected: Record<string, number> & {
    confusion: number[][];
    prf_macro: number[];
    prf_micro: number[];
    prf_weighted: number[];
    ndcg: { relevance: number[][]; score: number[][]; ndcg: number; ndcg_at_5: number; dcg: number };
  };
}

Deno.test("multiclass metrics equal scikit-learn's", async () => {
  const { y, ...p } = await goldenColumns("multiclass.csv");
  const labels = y!, n = labels.length;
  const { expected } = await goldenExpected<Expected>("multiclass_expected.json");
  const columns = [p.p0!, p.p1!, p.p2!, p.p3!];
  const total = (i: number): number => columns.reduce((sum, column) => sum + column[i]!, 0);
  const values = Float64Array.from(
    { length: 4 * n },
    (_, at) => columns[at % 4]![Math.floor(at / 4)]! / total(Math.floor(at / 4)),
  );
  const probabilities = matrix(n, 4, values);
  const confusion = m.confusionMatrix(labels, m.mostProbable(probabilities), 4);
  deepEqual([...confusion.values], expected.confusion.flat());
  const found: Record<string, number> = {
    log_loss: m.multiclassLogLoss(labels, probabilities),
    accuracy: m.confusionAccuracy(confusion),
    balanced_accuracy: m.confusionBalancedAccuracy(confusion),
    mcc: m.confusionMatthews(confusion),
    kappa: m.confusionKappa(confusion),
    kappa_quadratic: m.confusionKappa(confusion, "quadratic"),
    auc_ovr_macro: m.multiclassAuc(labels, probabilities),
    auc_ovr_weighted: m.multiclassAuc(labels, probabilities, { average: "weighted" }),
    auc_ovo_macro: m.multiclassAuc(labels, probabilities, { against: "pairs" }),
    top2: m.topAccuracy(labels, probabilities, 2),
  };
  for (const [name, value] of Object.entries(found)) {
    almostEqual(value, expected[name]!, 1e-10, `${name}, as stated`);
  }
  for (const average of ["macro", "micro", "weighted"] as const) {
    const { precision, recall, f1 } = m.classScores(confusion, average);
    almostEqual([precision, recall, f1], expected[`prf_${average}`]!, 1e-10, `${average}, as stated`);
  }
});

Deno.test("dcg() and ndcg() equal scikit-learn's, ties shared", async () => {
  const { expected: { ndcg: rows } } = await goldenExpected<Expected>("multiclass_expected.json");
  const over = (of: (relevance: number[], score: number[]) => number): number =>
    rows.relevance.reduce((sum, relevance, i) => sum + of(relevance, rows.score[i]!), 0) /
    rows.relevance.length;
  almostEqual(over(dcg), rows.dcg, 1e-10, "stated tolerance");
  almostEqual(over(ndcg), rows.ndcg, 1e-10, "stated tolerance");
  almostEqual(over((a, b) => ndcg(a, b, 5)), rows.ndcg_at_5, 1e-10, "stated tolerance");
  // Two tied at the top of which one is relevant: half a hit at each of the first two positions.
  almostEqual(dcg([2, 0], [1, 1]), 1 + 1 / Math.log2(3), 1e-15, "by hand");
  equal(ndcg([0, 0], [1, 2]), NaN);
});

Deno.test("multiclass metrics are NaN for a class without rows, and refuse what is no class or no distribution", () => {
  const p = matrix(2, 3, Float64Array.of(0.2, 0.3, 0.5, 0.6, 0.4, 0));
  equal(m.multiclassAuc([0, 1], p), NaN);
  equal(m.multiclassLogLoss([0, 2], p), Infinity);
  throws(
    () => m.multiclassLogLoss([0, 3], p),
    /labels\[1\] must be an integer in \[0, 3\), current value is 3/,
  );
  throws(() => m.multiclassAuc([0], p), /probabilities must be 1 rows/);
  const bad = matrix(1, 2, Float64Array.of(0.5, NaN));
  throws(() => m.multiclassAuc([0], bad), /probabilities\[0\] must be 0 or more with a sum of 1/);
  throws(() => m.confusionMatrix([0], [0.5], 2), /called\[0\] must be an integer/);
});
