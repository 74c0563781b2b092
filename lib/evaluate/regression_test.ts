import { equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual } from "../core/mod.ts";
import { gini, lorenzGini, normalizedGini } from "./concentration.ts";
import { kendall, midRanks, pearson, spearman } from "./correlation.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";
import * as r from "./regression.ts";

Deno.test("errors, deviances, correlations and Ginis equal scikit-learn's and SciPy's", async () => {
  const { actual, predicted, weight } = await goldenColumns("regression.csv");
  const a = actual!, p = predicted!, w = weight!;
  const { expected } = await goldenExpected<{ expected: Record<string, number> }>("regression_expected.json");
  const positive = (values: Float64Array): Float64Array => values.filter((_, i) => a[i]! > 0);
  const clipped = p.map((v) => Math.max(v, 1e-6));
  const found: Record<string, number> = {
    mae: r.meanAbsoluteError(a, p),
    mse: r.meanSquaredError(a, p),
    rmse: r.rootMeanSquaredError(a, p),
    rmse_weighted: r.rootMeanSquaredError(a, p, w),
    rmsle: r.rootMeanSquaredLogError(a, p),
    msle: r.rootMeanSquaredLogError(a, p) ** 2,
    r2: r.r2(a, p),
    r2_weighted: r.r2(a, p, w),
    explained_variance: r.explainedVariance(a, p),
    median_ae: r.medianAbsoluteError(a, p),
    max_error: r.maxError(a, p),
    mape_positive_rows: r.meanAbsolutePercentageError(positive(a), positive(p)),
    smape: r.symmetricPercentageError(a, p),
    wape: r.weightedPercentageError(a, p),
    pinball_0_1: r.pinballLoss(a, p, 0.1),
    pinball_0_9: r.pinballLoss(a, p, 0.9),
    poisson_deviance: r.tweedieDeviance(a, clipped, 1),
    gamma_deviance_positive: r.tweedieDeviance(positive(a), positive(clipped), 2),
    tweedie_1_5: r.tweedieDeviance(a, clipped, 1.5),
    d2_tweedie_1_5: r.devianceExplained(a, clipped, 1.5),
    gini: gini(a, p),
    normalized_gini: normalizedGini(a, p),
    lorenz_gini_of_actual: lorenzGini(a),
    pearson: pearson(a, p),
    spearman: spearman(a, p),
    kendall_tau_b: kendall(a, p),
  };
  for (const [name, value] of Object.entries(found)) {
    almostEqual(value, expected[name]!, 1e-10, `${name}, as stated`);
  }
});

Deno.test("meanAbsolutePercentageError() refuses zeros, where scikit-learn gives 8e14", () => {
  throws(
    () => r.meanAbsolutePercentageError([1, 0], [1, 1]),
    /Cannot compute the MAPE: actual\[1\] must be not 0/,
  );
});

Deno.test("kendall() is what counting all pairs gives", () => {
  const columns = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 2,
  });
  fc.assert(fc.property(columns, (rows) => {
    let agree = 0, ofA = 0, ofP = 0;
    for (const [a, p] of rows) {
      for (const [b, q] of rows) {
        agree += Math.sign(a - b) * Math.sign(p - q);
        ofA += Math.abs(Math.sign(a - b));
        ofP += Math.abs(Math.sign(p - q));
      }
    }
    const tau = kendall(rows.map((v) => v[0]), rows.map((v) => v[1]));
    almostEqual(tau, agree / Math.sqrt(ofA * ofP), 1e-13, "rounding");
  }));
});

Deno.test("midRanks() shares ranks among ties", () => {
  almostEqual(midRanks([30, 10, 20, 20, 10, 10]), [6, 2, 4.5, 4.5, 2, 2], 0, "by hand");
  almostEqual(midRanks([]), [], 0, "nothing");
});

Deno.test("gini(), normalizedGini() and lorenzGini() have the values that their definitions give by hand", () => {
  almostEqual(normalizedGini([5, 1, 9], [50, 10, 90]), 1, 1e-15, "right order");
  almostEqual(normalizedGini([5, 1, 9], [-50, -10, -90]), -1, 1e-15, "wrong order");
  almostEqual(lorenzGini([3, 3, 3]), 0, 1e-15, "all equal");
  almostEqual(lorenzGini([0, 0, 0, 8]), 3 / 4, 1e-15, "one has all: (n − 1) / n");
  equal(lorenzGini([0, 0]), NaN);
  throws(() => gini([1, -1], [1, 2]), /actual\[1\] must be 0 or more/);
});

Deno.test("regression metrics are NaN without rows or spread, and refuse NaN and other lengths", () => {
  equal(r.meanAbsoluteError([], []), NaN);
  equal(r.maxError([], []), NaN);
  equal(r.medianAbsoluteError([], []), NaN);
  equal(r.r2([2, 2], [1, 3]), NaN);
  equal(pearson([1, 1], [1, 2]), NaN);
  equal(spearman([1, 2], [3, 3]), NaN);
  equal(kendall([1, 1], [1, 2]), NaN);
  throws(() => r.meanSquaredError([NaN], [1]), /Cannot compute the MSE: actual\[0\] must be a number/);
  throws(() => r.meanSquaredError([1], [1, 2]), /predicted must be 1 long/);
  throws(() => r.rootMeanSquaredLogError([-1], [1]), /actual\[0\] must be above -1/);
  throws(() => r.tweedieDeviance([0], [1], 2), /actual\[0\] must be positive/);
  throws(() => r.tweedieDeviance([1], [0], 1), /predicted\[0\] must be above 0/);
  throws(() => r.tweedieDeviance([1], [1], 3), /power must be in \[1, 2\]/);
  throws(() => r.pinballLoss([1], [1], 1), /level must be in \(0, 1\)/);
  throws(() => spearman([1, NaN], [1, 2]), /Cannot correlate ranks: actual\[1\]/);
});
