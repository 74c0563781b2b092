import assert from "node:assert/strict";
import { almostEqual, type Matrix, matrix } from "../core/mod.ts";
import { multiclassLogLoss } from "../evaluate/mod.ts";
import {
  fitOneVersusRest,
  fitSoftmaxTemperature,
  loadOneVersusRest,
  multiclassBrier,
  softmax,
  topLabelErrors,
} from "./multiclass.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";

async function load(): Promise<{ logits: Matrix; y: Float64Array }> {
  const columns = await goldenColumns("multiclass_logits.csv"), n = columns.y!.length, logits = matrix(n, 4);
  for (let i = 0; i < n; i++) for (let k = 0; k < 4; k++) logits.values[4 * i + k] = columns[`z${k}`]![i]!;
  return { logits, y: columns.y! };
}

Deno.test("fitSoftmaxTemperature() and the measures of several classes equal the reference", async () => {
  const { logits, y } = await load(),
    golden = await goldenExpected<Record<string, number>>("multiclass_expected.json");
  const WHY = "tolerance of the reference", p = softmax(logits), T = fitSoftmaxTemperature(logits, y);
  almostEqual(T, golden.temperature!, 1e-6, WHY);
  almostEqual(multiclassLogLoss(y, p), golden.nll_before!, 1e-6, WHY);
  almostEqual(multiclassLogLoss(y, softmax(logits, T)), golden.nll_after!, 1e-6, WHY);
  almostEqual(topLabelErrors(y, p, { bins: 15 }).expected, golden.ece15_top_label!, 1e-6, WHY);
  almostEqual(multiclassBrier(y, p), golden.brier_multiclass_sum!, 1e-6, WHY);
});

Deno.test("fitOneVersusRest() lowers the log loss of over-confident classes, sums to 1 and loads back", async () => {
  const { logits, y } = await load(),
    p = softmax(logits),
    map = fitOneVersusRest(p, y),
    after = map.predict(p);
  assert.ok(multiclassLogLoss(y, after) < multiclassLogLoss(y, p) - 0.1);
  assert.deepEqual(loadOneVersusRest(JSON.parse(JSON.stringify(map))).predict(p).values, after.values);
});
