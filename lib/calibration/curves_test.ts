import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng, expit, logit, type Rng } from "../core/mod.ts";
import {
  type Calibrator,
  fitBayesianBinning,
  fitBeta,
  fitBetaCurve,
  fitHistogram,
  fitIsotonic,
  fitPlatt,
  fitPlattCurve,
  fitShrunk,
  fitSpline,
  fitTemperature,
  loadCalibrator,
  monotoneSpline,
  noCalibration,
  splineAt,
} from "./mod.ts";
import { besides, fitLogistic } from "./logistic_fit.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";

interface Expected {
  readonly new_p: number[];
  readonly new_score: number[];
  readonly platt: { a: number; b: number; predict: number[] };
  readonly platt_weighted: { a: number; b: number };
  readonly platt_no_target_smoothing: { slope: number; intercept: number };
  readonly beta_abm_mle: { a: number; b: number; c: number; predict: number[] };
  readonly beta_abm_betacal: { predict: number[] };
  readonly temperature_binary: { T: number };
  readonly monotone_spline_pchip: { x: number[]; y: number[]; query: number[]; value: number[] };
}

const WHY = "tolerance of the reference";

Deno.test("fitPlattCurve() equals scikit-learn's sigmoid, plain and weighted", async () => {
  const { score, y, weight } = await goldenColumns("binary.csv");
  const expected = await goldenExpected<Expected>("binary_expected.json");
  const { a, b } = fitPlattCurve(score!, y!);
  almostEqual([a, b], [expected.platt.a, expected.platt.b], 1e-4, WHY);
  almostEqual(expected.new_score.map((s) => expit(-(a * s + b))), expected.platt.predict, 1e-4, WHY);
  const weighted = fitPlattCurve(score!, y!, { weights: weight! });
  almostEqual([weighted.a, weighted.b], [expected.platt_weighted.a, expected.platt_weighted.b], 1e-4, WHY);
  const plain = fitLogistic({ x: besides(score!, score!.map(() => 1)), targets: y! })!.coefficients;
  const { slope, intercept } = expected.platt_no_target_smoothing;
  almostEqual(plain, [slope, intercept], 1e-5, WHY);
});

Deno.test("fitBetaCurve() is the maximum likelihood, and fitBeta() near betacal", async () => {
  const { p, y } = await goldenColumns("binary.csv");
  const expected = await goldenExpected<Expected>("binary_expected.json");
  const { a, b, c } = fitBetaCurve(p!, y!)!;
  almostEqual(
    [a, b, c],
    [expected.beta_abm_mle.a, expected.beta_abm_mle.b, expected.beta_abm_mle.c],
    1e-5,
    WHY,
  );
  almostEqual(fitBeta(p!, y!).predict(expected.new_p), expected.beta_abm_mle.predict, 1e-5, WHY);
  almostEqual(fitBeta(p!, y!).predict(expected.new_p), expected.beta_abm_betacal.predict, 1e-2, WHY);
});

Deno.test("fitTemperature() minimises the log loss", async () => {
  const { score, y } = await goldenColumns("binary.csv");
  const { temperature_binary } = await goldenExpected<Expected>("binary_expected.json");
  const { parameters } = fitTemperature(score!.map(expit), y!).toJSON();
  almostEqual(Number(parameters.temperature), temperature_binary.T, 1e-6, WHY);
});

Deno.test("monotoneSpline() equals PCHIP, and never falls between rising knots", async () => {
  const { monotone_spline_pchip: golden } = await goldenExpected<Expected>("binary_expected.json");
  const spline = monotoneSpline(golden.x, golden.y);
  almostEqual(golden.query.map((at) => splineAt(spline, at)), golden.value, 1e-10, WHY);
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 })), {
    minLength: 2,
  });
  fc.assert(
    fc.property(steps, (rises) => {
      let x = 0, y = 0;
      const knots = rises.map(([dx, dy]) => [x += dx, y += dy] as const);
      const s = monotoneSpline(knots.map(([a]) => a), knots.map(([, b]) => b));
      const at = Array.from({ length: 101 }, (_, i) => splineAt(s, s.x[0]! + i / 100 * (x - s.x[0]!)));
      assert.ok(at.every((v, i) => i === 0 || v >= at[i - 1]! - 1e-9));
    }),
    { numRuns: 50 },
  );
});

/** Over-confident probabilities: the logit is twice what it should be, and shifted. */
function overConfident(rng: Rng, n: number): { p: Float64Array; y: Uint8Array; truth: Float64Array } {
  const z = rng.normals(n), truth = z.map((v) => expit(v - 0.5));
  return { p: z.map((v) => expit(2 * v)), y: Uint8Array.from(truth, (t) => Number(rng.bernoulli(t))), truth };
}

const FITS: Readonly<Record<string, (p: ArrayLike<number>, y: ArrayLike<number>) => Calibrator>> = {
  fitPlatt,
  fitBeta,
  fitTemperature,
  fitShrunk,
  fitIsotonic,
  fitHistogram,
  fitSpline,
  fitBayesianBinning,
};

const error = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a).reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length);

for (const [name, fit] of Object.entries(FITS)) {
  Deno.test(`${name}() brings over-confident probabilities nearer to the truth, and loads back bit for bit`, () => {
    const rng = createRng(7, "curves"), train = overConfident(rng, 2_000), test = overConfident(rng, 1_000);
    const map = fit(train.p, train.y),
      before = error(test.p, test.truth),
      after = error(map.predict(test.p), test.truth);
    // A temperature cannot shift, and a shrunk slope is held back on purpose.
    const share = name === "fitTemperature" ? 0.85 : 0.5;
    assert.ok(after < share * before, `${after} against ${before}`);
    const again = loadCalibrator(JSON.parse(JSON.stringify(map)));
    assert.deepEqual(again.predict(test.p), map.predict(test.p));
    const ends = map.predict([0, 1]);
    assert.ok(ends[0]! >= 0 && ends[1]! <= 1 && ends[0]! <= ends[1]!);
  });
}

Deno.test("fitShrunk() changes little with few rows and comes to the maximum likelihood with many", () => {
  const few = fitShrunk([0.9, 0.1, 0.8], [0, 1, 0]).toJSON().parameters;
  assert.ok(Math.abs(Number(few.slope) - 1) < 0.5 && Number(few.slope) > 0);
  const { p, y } = overConfident(createRng(8, "many"), 20_000), many = fitShrunk(p, y).toJSON().parameters;
  almostEqual([Number(many.slope), Number(many.intercept)], [0.5, -0.5], 0.06, "three standard errors");
});

Deno.test("fitBeta() never turns the order round", () => {
  const rng = createRng(9, "bent"),
    p = rng.uniforms(300),
    y = p.map((v) => Number(rng.bernoulli(0.2 + 2 * (v - 0.5) ** 2)));
  const curve = fitBetaCurve(p, y)!;
  assert.ok(Math.min(curve.a, curve.b) < 0, "the free curve is not monotone here");
  const at = fitBeta(p, y).predict(Float64Array.from({ length: 99 }, (_, i) => (i + 1) / 100));
  assert.ok(at.every((v, i) => i === 0 || v >= at[i - 1]!));
});

Deno.test("fits refuse what is no probability or label, and separated classes where no curve is best", () => {
  for (const [name, fit] of Object.entries(FITS)) {
    assert.throws(() => fit([0.2, NaN], [0, 1]), /probabilities\[1\] must be in \[0, 1\]/, name);
    assert.throws(() => fit([0.2, 0.3], [0, 2]), /labels\[1\] must be 0 or 1/, name);
    assert.throws(() => fit([], []), /number of rows must be 1 or more/, name);
  }
  assert.throws(() => fitTemperature([0.2, 0.8], [0, 1]), /separated/);
  assert.throws(() => fitBeta([0.2, 0.3, 0.7, 0.8], [0, 0, 1, 1]), /separated/);
  assert.ok(fitPlatt([0.2, 0.8], [0, 1]).predict([0.8])[0]! < 1); // smoothed targets keep it finite
  assert.deepEqual([...noCalibration().predict([0, logit(0.5) + 0.5, 1])], [0, 0.5, 1]);
  const json = noCalibration().toJSON();
  assert.throws(() => loadCalibrator({ ...json, method: "plat" as "platt" }), /one of none, shrunk/);
  assert.throws(() => loadCalibrator({ ...json, method: "platt" }), /a must be a number/);
});
