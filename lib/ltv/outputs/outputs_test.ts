import assert from "node:assert/strict";
import { almostEqual, createRng, type Matrix, matrix, mean, sum } from "../../core/mod.ts";
import { rootMeanSquaredLogError } from "../../evaluate/mod.ts";
import { coverageByWeek } from "./coverage_by_week.ts";
import type { DatedSpend } from "./dated_spend.ts";
import { densityRatios } from "./density_ratio.ts";
import { randomisedPit } from "./randomised_pit.ts";
import { fitRevenueSets, loadRevenueSets, type SpendHistory } from "./revenue_sets.ts";
import { smearedMean, smearingFactor } from "./smearing.ts";
import { rmsleForecast } from "./two_outputs.ts";

const DAY = 86_400_000;

/** Customers of known truth: P from 1 % to 20 % by one feature, log1p R ~ N(2 + feature, spread²) given a purchase. */
function customers(n: number, seed: number, { mix = 1, level = 0, spread = 0.8 } = {}): DatedSpend {
  const rng = createRng(seed, "customers");
  const x = rng.uniforms(n).map((u) => u ** mix);
  const probability = x.map((v) => 0.01 + 0.19 * v), meanLog = x.map((v) => 2 + v);
  // The spread grows with the feature: a mix of customers with more of it is harder to cover.
  const revenue = x.map((v, i) =>
    rng.bernoulli(probability[i]!)
      ? Math.max(0.01, Math.expm1(meanLog[i]! + level + spread * (0.4 + 1.2 * v) * rng.normal()))
      : 0
  );
  const times = x.map((_, i) => Math.floor(28 * i / n) * DAY), users = x.map((_, i) => i);
  return { probability, meanLog, revenue, times, users, features: matrix(n, 1, x) };
}

Deno.test("smearingFactor() makes a mean of a log-normal's median, and of any residuals their own mean", () => {
  const residuals = createRng(1, "residuals").normals(40_000);
  const error = Math.sqrt((Math.E - 1) * Math.E / 40_000);
  almostEqual(
    smearingFactor(residuals),
    Math.exp(0.5),
    4 * error,
    "four standard errors of the mean of exp(N(0, 1))",
  );
  const [five, none] = smearedMean([Math.log(3), -5], 2);
  almostEqual(five!, 5, 1e-14, "rounding");
  assert.equal(none, 0);
  assert.throws(() => smearingFactor([]), /Cannot smear a mean: residuals must be one or more/);
});

// The simulation of the study's decisions: 4 % buyers, log-normal with σ = 1.5.
Deno.test("rmsleForecast() is best for RMSLE and misses most of the total; the mean is right in the total and bad for RMSLE", () => {
  const rng = createRng(4, "two-outputs"), n = 60_000;
  const revenue = Float64Array.from(
    { length: n },
    () => rng.bernoulli(0.04) ? Math.exp(2 + 1.5 * rng.normal()) : 0,
  );
  const bought = revenue.filter((r) => r > 0), meanLog = mean(bought.map(Math.log1p));
  const forSquaredLogs = rmsleForecast(revenue.map(() => 0.04), revenue.map(() => meanLog));
  const expected = revenue.map(() => 0.04 * Math.exp(2 + 1.125));
  assert.ok(sum(forSquaredLogs) / sum(revenue) < 0.15, "nearly nine tenths of the money are missing");
  almostEqual(
    sum(expected) / sum(revenue),
    1,
    4 * 2.9 / Math.sqrt(bought.length) + 0.02,
    "four standard errors",
  );
  const error = (said: Float64Array): number => rootMeanSquaredLogError(revenue, said);
  assert.ok(error(forSquaredLogs) < error(expected) - 0.02);
  for (const factor of [0.5, 1.5]) {
    assert.ok(error(forSquaredLogs) < error(forSquaredLogs.map((f) => factor * f)));
  }
});

Deno.test("fitRevenueSets() covers buyers and customers without revenue alike, where [0, 0] covers nine in ten and no buyer", () => {
  const sets = fitRevenueSets(customers(20_000, 1)), fresh = customers(40_000, 2);
  const expected = Float64Array.from(fresh.probability, (p, i) => p * Math.expm1(fresh.meanLog[i]!));
  const { zeros, buyers, topDecile, topDecileBuyers, largestBuyers } = sets.predict(fresh).coverage(
    fresh.revenue,
    expected,
  );
  // Of a split calibration: Beta law of 2,000 buyers and the count on 4,000.
  almostEqual(
    buyers.coverage.estimate,
    0.9,
    4 * Math.sqrt(0.09 / 2000 + 0.09 / 4000),
    "four standard errors",
  );
  almostEqual(
    zeros.coverage.estimate,
    0.9,
    4 * Math.sqrt(0.09 / 2000 + 0.09 / 36_000),
    "four standard errors",
  );
  assert.equal(topDecile!.rows, 4000);
  assert.ok(topDecileBuyers!.rows < topDecile!.rows && largestBuyers.coverage.estimate < 0.9);
  assert.ok(zeros.rows > 0.88 * 40_000, "what [0, 0] would cover");
});

Deno.test("loadRevenueSets() predicts the same after a way through JSON", () => {
  const history: SpendHistory = { ...customers(3000, 3), weights: createRng(1, "w").uniforms(3000) };
  const sets = fitRevenueSets(history), later = customers(500, 4), weights = createRng(2, "w").uniforms(500);
  const { low, high, holdsZero } = sets.predict(later, weights);
  const again = loadRevenueSets(JSON.parse(JSON.stringify(sets))).predict(later, weights);
  assert.deepEqual([again.low, again.high, again.holdsZero], [low, high, holdsZero]);
  assert.throws(() => sets.predict(later), /weights must be given/);
});

Deno.test("fitRevenueSets() refuses what is not known, and says with a check that buyers are few", () => {
  const rows = customers(300, 5), revenue = rows.revenue as Float64Array;
  assert.throws(
    () => fitRevenueSets({ ...rows, revenue: revenue.map(() => 0) }),
    /revenue must be above 0 somewhere/,
  );
  assert.throws(
    () => fitRevenueSets({ ...rows, revenue: revenue.with(0, NaN) }),
    /revenue\[0\] must be 0 or more/,
  );
  assert.throws(() => fitRevenueSets({ ...rows, probability: [2] }), /meanLog must be 1 long/);
  const few = fitRevenueSets({ ...rows, revenue: revenue.map((_, i) => i < 5 ? 3 : 0) });
  assert.match(few.checks[0]!.title, /^buyers: 5 calibration rows, 19 are needed/);
  assert.equal(few.predict(rows).high[0], Infinity);
});

Deno.test("randomisedPit() is uniform where forecasts are right, and is not where P is half of what it should be", () => {
  const history = customers(8000, 6), fresh = customers(5000, 7, { spread: 0.8 });
  const distance = (pit: Float64Array): number => {
    const sorted = pit.toSorted(), n = sorted.length;
    return sorted.reduce((most, u, i) => Math.max(most, Math.abs(u - (i + 0.5) / n)), 0);
  };
  const right = randomisedPit(history, fresh, fresh.revenue, { seed: 1 });
  assert.ok(
    distance(right) < 1.63 / Math.sqrt(5000) + 0.01,
    `Kolmogorov's 1 % point of 5,000 rows, and shapes of 800 buyers`,
  );
  const half = { ...fresh, probability: Float64Array.from(fresh.probability, (p) => p / 2) };
  assert.ok(distance(randomisedPit(history, half, fresh.revenue, { seed: 1 })) > 0.04);
  const noAtom = randomisedPit(history, fresh, fresh.revenue, { seed: 1 }).filter((_, i) =>
    fresh.revenue[i] === 0
  );
  assert.ok(new Set(noAtom).size > 4000, "spread over the atom");
});

Deno.test("densityRatios() finds how much more often a value comes, from rows of other users", () => {
  const rng = createRng(8, "ratio"), n = 6000;
  const rows = (shift: number): { features: Matrix; users: number[] } => ({
    features: matrix(n, 1, rng.normals(n).map((x) => x + shift)),
    users: Array.from({ length: n }, (_, i) => i),
  });
  const before = rows(0), later = rows(1);
  const { calibration, target } = densityRatios(before, later, { seed: 1 });
  // The ratio of N(1, 1) to N(0, 1) at x is exp(x − ½): about 1 near ½.
  const near = (x: number): number =>
    mean(
      [...before.features.values.keys()].filter((i) => Math.abs(before.features.values[i]! - x) < 0.2).map((
        i,
      ) => calibration[i]!),
    );
  for (const x of [-0.5, 0.5, 1.5]) {
    almostEqual(near(x), Math.exp(x - 0.5), { relative: 0.2 }, "a classifier of 40 trees");
  }
  assert.equal(target.length, n);
  const one = { features: matrix(1, 1, Float64Array.of(0)), users: [1] };
  assert.throws(() => densityRatios(one, one, { seed: 1 }), /calibration must be rows of two or more users/);
});

Deno.test("coverageByWeek() with weights answers a new mix of customers, which plain thresholds do not", () => {
  const calibration = customers(8000, 9, { mix: 2.5 }), later = customers(6000, 10, { mix: 0.3 });
  const { overall } = coverageByWeek(calibration, later, { horizon: 3 });
  assert.ok(overall.plain.buyers.coverage.estimate < 0.85, `plain ${overall.plain.buyers.coverage.estimate}`);
  const { estimate } = overall.weighted.buyers.coverage;
  assert.ok(estimate > 0.87 && estimate < 0.94, `weighted ${estimate}`);
});

Deno.test("coverageByWeek() with adaptive sets answers prices that rise for all, which weights cannot see", () => {
  const calibration = customers(6000, 11), later = customers(8000, 12, { level: 0.9 });
  const { overall, weeks, sets } = coverageByWeek(calibration, later, { horizon: 3 });
  assert.ok(
    overall.plain.buyers.coverage.estimate < 0.82 && overall.weighted.buyers.coverage.estimate < 0.82,
  );
  const late = weeks.filter(({ method }) => method === "adaptive").slice(1).map(({ coverage }) =>
    coverage.buyers
  );
  const covered = sum(late.map((w) => w.coverage.estimate * w.rows)) / sum(late.map((w) => w.rows));
  assert.ok(covered > 0.87 && covered < 0.93, `adaptive, after the first week ${covered}`);
  // Nothing is known before the horizon has passed: the first days are those of the plain window.
  const first = Float64Array.from(later.times, (t) => t).findIndex((t) => t >= 3 * DAY);
  assert.equal(
    new Set(
      Array.from(
        sets.adaptive.high.subarray(0, first),
        (h, i) => (Math.log1p(h) - later.meanLog[i]!).toFixed(9),
      ),
    ).size,
    1,
  );
});
