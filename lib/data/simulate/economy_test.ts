import assert from "node:assert/strict";
import { almostEqual, type Matrix, matrix, row } from "../../core/mod.ts";
import { simulateEconomy } from "./economy.ts";
import { DRIVERS, ECONOMY } from "./truth.ts";

Deno.test("simulateEconomy() gives business k the same customers however many businesses there are", () => {
  const few = simulateEconomy({ seed: 11, businesses: 3, customers: [20, 60] });
  const many = simulateEconomy({ seed: 11, businesses: 9, customers: [20, 60] });
  const rows = few.customers.rows;
  assert.deepEqual(many.truth.probability.slice(0, rows), few.truth.probability);
  assert.deepEqual(many.truth.businesses.slice(0, 3), few.truth.businesses);
  assert.deepEqual(many.customers.numbers("joined").slice(0, rows), few.customers.numbers("joined"));
  assert.deepEqual(many.events.numbers("date").slice(0, few.events.rows), few.events.numbers("date"));
  assert.notDeepEqual(simulateEconomy({ seed: 12, businesses: 3, customers: [20, 60] }).truth, few.truth);
});

Deno.test("simulateEconomy() tells the same story in all its tables", () => {
  const { businesses, customers, events, truth } = simulateEconomy({
    seed: 5,
    industries: 2,
    businesses: 6,
    customers: [30, 90],
  });
  assert.equal(businesses.numbers("customers").reduce((a, b) => a + b), customers.rows);
  assert.deepEqual(businesses.categories("industry").levels, ["retail", "software"]);
  const { codes, levels } = events.categories("customer");
  const orders = new Map<string, number>(), complaints = new Map<string, number>();
  const kinds = events.categories("kind");
  codes.forEach((code, i) => {
    const kind = kinds.levels[kinds.codes[i]!]!;
    const counts = kind === "order" ? orders : kind === "complaint" ? complaints : new Map<string, number>();
    counts.set(levels[code]!, (counts.get(levels[code]!) ?? 0) + 1);
    assert.equal(Number.isNaN(events.numbers("amount")[i]!), kind !== "order");
  });
  const names = customers.categories("customer");
  for (let i = 0; i < customers.rows; i++) {
    const name = names.levels[names.codes[i]!]!, [tenure, annual, order, complaint] = row(truth.drivers, i);
    almostEqual(order!, Math.log((1 + (orders.get(name) ?? 0)) / 3), 1e-15, "orders by the event log");
    assert.equal(complaint, complaints.get(name) ?? 0);
    assert.equal(
      annual,
      Number(customers.categories("plan").levels[customers.categories("plan").codes[i]!] === "annual"),
    );
    const joined = new Date(customers.numbers("joined")[i]!);
    const months = 12 * (2025 - joined.getUTCFullYear()) - joined.getUTCMonth();
    almostEqual(tenure!, Math.log(months / 12), 1e-15, "tenure by the day of joining");
  }
});

Deno.test("simulateEconomy() lets customers leave at the rate of their probabilities", () => {
  const { customers, truth } = simulateEconomy({ seed: 2, businesses: 60, customers: [80, 200] });
  const left = customers.categories("churned").codes.reduce((a, b) => a + b, 0);
  const expected = truth.probability.reduce((a, p) => a + p, 0);
  const sd = Math.sqrt(truth.probability.reduce((a, p) => a + p * (1 - p), 0));
  almostEqual(left, expected, 4 * sd, "four standard deviations of a sum of Bernoulli draws");
});

Deno.test("simulateEconomy() spreads businesses around industries and industries around the economy", () => {
  const spread = { betweenIndustries: 0.5, betweenBusinesses: 0.2 };
  const { truth } = simulateEconomy({
    seed: 4,
    industries: 300,
    businesses: 900,
    customers: [1, 1],
    ...spread,
  });
  const all = (c: { intercept: number; slopes: Float64Array }): number[] => [c.intercept, ...c.slopes];
  const deviations = (of: typeof truth.businesses, around: (i: number) => typeof ECONOMY): number[] =>
    of.flatMap((c, i) => all(c).map((value, k) => value - all(around(i))[k]!));
  for (
    const [values, sd] of [
      [deviations(truth.industries, () => ECONOMY), 0.5],
      [deviations(truth.businesses, (j) => truth.industries[j % 300]!), 0.2],
    ] as const
  ) {
    const n = values.length, mean = values.reduce((a, b) => a + b) / n;
    almostEqual(mean, 0, 4 * sd / Math.sqrt(n), "mean of normals");
    const variance = values.reduce((a, b) => a + b * b, 0) / n;
    almostEqual(variance, sd * sd, 4 * sd * sd * Math.sqrt(2 / n), "second moment of normals");
  }
});

Deno.test("simulateEconomy() holds what logistic regression finds again", () => {
  const { customers, truth } = simulateEconomy({
    seed: 3,
    industries: 1,
    businesses: 60,
    customers: [80, 160],
    betweenBusinesses: 0,
  });
  const { estimate, error } = logistic(truth.drivers, customers.categories("churned").codes);
  const { intercept, slopes } = truth.industries[0]!;
  [intercept, ...slopes].forEach((value, k) =>
    almostEqual(estimate[k]!, value, 4 * error[k]!, `four standard errors of ${["intercept", ...DRIVERS][k]}`)
  );
  assert.ok(Math.max(...error) < 0.12, "errors small enough to tell the coefficients from 0");
});

Deno.test("simulateEconomy() refuses sizes out of range", () => {
  assert.throws(
    () => simulateEconomy({ seed: 1, businesses: 0 }),
    /businesses must be a whole number, 1 or more, current value is 0/,
  );
  assert.throws(
    () => simulateEconomy({ seed: 1, customers: [9, 3] }),
    /customers must be whole numbers, fewest first/,
  );
  assert.throws(
    () => simulateEconomy({ seed: 1, betweenBusinesses: NaN }),
    /betweenBusinesses must be 0 or more/,
  );
});

/** Maximum likelihood by Newton's method, with standard errors from the information matrix. */
function logistic(x: Matrix, y: Int32Array): { estimate: number[]; error: number[] } {
  const size = x.columns + 1;
  let estimate = Array<number>(size).fill(0), covariance = matrix(size, size);
  for (let step = 0; step < 12; step++) {
    const gradient = Array<number>(size).fill(0), information = matrix(size, size);
    for (let i = 0; i < x.rows; i++) {
      const z = [1, ...row(x, i)];
      const p = 1 / (1 + Math.exp(-z.reduce((sum, v, k) => sum + v * estimate[k]!, 0)));
      for (let a = 0; a < size; a++) {
        gradient[a]! += z[a]! * (y[i]! - p);
        for (let b = 0; b < size; b++) information.values[a * size + b]! += z[a]! * z[b]! * p * (1 - p);
      }
    }
    covariance = inverse(information);
    estimate = estimate.map((value, a) =>
      value + row(covariance, a).reduce((sum, v, b) => sum + v * gradient[b]!, 0)
    );
  }
  return { estimate, error: estimate.map((_, k) => Math.sqrt(covariance.values[k * size + k]!)) };
}

/** Gauss–Jordan without pivoting: information matrices are positive definite. */
function inverse(m: Matrix): Matrix {
  const n = m.rows, a = Float64Array.from(m.values), b = new Float64Array(n * n);
  for (let i = 0; i < n; i++) b[i * n + i] = 1;
  for (let i = 0; i < n; i++) {
    const pivot = a[i * n + i]!;
    for (let c = 0; c < n; c++) (a[i * n + c]! /= pivot, b[i * n + c]! /= pivot);
    for (let r = 0; r < n; r++) {
      const factor = r === i ? 0 : a[r * n + i]!;
      for (let c = 0; c < n; c++) {
        (a[r * n + c]! -= factor * a[i * n + c]!, b[r * n + c]! -= factor * b[i * n + c]!);
      }
    }
  }
  return matrix(n, n, b);
}
