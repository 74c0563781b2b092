import assert from "node:assert/strict";
import { almostEqual, createRng, mean } from "../../core/mod.ts";
import { decileCalibration } from "./deciles.ts";
import { orderViolations } from "./order.ts";
import { revenueMetrics } from "./revenue_metrics.ts";
import { rateCheck, totalBias } from "./total_bias.ts";

interface Golden {
  readonly actual: number[];
  readonly predicted: number[];
  readonly users: number[];
  readonly expected: Record<string, number> & Record<`decile${string}`, number[]>;
}

const { actual, predicted, users, expected }: Golden = JSON.parse(
  await Deno.readTextFile(
    new URL("../../../tests/golden/30_revenue_metrics/revenue_metrics.json", import.meta.url),
  ),
);

Deno.test("revenueMetrics() agrees with scikit-learn, SciPy and NumPy where most amounts are 0", () => {
  const metrics = revenueMetrics(actual, predicted, { users });
  for (const name of ["rmsle", "rmse", "mae", "r2", "spearman", "gini"] as const) {
    almostEqual(metrics[name], expected[name]!, { relative: 1e-12 }, `rounding of ${name}`);
  }
  almostEqual(metrics.total.bias, expected.bias!, { relative: 1e-11 }, "rounding of a difference of sums");
  almostEqual(metrics.total.standardError, expected.standardError!, { relative: 1e-12 }, "rounding");
  const found = metrics.deciles;
  almostEqual(
    found.map((decile) => decile.predicted),
    expected.decilePredicted!,
    { relative: 1e-12 },
    "rounding",
  );
  almostEqual(found.map((decile) => decile.actual), expected.decileActual!, 1e-12, "rounding");
  almostEqual(
    found.map((decile) => decile.standardError),
    expected.decileError!,
    { relative: 1e-12 },
    "rounding",
  );
});

Deno.test("decileCalibration() shares out rows that do not divide evenly", () => {
  const groups = decileCalibration(new Float64Array(23), new Float64Array(23));
  assert.equal(groups.reduce((sum, { rows }) => sum + rows, 0), 23);
  assert.ok(groups.every(({ rows }) => rows === 2 || rows === 3));
});

Deno.test("totalBias() has a standard error that is the spread of the bias over repeated worlds, users repeating rows", () => {
  const runs = 2000, perUser = 3, rng = createRng(4, "total-bias-test");
  const worlds = Array.from({ length: runs }, () => {
    const spent = Float64Array.from({ length: 60 }, () => rng.exponential()), rows = 60 * perUser;
    return totalBias(
      Float64Array.from({ length: rows }, (_, i) => spent[Math.floor(i / perUser)]!),
      new Float64Array(rows).fill(1),
      Float64Array.from({ length: rows }, (_, i) => Math.floor(i / perUser)),
    );
  });
  const spread = Math.sqrt(mean(worlds.map(({ bias }) => bias ** 2)));
  almostEqual(
    spread,
    perUser * Math.sqrt(60),
    { relative: 4 / Math.sqrt(2 * runs) },
    "four standard errors of a spread",
  );
  const squares = mean(worlds.map(({ standardError }) => standardError ** 2));
  almostEqual(
    squares,
    perUser ** 2 * 60,
    { relative: 0.05 },
    "variance of an exponential's variance, 8 / 60 a run",
  );
});

Deno.test("rateCheck() passes as often as two standard errors should, and fails on probabilities of resampled rows", () => {
  const rng = createRng(5, "rate-test"), runs = 400;
  let passed = 0;
  for (let run = 0; run < runs; run++) {
    const chance = Float64Array.from({ length: 500 }, () => 0.4 * rng.uniform());
    const bought = chance.map((p) => Number(rng.bernoulli(p)));
    passed += Number(rateCheck("P", chance, bought).status === "pass");
    assert.equal(rateCheck("P", chance.map((p) => Math.min(1, 2 * p)), bought).status, "fail");
  }
  const share = 0.9545;
  almostEqual(
    passed / runs,
    share,
    4 * Math.sqrt(share * (1 - share) / runs),
    "four standard errors of a share",
  );
});

Deno.test("orderViolations() counts rows that fall anywhere, once, and the deepest fall", () => {
  assert.deepEqual(orderViolations([[1, 5, 2], [3, 4, 2], [2, 1, 2]]), {
    rows: 3,
    violations: 2,
    largest: 3,
  });
  assert.deepEqual(orderViolations([]), { rows: 0, violations: 0, largest: 0 });
  assert.throws(() => orderViolations([[1], [NaN]]), /forecasts\[1\]\[0\] must be a number/);
});

Deno.test("revenueMetrics() refuses a negative forecast by its place", () => {
  assert.throws(
    () => revenueMetrics([1, 2], [0, -1]),
    /predicted\[1\] must be 0 or more, current value is -1/,
  );
});
