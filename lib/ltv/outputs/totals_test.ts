import assert from "node:assert/strict";
import { almostEqual, createRng, sum } from "../../core/mod.ts";
import { binomial } from "../../core/distributions/mod.ts";
import { type Cohort, forecastCohort, type Said, simulateCohort } from "./cohort_fixture.ts";
import { fitTotals, loadTotals, type TotalsHistory } from "./fit_totals.ts";
import { fitRevenueSets } from "./revenue_sets.ts";

/** Weeks 0 to 4 are learnt from, 5 to 11 calibrate, the total of week 12 is asked for. */
const LEARNT = 5, ASKED = 12;

interface Judged {
  /** Whether each interval holds: the posterior predictive one of all, those of three segments, and two that should not be used. */
  readonly all: boolean;
  readonly segments: readonly boolean[];
  readonly plugIn: boolean;
  readonly summed: boolean;
  readonly summedWidth: number;
  readonly width: number;
}

function history({ weeks, revenue }: Cohort, said: Said): TotalsHistory {
  const rows = weeksBetween(weeks, LEARNT, ASKED - 1),
    take = (v: Float64Array): number[] => rows.map((i) => v[i]!);
  return {
    probability: take(said.probability),
    expectedRevenue: take(said.expectedRevenue),
    revenue: take(revenue),
    periods: take(weeks),
    users: rows,
  };
}

function weeksBetween(weeks: Float64Array, first: number, last: number): number[] {
  return [...weeks.keys()].filter((i) => weeks[i]! >= first && weeks[i]! <= last);
}

function judgeCohort(seed: number): Judged {
  const cohort = simulateCohort({ weeks: ASKED + 1, customers: 500 }, seed),
    said = forecastCohort(cohort, LEARNT);
  const next = weeksBetween(cohort.weeks, ASKED, ASKED), past = weeksBetween(cohort.weeks, LEARNT, ASKED - 1);
  const take = (v: Float64Array, rows: readonly number[]): number[] => rows.map((i) => v[i]!);
  const segments = next.map((i) =>
    cohort.features.values[2 * i]! > 0.5 ? "a" : cohort.features.values[2 * i + 1]! > 0 ? "b" : "c"
  );
  const rows = {
    probability: take(said.probability, next),
    expectedRevenue: take(said.expectedRevenue, next),
    segments,
  };
  const totals = fitTotals(history(cohort, said)).predict(rows, { seed, draws: 400 });
  const holds = ({ low, high }: { low: number; high: number }, own: readonly number[]): boolean => {
    const truth = sum(own.map((i) => cohort.revenue[i]!));
    return truth >= low && truth <= high;
  };
  const sets = fitRevenueSets({
    probability: take(said.probability, past),
    meanLog: take(said.meanLog, past),
    revenue: take(cohort.revenue, past),
  }).predict({ probability: rows.probability, meanLog: take(said.meanLog, next) });
  const summed = { low: sum(sets.low.map((v, i) => sets.holdsZero[i] ? 0 : v)), high: sum(sets.high) };
  return {
    all: holds(totals.all, next),
    segments: totals.bySegment.map((t) => holds(t, next.filter((_, k) => segments[k] === t.segment))),
    plugIn: holds(plugInNormal(rows, said.sigma), next),
    summed: holds(summed, next),
    summedWidth: summed.high - summed.low,
    width: totals.all.high - totals.all.low,
  };
}

/** The sum of means ± 1.645 standard deviations, as if the fit were the truth and weeks were alike. */
function plugInNormal(
  { probability, expectedRevenue }: { probability: number[]; expectedRevenue: number[] },
  sigma: number,
): { low: number; high: number } {
  const variance = sum(probability.map((p, i) => {
    const spend = expectedRevenue[i]! / p;
    return p * spend ** 2 * Math.exp(sigma ** 2) - expectedRevenue[i]! ** 2;
  }));
  const centre = sum(expectedRevenue), reach = 1.645 * Math.sqrt(variance);
  return { low: centre - reach, high: centre + reach };
}

const SLOW = Deno.env.get("CREDIBLE_SLOW") !== undefined, cohorts = SLOW ? 300 : 15;

Deno.test(`fitTotals() covers totals of ${cohorts} simulated cohorts within the exact binomial band (300 where CREDIBLE_SLOW is set)`, () => {
  const judged = Array.from({ length: cohorts }, (_, seed) => judgeCohort(seed));
  const count = (of: (j: Judged) => boolean): number => judged.filter(of).length;
  const law = binomial(cohorts, 0.9), band = [law.ppf(0.005), law.ppf(0.995)] as const;
  const covered = count((j) => j.all);
  assert.ok(covered >= band[0] && covered <= band[1], `all: ${covered} of ${cohorts}, band ${band}`);
  for (const k of [0, 1, 2]) {
    const own = count((j) => j.segments[k]!);
    assert.ok(own >= band[0] && own <= band[1], `segment ${k}: ${own} of ${cohorts}, band ${band}`);
  }
  const plugIn = count((j) => j.plugIn);
  assert.ok(!SLOW || plugIn < band[0], `a plug-in normal covers ${plugIn} of ${cohorts}: below the band`);
  // Conformal ends summed say nothing: they always hold because they are many times as wide.
  const ratio = sum(judged.map((j) => j.summedWidth)) / sum(judged.map((j) => j.width));
  assert.ok(count((j) => j.summed) === cohorts && ratio > 10, `summed ends are ${ratio} times as wide`);
});

Deno.test("fitTotals() draws segments that add up to all, the same for the same seed and after a way through JSON", () => {
  const cohort = simulateCohort({ weeks: 8, customers: 400 }, 1), said = forecastCohort(cohort, 4);
  const model = fitTotals({
    ...said,
    revenue: cohort.revenue,
    periods: cohort.weeks,
    users: [...cohort.weeks.keys()],
  });
  const rows = { ...said, segments: Array.from(cohort.weeks, (_, i) => i % 3), periods: cohort.weeks };
  const totals = model.predict(rows, { seed: 3, draws: 100 });
  totals.all.draws.forEach((total, d) =>
    almostEqual(total, sum(totals.bySegment.map((s) => s.draws[d]!)), { relative: 1e-12 }, "rounding")
  );
  const again = loadTotals(JSON.parse(JSON.stringify(model))).predict(rows, { seed: 3, draws: 100 });
  assert.deepEqual(again.all.draws, totals.all.draws);
  almostEqual(
    totals.all.expected,
    sum(said.expectedRevenue),
    { relative: 1e-12 },
    "the sum of expected revenue",
  );
});

Deno.test("fitTotals() is wider where weeks lie further apart, and knows how far", () => {
  const at = (tau: number): { width: number; tau: number } => {
    const cohort = simulateCohort({ weeks: 13, customers: 1500, tau }, 2),
      said = forecastCohort(cohort, LEARNT);
    const model = fitTotals(history(cohort, said));
    const { low, high, mean } = model.predict(said, { seed: 1, draws: 200 }).all;
    return { width: (high - low) / mean, tau: model.state.buyers.tau };
  };
  const calm = at(0), rough = at(0.5);
  assert.ok(rough.width > 2 * calm.width);
  assert.ok(calm.tau < 0.15 && rough.tau > 0.25, `${calm.tau} ${rough.tau}`);
});

Deno.test("fitTotals() refuses few buyers, a buyer with no chance, and means without a chance", () => {
  const cohort = simulateCohort({ weeks: 8, customers: 400 }, 1), said = forecastCohort(cohort, 4);
  const whole = { ...said, revenue: cohort.revenue, periods: cohort.weeks, users: [...cohort.weeks.keys()] };
  const bought = cohort.revenue.findIndex((r) => r > 0);
  assert.throws(
    () => fitTotals({ ...whole, revenue: cohort.revenue.map(() => 0) }),
    /above 0 for 10 customers or more/,
  );
  const none = {
    probability: said.probability.with(bought, 0),
    expectedRevenue: said.expectedRevenue.with(bought, 0),
  };
  assert.throws(() => fitTotals({ ...whole, ...none }), /must be above 0 for who bought/);
  const model = fitTotals(whole);
  assert.throws(
    () => model.predict({ probability: [0], expectedRevenue: [1] }, { seed: 1 }),
    /0 where nobody buys/,
  );
  assert.throws(
    () => model.predict({ probability: [], expectedRevenue: [] }, { seed: 1 }),
    /customers must be 1 or more/,
  );
});

Deno.test("fitTotals() keeps the total where those of whom much is expected spend more than that", () => {
  const rng = createRng(5, "shrunk means"), n = 6000, rate = 0.3;
  const size = Array.from({ length: n }, () => Math.exp(rng.normal())), users = size.map((_, i) => i);
  const worth = size.map((s) => s ** 1.5 / Math.exp(0.625)); // E size^1.5 is exp(1.125), E size exp(0.5): the total is as expected
  const revenue = worth.map((mean) => rng.bernoulli(rate) ? mean * Math.exp(0.5 * rng.normal() - 0.125) : 0);
  const said = { probability: users.map(() => rate), expectedRevenue: size.map((s) => rate * s) };
  const totals = fitTotals({ ...said, revenue, users, periods: users.map((i) => i % 6) });
  const { mean } = totals.predict(said, { seed: 1, draws: 200 }).all;
  almostEqual(
    mean / sum(worth.map((own) => rate * own)),
    1,
    0.1,
    "errors that are not weighted by money miss two fifths of it",
  );
});
