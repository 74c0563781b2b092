import { equal, ok, throws } from "node:assert/strict";
import { almostEqual, createRng } from "../core/mod.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";
import { qiniArea, qiniByRow, upliftAt, upliftAuc, upliftByGroup, upliftCurve } from "./uplift.ts";

interface Expected {
  qini_curve: number[];
  qini_area_above_random_trapezoid: number;
  sklift: Record<string, number>;
}

Deno.test("uplift metrics equal the formula and scikit-uplift", async () => {
  const { y, treatment, uplift } = await goldenColumns("uplift.csv");
  const trial = [y!, treatment!, uplift!] as const;
  const { qini_curve, qini_area_above_random_trapezoid, sklift } = await goldenExpected<Expected>(
    "uplift_expected.json",
  );
  const stated = "stated tolerance";
  almostEqual(qiniByRow(...trial), qini_curve, 1e-9, stated);
  almostEqual(qiniArea(...trial), qini_area_above_random_trapezoid, 1e-9, stated);
  almostEqual(upliftAuc(...trial), sklift.qini_auc_score!, 1e-9, stated);
  almostEqual(upliftAuc(...trial, { kind: "uplift" }), sklift.uplift_auc_score!, 1e-9, stated);
  almostEqual(upliftAt(...trial, 0.3), sklift.uplift_at_30_overall!, 1e-9, stated);
  almostEqual(upliftAt(...trial, 0.3, { by: "arm" }), sklift.uplift_at_30_by_group!, 1e-9, stated);
  almostEqual(upliftByGroup(...trial).mean, sklift.weighted_average_uplift!, 1e-9, stated);
});

Deno.test("upliftAuc() is positive for a score that knows who is moved, about 0 for noise, negative for its reverse", () => {
  const rng = createRng(4, "uplift-test"), n = 20_000;
  const moved = Float64Array.from({ length: n }, () => Number(rng.bernoulli(0.5)));
  const treated = moved.map(() => Number(rng.bernoulli(0.5)));
  const outcomes = moved.map((m, i) => Number(rng.bernoulli(0.2 + 0.4 * m * treated[i]!)));
  const score = moved.map((m) => m + 0.1 * rng.normal());
  const good = upliftAuc(outcomes, treated, score);
  ok(good > 0.1, `${good}`);
  ok(Math.abs(upliftAuc(outcomes, treated, rng.normals(n))) < good / 5);
  ok(upliftAuc(outcomes, treated, score.map((s) => -s)) < -good / 2);
  // Whom it ranks first is moved by 0.4; five standard errors of a difference of two rates over 5,000 rows.
  almostEqual(
    upliftAt(outcomes, treated, score, 0.25),
    0.4,
    5 * Math.sqrt(0.2 * 0.8 / 2500 + 0.6 * 0.4 / 2500),
    "binomial",
  );
});

Deno.test("upliftCurve() starts at nothing and ends where everybody is treated", () => {
  const { rows, gain } = upliftCurve([1, 0, 1, 0], [1, 1, 0, 0], [3, 2, 2, 1]);
  almostEqual(rows, [0, 1, 3, 4], 0, "ties are one step");
  almostEqual(gain, [0, 1, 1 - 2, 0], 1e-15, "by hand: 1; 1 − 1 · 2 / 1; 1 − 1 · 2 / 2");
});

Deno.test("uplift metrics are NaN without both arms, and refuse what is no trial", () => {
  equal(upliftAt([1, 0], [1, 1], [1, 2], 1), NaN);
  throws(() => upliftAuc([1, 0], [1, 2], [1, 2]), /treated\[1\] must be 0 or 1, current value is 2/);
  throws(() => qiniArea([1, 0], [1, 0], [NaN, 2]), /scores\[0\] must be a number/);
  throws(() => upliftAt([1, 0], [1, 0], [1, 2], 0), /share must be in \(0, 1\]/);
  throws(() => upliftByGroup([1, 0], [1, 0], [1, 2], 3), /groups must be an integer in \[1, 2\]/);
});
