import assert from "node:assert/strict";
import { almostEqual, createRng } from "../core/mod.ts";
import { decisionCurve } from "./mod.ts";

Deno.test("decisionCurve() weighs needless calls by the odds of the threshold", () => {
  const labels = [1, 0, 0, 1, 0], probabilities = [0.9, 0.6, 0.2, 0.3, 0.1];
  const [low, high] = decisionCurve(labels, probabilities, [0.25, 0.5]);
  almostEqual(low!.netBenefit, (2 - 1 / 3) / 5, 1e-15, "two right, one needless at odds 1 : 3");
  almostEqual(high!.netBenefit, (1 - 1) / 5, 1e-15, "one right, one needless at even odds");
  almostEqual(low!.all, (2 - 3 / 3) / 5, 1e-15, "all five called");
});

Deno.test("decisionCurve() of true probabilities is never worse than calling all or nobody, on average", () => {
  const rng = createRng(3, "decision"), truth = rng.uniforms(40_000).map((u) => u * u);
  const labels = truth.map((p) => Number(rng.uniform() < p));
  for (const { netBenefit, all } of decisionCurve(labels, truth)) {
    assert.ok(netBenefit >= Math.max(all, 0) - 0.005, `${netBenefit} against ${all}`); // 2 standard errors: 0.5 / √40,000 each
  }
});

Deno.test("decisionCurve() refuses thresholds and probabilities outside their range by name", () => {
  assert.throws(
    () => decisionCurve([0, 1], [0.2, 0.3], [0]),
    /thresholds must be in \(0, 1\), current value is 0/,
  );
  assert.throws(() => decisionCurve([0, 1], [0.2, 1.3]), /probabilities\[1\] must be in \[0, 1\]/);
});
