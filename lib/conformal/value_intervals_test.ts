import assert from "node:assert/strict";
import { almostEqual, createRng } from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";
import {
  absolute,
  conformaliseValues,
  conformalPredictive,
  crossIntervals,
  crossSets,
  distributional,
  loadValueIntervals,
  normalised,
  quantileSides,
} from "./mod.ts";

Deno.test("conformaliseValues() is infinite with too few rows, on two sides with fewer than 19 at 90 %", () => {
  const rows = (n: number): { low: number; high: number }[] =>
    Array.from({ length: n }, () => ({ low: 0, high: 1 }));
  const few = conformaliseValues({ predictions: rows(18), values: new Float64Array(18) }, {
    score: quantileSides(),
  });
  assert.deepEqual([...few.predict(rows(1)).low, ...few.predict(rows(1)).high], [-Infinity, Infinity]);
  assert.match(few.checks[0]!.title, /18 calibration rows, 19 are needed at 95 %/);
  const enough = conformaliseValues({ predictions: rows(19), values: new Float64Array(19) }, {
    score: quantileSides(),
  });
  assert.ok(Number.isFinite(enough.predict(rows(1)).low[0]));
});

Deno.test("conformaliseValues() with distributional() covers though the distribution is wrong", () => {
  const rng = createRng(7, "distributional"), runs = 10_000, n = 19, wrong = normal(0.5, 2);
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const values = rng.normals(n);
    const fitted = conformaliseValues({ predictions: Array(n).fill(wrong), values }, {
      score: distributional(),
    });
    const { low, high } = fitted.predict([wrong]), value = rng.normal();
    hits += Number(value >= low[0]! && value <= high[0]!);
  }
  almostEqual(hits / runs, 0.9, 4 * Math.sqrt(0.09 / runs), "rank 18 of 20; four standard errors");
});

Deno.test("crossIntervals() as jackknife+ covers at least 2 · 0.9 − 1, and near 90 % for a stable model", () => {
  const rng = createRng(7, "jackknife"), runs = 10_000, n = 20;
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const values = rng.normals(n), total = values.reduce((a, b) => a + b, 0);
    const means = values.map((v) => (total - v) / (n - 1)), folds = values.map((_, i) => i);
    const { low, high } = crossIntervals({
      values,
      outOfFold: means,
      folds,
      predictions: [...means].map((m) => [m]),
    });
    const value = rng.normal();
    hits += Number(value >= low[0]! && value <= high[0]!);
  }
  const error = Math.sqrt(0.09 / runs);
  assert.ok(hits / runs >= 0.8 - 4 * error, `${hits / runs}`); // what is promised
  almostEqual(hits / runs, 0.9, 0.03, "what was observed: 19 of 21 and a stable model");
});

Deno.test("crossSets() as CV+ covers at least 2 · 0.9 − 1, and near 90 % for a stable model", () => {
  const rng = createRng(7, "cv-plus"),
    runs = 10_000,
    n = 30,
    folds = Array.from({ length: n }, (_, i) => i % 5);
  const draw = (): { x: number; y: number } => {
    const y = Number(rng.bernoulli(0.4));
    return { x: y * 1.5 + rng.normal(), y };
  };
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const rows = Array.from({ length: n }, draw), test = draw();
    const models = [0, 1, 2, 3, 4].map((fold) => discriminant(rows.filter((_, i) => folds[i] !== fold)));
    const { sets } = crossSets({
      labels: rows.map((r) => r.y),
      outOfFold: rows.map((r, i) => models[folds[i]!]!(r.x)),
      folds,
      predictions: models.map((model) => [model(test.x)]),
    });
    hits += Number(sets[0]!.includes(test.y));
  }
  const error = Math.sqrt(0.09 / runs);
  assert.ok(hits / runs >= 0.8 - 4 * error, `${hits / runs}`); // what is promised
  almostEqual(hits / runs, 28 / 31, 0.03, "what was observed");
});

/** P(y = 1 | x) by two normals of equal spread. */
function discriminant(rows: readonly { x: number; y: number }[]): (x: number) => number {
  const mean = (y: number): number => {
    const own = rows.filter((r) => r.y === y);
    return own.reduce((a, r) => a + r.x, 0) / Math.max(1, own.length);
  };
  const [a, b] = [mean(0), mean(1)], base = Math.max(1, rows.filter((r) => r.y === 1).length) / rows.length;
  return (x) => 1 / (1 + Math.exp(-(Math.log(base / (1 - base)) + (b - a) * (x - (a + b) / 2))));
}

Deno.test("conformalPredictive() holds the value's level between its bounds, uniformly", () => {
  const rng = createRng(7, "predictive"), runs = 10_000, n = 9;
  let within = 0;
  for (let run = 0; run < runs; run++) {
    const [, high] = conformalPredictive(rng.normals(n), new Float64Array(n)).cdf(rng.normal(), 0);
    within += Number(high <= 0.3 + 1e-12);
  }
  almostEqual(
    within / runs,
    0.3,
    4 * Math.sqrt(0.21 / runs),
    "uniform on 1/10 … 10/10; four standard errors",
  );
});

Deno.test("coverage() of intervals counts below, above, infinite, slices and the constant beside them", () => {
  const rng = createRng(8, "report"), n = 60, means = rng.normals(n);
  const fitted = conformaliseValues(
    { predictions: [...means], values: means.map((m) => m + 0.3 * rng.normal()) },
    { score: absolute() },
  );
  const test = rng.normals(200), values = test.map((m) => m + 0.3 * rng.normal());
  const report = fitted.predict([...test]).coverage(values, { slices: { half: test.map((_, i) => i % 2) } });
  almostEqual(
    report.overall.coverage.estimate + report.overall.below + report.overall.above,
    1,
    1e-12,
    "shares",
  );
  assert.equal(report.infinite, 0);
  assert.ok(
    report.constant.medianWidth > 2 * report.overall.medianWidth,
    "the model knows more than the median",
  );
  assert.deepEqual(report.bySlice.half!.map(({ rows }) => rows), [100, 100]);
  assert.equal(report.check!.status, "pass");
});

Deno.test("loadValueIntervals() predicts the same after JSON, and refuses another score", () => {
  const rng = createRng(9, "save"),
    predictions = Array.from({ length: 12 }, () => ({ mean: 0, scale: rng.uniform() }));
  const fitted = conformaliseValues({ predictions, values: rng.normals(12), weights: rng.uniforms(12) }, {
    score: normalised(),
    confidence: 0.6,
  });
  const json = JSON.parse(JSON.stringify(fitted)), where = { weights: [0.3] };
  const again = loadValueIntervals(json, normalised());
  assert.deepEqual(
    again.predict(predictions.slice(0, 1), where).low,
    fitted.predict(predictions.slice(0, 1), where).low,
  );
  assert.throws(() => loadValueIntervals(json, absolute()), /as calibrated, normalised/);
});
