import assert from "node:assert/strict";
import { almostEqual } from "../core/mod.ts";
import {
  absolute,
  conformaliseValues,
  conformalPredictive,
  crossIntervals,
  normalised,
  quantileScore,
  quantileSides,
} from "./mod.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";

interface Expected {
  readonly result: Readonly<
    Record<string, {
      split_absolute: { q: number };
      normalized: { q: number };
      mondrian_by_group: Record<string, number>;
      cqr_symmetric: { q: number };
      cqr_asymmetric: { q_low: number; q_high: number };
      coverage_split: number;
    }>
  >;
  readonly conformal_predictive_system_crepes: {
    percentiles_at: number[];
    lower: number[][];
    higher: number[][];
  };
}

interface Cross {
  readonly y_train: number[];
  readonly y_test: number[];
  readonly methods: Readonly<
    Record<string, {
      fold_of_row: number[];
      leave_out_prediction: number[];
      fold_test: number[][];
      full_prediction_test: number[];
      result: Readonly<Record<string, { interval: [number, number][] }>>;
    }>
  >;
}

const WHY = "tolerance of the reference";

Deno.test("conformaliseValues() gives the reference thresholds of every score", async () => {
  const c = await goldenColumns("regression_calibration.csv"), t = await goldenColumns("regression_test.csv");
  const { result } = await goldenExpected<Expected>("regression_expected.json");
  const mu = [...c.mu!], values = c.y!;
  const scaled = mu.map((mean, i) => ({ mean, scale: c.sigma![i]! }));
  const ends = mu.map((_, i) => ({ low: c.q_lo![i]!, high: c.q_hi![i]! }));
  for (const [alpha, golden] of Object.entries(result)) {
    const confidence = 1 - Number(alpha);
    const plain = conformaliseValues({ predictions: mu, values }, { score: absolute(), confidence });
    almostEqual(plain.thresholds[0]!.threshold, [golden.split_absolute.q], 1e-9, WHY);
    almostEqual(
      plain.predict([...t.mu!]).coverage(t.y!).overall.coverage.estimate,
      golden.coverage_split,
      1e-12,
      WHY,
    );
    const norm = conformaliseValues({ predictions: scaled, values }, { score: normalised(), confidence });
    almostEqual(norm.thresholds[0]!.threshold, [golden.normalized.q], 1e-9, WHY);
    const groups = conformaliseValues({ predictions: mu, values, groups: c.group! }, {
      score: absolute(),
      confidence,
    });
    assert.equal(groups.thresholds.length, 3);
    for (const { name, threshold } of groups.thresholds) {
      almostEqual(threshold, [golden.mondrian_by_group[name]!], 1e-9, WHY);
    }
    const both = conformaliseValues({ predictions: ends, values }, { score: quantileScore(), confidence });
    almostEqual(both.thresholds[0]!.threshold, [golden.cqr_symmetric.q], 1e-9, WHY);
    const sides = conformaliseValues({ predictions: ends, values }, { score: quantileSides(), confidence });
    const { q_low, q_high } = golden.cqr_asymmetric;
    almostEqual(sides.thresholds[0]!.threshold, [q_low, q_high], 1e-9, WHY);
  }
});

Deno.test("crossIntervals() gives the reference intervals of jackknife+ and CV+, minmax and one model", async () => {
  const { y_train, methods } = await goldenExpected<Cross>("jackknife_cv_plus.json");
  const names = { plus: "plus", minmax: "minmax", base: "whole" } as const;
  for (const golden of Object.values(methods)) {
    for (const [key, { interval }] of Object.entries(golden.result)) {
      const [name, alpha] = key.split("|alpha=");
      const { low, high } = crossIntervals({
        values: y_train,
        outOfFold: golden.leave_out_prediction,
        folds: golden.fold_of_row,
        predictions: golden.fold_test,
        whole: golden.full_prediction_test,
      }, { method: names[name as keyof typeof names], confidence: 1 - Number(alpha) });
      almostEqual(low, interval.map(([a]) => a), 1e-8, WHY);
      almostEqual(high, interval.map(([, b]) => b), 1e-8, WHY);
    }
  }
});

Deno.test("conformalPredictive() gives the percentiles of crepes", async () => {
  const c = await goldenColumns("regression_calibration.csv"), t = await goldenColumns("regression_test.csv");
  const { conformal_predictive_system_crepes: golden } = await goldenExpected<Expected>(
    "regression_expected.json",
  );
  const fitted = conformalPredictive(c.y!, c.mu!);
  const at = (end: 0 | 1): number[][] =>
    golden.lower.map((_, i) => golden.percentiles_at.map((p) => fitted.quantile(p / 100, t.mu![i]!)[end]));
  almostEqual(at(0), golden.lower, 1e-9, WHY);
  almostEqual(at(1), golden.higher, 1e-9, WHY);
});
