import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, expit } from "../core/mod.ts";
import { logLoss } from "../evaluate/mod.ts";
import {
  brierDecomposition,
  calibrationErrors,
  calibrationLine,
  chooseCalibrator,
  judgeCalibration,
  loadCalibrator,
  reliabilityBins,
  reliabilityDiagram,
} from "./mod.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";

interface Binned {
  readonly bins: { lo: number; hi: number; count: number; mean_p: number | null; frac_pos: number | null }[];
  readonly ece: number;
  readonly mce: number;
  readonly rmsce: number;
}
interface Expected {
  readonly metrics: Readonly<Record<string, Binned>> & { brier: number; log_loss: number };
  readonly murphy_decomposition_by_distinct_p: {
    reliability: number;
    resolution: number;
    uncertainty: number;
    brier: number;
  };
  readonly calibration_slope_intercept: { slope: number; intercept: number; citl: number };
  readonly log_loss_extremes: { p: number[]; y: number[]; value: number };
}

const WHY = "tolerance of the reference";

Deno.test("calibrationErrors() and reliabilityBins() equal scikit-learn's curve in every cut", async () => {
  const { p, y } = await goldenColumns("binary.csv");
  const { metrics } = await goldenExpected<Expected>("binary_expected.json");
  for (const cut of ["uniform", "quantile"] as const) {
    for (const bins of [5, 10, 15]) {
      const golden = metrics[`${cut}_${bins}`]!, found = calibrationErrors(y!, p!, { cut, bins });
      const { expected, maximum, rootMeanSquare } = found;
      almostEqual([expected, maximum, rootMeanSquare], [golden.ece, golden.mce, golden.rmsce], 1e-10, WHY);
      reliabilityBins(y!, p!, { cut, bins }).forEach((bin, k) => {
        const { count, mean_p, frac_pos } = golden.bins[k]!;
        assert.equal(bin.rows, count);
        almostEqual([bin.probability, bin.rate.estimate], [mean_p ?? NaN, frac_pos ?? NaN], 1e-10, WHY);
      });
    }
  }
});

Deno.test("judgeCalibration() equals the reference in log loss, Brier and its parts, slope and intercept", async () => {
  const { p, y } = await goldenColumns("binary.csv");
  const expected = await goldenExpected<Expected>("binary_expected.json");
  const report = judgeCalibration(y!, p!);
  almostEqual(report.logLoss, expected.metrics.log_loss, 1e-10, WHY);
  almostEqual(report.brier.brier, expected.metrics.brier, 1e-10, WHY);
  const { reliability, resolution, uncertainty } = expected.murphy_decomposition_by_distinct_p;
  almostEqual(
    [report.brier.reliability, report.brier.resolution, report.brier.uncertainty],
    [reliability, resolution, uncertainty],
    1e-10,
    WHY,
  );
  almostEqual(brierDecomposition(y!, p!).brier, expected.metrics.brier, 1e-10, "the parts add up");
  const { slope, intercept, inTheLarge } = report.line, golden = expected.calibration_slope_intercept;
  almostEqual(
    [slope.estimate, intercept.estimate, inTheLarge.estimate],
    [golden.slope, golden.intercept, golden.citl],
    1e-5,
    WHY,
  );
  const { p: ends, y: labels, value } = expected.log_loss_extremes;
  almostEqual(logLoss(labels, ends, { clip: 2 ** -52 }), value, 1e-10, WHY);
  assert.equal(report.checks[0]!.status, "fail"); // the slope is a half
  assert.ok(JSON.stringify(report[DISPLAY]()).includes("slope (1 is right)"));
});

Deno.test("calibrationLine() has intervals that hold the truth as often as they say", () => {
  const rng = createRng(7, "line"), runs = 600, n = 150;
  let slope = 0, large = 0;
  for (let run = 0; run < runs; run++) {
    const z = rng.normals(n),
      y = z.map((v) => Number(rng.bernoulli(expit(v)))),
      line = calibrationLine(y, z.map(expit));
    slope += Number(line.slope.low <= 1 && line.slope.high >= 1);
    large += Number(line.inTheLarge.low <= 0 && line.inTheLarge.high >= 0);
  }
  const tolerance = 4 * Math.sqrt(0.95 * 0.05 / runs) + 0.01;
  almostEqual(
    [slope / runs, large / runs],
    [0.95, 0.95],
    tolerance,
    "four standard errors, and Wald's own error",
  );
});

Deno.test("calibrationLine() is NaN where classes are separated, and the report still stands", () => {
  const report = judgeCalibration([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]);
  assert.ok(Number.isNaN(report.line.slope.estimate));
  assert.equal(report.checks[0]!.status, "fail");
});

Deno.test("chooseCalibrator() tries only shrinkage below 200 rows or 40 events, and a curve above", () => {
  const rng = createRng(8, "choose");
  const draw = (n: number, shift: number): { p: Float64Array; y: Float64Array } => {
    const z = rng.normals(n);
    return { p: z.map((v) => expit(3 * v)), y: z.map((v) => Number(rng.bernoulli(expit(v + shift)))) };
  };
  const small = draw(199, 0), rare = draw(800, -4), large = draw(1_500, 0);
  for (const { p, y } of [small, rare]) {
    const chosen = chooseCalibrator(p, y, { seed: 1 });
    assert.deepEqual(chosen.candidates.map(({ method }) => method).sort(), ["none", "shrunk"]);
    assert.match(chosen.reason, /too few to choose a curve/);
  }
  const chosen = chooseCalibrator(large.p, large.y, { seed: 1 });
  assert.equal(chosen.candidates.length, 9);
  const of = (method: string): number => chosen.candidates.find((c) => c.method === method)!.logLoss;
  assert.ok(of(chosen.method) < of("none") - 0.05 && of(chosen.method) <= of("isotonic"));
  assert.deepEqual(
    loadCalibrator(JSON.parse(JSON.stringify(chosen))).predict(large.p),
    chosen.predict(large.p),
  );
});

Deno.test("chooseCalibrator() does nothing where nothing is wrong, or hardly anything", () => {
  const rng = createRng(9, "well"),
    z = rng.normals(1_000),
    p = z.map(expit),
    y = z.map((v) => Number(rng.bernoulli(expit(v))));
  const chosen = chooseCalibrator(p, y, { seed: 1 }), moved = chosen.predict(p);
  assert.ok(moved.every((v, i) => Math.abs(v - p[i]!) < 0.08));
});

Deno.test("reliabilityDiagram() says in words what it shows", () => {
  const rng = createRng(10, "figure"), p = rng.uniforms(200), y = p.map((v) => Number(rng.bernoulli(v)));
  const { html, alt } = reliabilityDiagram(y, p, { bins: 5, event: "churn" });
  assert.ok(html.includes("<svg") && html.includes("churn"));
  assert.equal(alt.split("said").length - 1, 5);
});
