import assert from "node:assert/strict";
import { almostEqual, createRng, expit } from "../core/mod.ts";
import { calibrations } from "./calibrations_fixture.ts";
import { absolute, conformaliseValues, effectiveRows } from "./mod.ts";
import { shiftWeights } from "./shift_weights.ts";

Deno.test("shiftWeights() gives the ratio of densities, whatever the share of the two kinds", () => {
  // Calibration x ~ N(0, 1), to predict x ~ N(1, 1): the ratio is exp(x − ½).
  for (const share of [0.5, 0.2]) {
    const x = [-1, 0, 0.5, 2], classifier = x.map((v) => expit(v - 0.5 + Math.log(share / (1 - share))));
    almostEqual(shiftWeights(classifier, share), x.map((v) => Math.exp(v - 0.5)), 1e-12, "rounding");
  }
  assert.throws(() => shiftWeights([1.2], 0.5), /probabilities\[0\]/);
});

Deno.test("weights repair intervals on shifted rows whose errors are larger, with the effective rows shown", () => {
  const rng = createRng(7, "shift-values"), runs = calibrations(2_000), n = 60;
  let plain = 0, weighted = 0;
  for (let run = 0; run < runs; run++) {
    const x = rng.normals(n),
      values = x.map((v) => Math.exp(v / 2) * rng.normal()),
      predictions = new Float64Array(n);
    const test = 1 + rng.normal(),
      value = Math.exp(test / 2) * rng.normal(),
      to = (v: number): number => Math.exp(v - 0.5);
    const covers = ({ low, high }: { low: Float64Array; high: Float64Array }): number =>
      Number(value >= low[0]! && value <= high[0]!);
    plain += covers(conformaliseValues({ predictions, values }, { score: absolute() }).predict([0]));
    const fitted = conformaliseValues({ predictions, values, weights: x.map(to) }, { score: absolute() });
    weighted += covers(fitted.predict([0], { weights: [to(test)] }));
  }
  const error = Math.sqrt(0.09 / runs);
  assert.ok(plain / runs < 0.9 - 8 * error, `${plain / runs}`);
  assert.ok(weighted / runs > 0.9 - 4 * error, `${weighted / runs}`);
  assert.equal(effectiveRows([1, 1, 1, 1]), 4);
  assert.equal(effectiveRows([1, 0, 0, 0]), 1);
});

Deno.test("conformaliseValues() warns where the weights leave too few rows", () => {
  const values = createRng(8, "few-weighted").normals(30), weights = values.map((_, i) => i < 3 ? 1 : 0.001);
  const { checks } = conformaliseValues({ predictions: new Float64Array(30), values, weights }, {
    score: absolute(),
  });
  assert.match(checks[0]!.title, /30 weighted rows are worth 3\.\d/);
});
