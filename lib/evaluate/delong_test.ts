import { equal, match, ok, throws } from "node:assert/strict";
import { almostEqual, createRng, DISPLAY } from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";
import { auc } from "./auc.ts";
import { aucInterval, compareAuc } from "./delong.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";

type Expected = { expected: Record<"smooth" | "ties", { roc_auc: number; delong_variance: number }> };

Deno.test("aucInterval() has DeLong's variance", async () => {
  const { y, score, score_ties } = await goldenColumns("binary.csv");
  const { smooth, ties } = (await goldenExpected<Expected>("binary_expected.json")).expected;
  for (const [scores, expected] of [[score!, smooth], [score_ties!, ties]] as const) {
    const { estimate, standardError } = aucInterval(y!, scores);
    almostEqual(estimate, expected.roc_auc, 1e-10, "stated tolerance");
    almostEqual(standardError! ** 2, expected.delong_variance, 1e-10, "stated tolerance");
  }
});

Deno.test("aucInterval() plain is the estimate plus and minus z standard errors, cut at 1", () => {
  const labels = [0, 0, 1, 0, 1, 1], scores = [1, 4, 3, 2, 8, 6];
  const { estimate, low, high, standardError } = aucInterval(labels, scores, { scale: "plain" });
  // By hand: positives beat 2, 3, 3 of 3 negatives; V10 = 2/3, 1, 1, V01 = 1, 2/3, 1: both of variance 1/27, each over 3.
  almostEqual(estimate, 8 / 9, 1e-15, "8 of 9 pairs");
  almostEqual(standardError!, Math.sqrt(2 / 81), 1e-15, "by hand");
  almostEqual(low, 8 / 9 - normal().ppf(0.975) * Math.sqrt(2 / 81), 1e-14, "by hand");
  equal(high, 1);
});

Deno.test("aucInterval() covers the true area about as often as it says, at 60 customers", () => {
  const truth = normal().cdf(1.2 / Math.SQRT2), runs = 1000;
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const rng = createRng(3, "coverage-of-delong", run);
    const labels = Array.from({ length: 60 }, (_, i) => Number(i < 20));
    const { low, high } = aucInterval(labels, labels.map((y) => rng.normal() + 1.2 * y));
    hits += Number(low <= truth && truth <= high);
  }
  // Five standard errors of a coverage of 95 %: 0.034. The method itself is a little off at this size.
  almostEqual(hits / runs, 0.95, 5 * Math.sqrt(0.95 * 0.05 / runs), "binomial error");
});

Deno.test("aucInterval() of perfectly separated classes is not a point", () => {
  const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
    { estimate, low, high, method } = aucInterval(labels, labels);
  equal(estimate, 1);
  equal(high, 1);
  ok(low > 0.5 && low < 0.95, `low ${low}`);
  match(method, /Newcombe/);
  const mirrored = aucInterval(labels, labels.map((y) => -y));
  almostEqual([mirrored.low, mirrored.high], [0, 1 - low], 1e-12, "by symmetry");
});

Deno.test("aucInterval() is NaN without two classes, has no ends with one row of a class, and shows itself", () => {
  equal(aucInterval([1, 1], [1, 2]).estimate, NaN);
  const single = aucInterval([0, 0, 1], [1, 2, 3]);
  equal(single.estimate, 1);
  equal(single.low, NaN);
  throws(() => aucInterval([0, 1], [NaN, 1]), /scores\[0\] must be a number/);
  throws(
    () => aucInterval([0, 1], [0, 1], { confidence: 95 }),
    /confidence must be in \(0, 1\), current value is 95/,
  );
  const shown = aucInterval([0, 0, 1, 0, 1, 1], [1, 4, 3, 2, 8, 6], { scale: "plain" })[DISPLAY]();
  equal((shown as Record<string, unknown>)["text/plain"], "0.89 (95 % interval 0.58 to 1.00), DeLong 1988");
});

Deno.test("compareAuc() has the variance of DeLong's covariance formula", () => {
  const rng = createRng(2, "compare-auc"), n = 80;
  const labels = Array.from({ length: n }, (_, i) => Number(i % 3 === 0));
  const a = labels.map((y) => Math.round(3 * (rng.normal() + y))),
    b = a.map((s, i) => s + 2 * rng.normal() + labels[i]!);
  // The structural components and their covariance matrices, from the definition over all pairs.
  const win = (x: number, y: number): number => x > y ? 1 : x === y ? 0.5 : 0;
  const rows = (label: number): number[] => labels.flatMap((y, i) => y === label ? [i] : []);
  const average = (xs: number[]): number => xs.reduce((s, x) => s + x, 0) / xs.length;
  const components = [a, b].map((s) => ({
    v10: rows(1).map((i) => average(rows(0).map((j) => win(s[i]!, s[j]!)))),
    v01: rows(0).map((j) => average(rows(1).map((i) => win(s[i]!, s[j]!)))),
  }));
  const covariance = (x: number[], y: number[]): number =>
    x.reduce((sum, v, i) => sum + (v - average(x)) * (y[i]! - average(y)), 0) / (x.length - 1);
  const s = (k: number, l: number): number =>
    covariance(components[k]!.v10, components[l]!.v10) / rows(1).length +
    covariance(components[k]!.v01, components[l]!.v01) / rows(0).length;
  const { difference, first, second, pValue } = compareAuc(labels, a, b);
  almostEqual(difference.standardError! ** 2, s(0, 0) + s(1, 1) - 2 * s(0, 1), 1e-14, "rounding");
  almostEqual(difference.estimate, auc(labels, a) - auc(labels, b), 1e-14, "rounding");
  almostEqual(first - second, difference.estimate, 1e-14, "rounding");
  almostEqual(
    pValue,
    2 * normal().sf(Math.abs(difference.estimate / difference.standardError!)),
    1e-14,
    "two sides",
  );
});

Deno.test("compareAuc() of scores in the same order finds no difference, for sure", () => {
  const found = compareAuc([0, 1, 0, 1], [1, 2, 3, 4], [10, 20, 30, 40]);
  equal(found.difference.estimate, 0);
  equal(found.pValue, 1);
  equal(
    (found[DISPLAY]() as Record<string, unknown>)["text/plain"],
    "AUC 0.750 and 0.750, difference 0.000 (95 % interval 0.000 to 0.000), p = 1.0, paired DeLong 1988",
  );
});
