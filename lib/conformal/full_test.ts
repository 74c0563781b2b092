import assert from "node:assert/strict";
import { almostEqual, createRng, type Matrix, matrix, type Rng } from "../core/mod.ts";
import { calibrations } from "./calibrations_fixture.ts";
import { type FullBayesSets, fullBayesSets } from "./full.ts";

/** Logistic regression through the origin, slope on a grid with a standard normal prior: its posterior is exact. */
const GRID = Float64Array.from({ length: 81 }, (_, i) => -4 + i / 10);
const likelihood = (slope: number, x: number, y: number): number =>
  1 / (1 + Math.exp((y ? -1 : 1) * slope * x));

function posterior(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  const logs = GRID.map((slope) => {
    let total = -slope * slope / 2;
    for (let i = 0; i < x.length; i++) total += Math.log(likelihood(slope, x[i]!, y[i]!));
    return total;
  });
  const top = Math.max(...logs), weights = logs.map((l) => Math.exp(l - top));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

/** Draws × rows of the probability of each row's label. */
function seen(slopes: ArrayLike<number>, x: ArrayLike<number>, y: ArrayLike<number>): Matrix {
  const m = matrix(slopes.length, x.length);
  for (let t = 0; t < slopes.length; t++) {
    for (let i = 0; i < x.length; i++) m.values[t * x.length + i] = likelihood(slopes[t]!, x[i]!, y[i]!);
  }
  return m;
}

function world(rng: Rng, n: number): { x: Float64Array; y: Uint8Array } {
  const x = rng.normals(n).map((v) => 2 * v);
  return { x, y: Uint8Array.from(x, (v) => Number(rng.bernoulli(likelihood(1.2, v, 1)))) };
}

interface Run extends ReturnType<typeof world> {
  readonly test: ReturnType<typeof world>;
  readonly found: FullBayesSets;
}

function sets(rng: Rng, n: number, draws: number, m = 1): Run {
  const { x, y } = world(rng, n), test = world(rng, m), weights = posterior(x, y);
  const slopes = Float64Array.from({ length: draws }, () => GRID[rng.categorical(weights)]!);
  const candidates = [0, 1].map((label) => seen(slopes, test.x, new Uint8Array(m).fill(label)));
  return { x, y, test, found: fullBayesSets({ labels: y, training: seen(slopes, x, y), candidates }) };
}

Deno.test("fullBayesSets() by re-weighting gives the p-values of fitting again", () => {
  const n = 20, { x, y, test, found } = sets(createRng(7, "full"), n, 8_000, 5);
  for (let j = 0; j < 5; j++) {
    for (const label of [0, 1]) {
      const xs = [...x, test.x[j]!], ys = [...y, label], weights = posterior(xs, ys);
      const scores = xs.map((v, i) =>
        GRID.reduce((s, slope, t) => s + weights[t]! * likelihood(slope, v, ys[i]!), 0)
      );
      const exact = scores.filter((s) => s <= scores[n]! + 1e-12).length / (n + 1);
      almostEqual(
        found.pValues.values[2 * j + label]!,
        exact,
        1.01 / (n + 1),
        "one place, where scores nearly tie",
      );
    }
  }
});

Deno.test("fullBayesSets() covers at 90 % with 15 rows that were all learnt from", () => {
  const rng = createRng(8, "full-coverage"), runs = calibrations(2_000);
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const { test, found } = sets(rng, 15, 100);
    hits += Number(found.sets[0]!.includes(test.y[0]!));
  }
  const rate = hits / runs, error = Math.sqrt(0.09 / runs);
  // rank 15 of 16: 93.75 % is attainable
  assert.ok(rate >= 0.9 - 4 * error && rate <= 15 / 16 + 4 * error, `${rate}`);
});

Deno.test("fullBayesSets() keeps labels whose weights cannot be trusted, or fits again", () => {
  // Likelihood ratios with a heavy tail: k̂ near 1.2.
  const rng = createRng(9, "heavy"),
    draws = 500,
    heavy = Float64Array.from({ length: draws }, () => rng.uniform() ** -1.2);
  const top = Math.max(...heavy), candidate = matrix(draws, 1, heavy.map((v) => v / top));
  const other = matrix(draws, 1, new Float64Array(draws).fill(0.5));
  const training = matrix(draws, 10, new Float64Array(draws * 10).fill(0.9)), labels = new Uint8Array(10);
  const kept = fullBayesSets({ labels, training, candidates: [other, candidate] });
  assert.ok(kept.kHat.values[1]! > 0.7 && kept.kHat.values[0] === -Infinity);
  assert.deepEqual(kept.sets[0], [1]); // label 0 fits worse than all ten, label 1 cannot be judged
  assert.equal(kept.checks.find((c) => c.code === "paretoK")!.status, "warn");
  const asked: number[][] = [];
  const again = fullBayesSets({
    labels,
    training,
    candidates: [other, candidate],
    refit: (row, label) => {
      asked.push([row, label]);
      return [...new Float64Array(10).fill(0.9), 0.1];
    },
  });
  assert.deepEqual(asked, [[0, 1]]);
  assert.deepEqual(again.sets[0], []);
});

Deno.test("fullBayesSets() keeps every label below nine rows, and refuses impossible likelihoods", () => {
  const { found } = sets(createRng(10, "few"), 8, 200);
  assert.deepEqual(found.sets[0], [0, 1]);
  assert.match(found.checks[0]!.title, /8 calibration rows, 9 are needed/);
  const zero = matrix(1, 1);
  assert.throws(
    () => fullBayesSets({ labels: [0], training: zero, candidates: [zero, zero] }),
    /in \(0, 1\]/,
  );
});
