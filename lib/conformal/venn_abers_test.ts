import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng } from "../core/mod.ts";
import { calibrations } from "./calibrations_fixture.ts";
import { fitVennAbers, loadVennAbers } from "./venn_abers.ts";

/** Isotonic regression at one point by its max-min definition: the oracle. */
function isotonicOracle(points: readonly (readonly [number, number])[], at: number): number {
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const mean = (a: number, b: number): number => {
    const own = points.filter(([x]) => x >= a && x <= b);
    return own.reduce((s, [, y]) => s + y, 0) / own.length;
  };
  const upper = xs.filter((x) => x >= at), lower = xs.filter((x) => x <= at);
  return Math.max(...lower.map((a) => Math.min(...upper.map((b) => mean(a, b)))));
}

Deno.test("fitVennAbers() is two isotonic fits with the row taken in as 0 and as 1", () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1 }));
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: -2, max: 16 }),
      (rows, twice) => {
        const score = twice / 2,
          fitted = fitVennAbers(
            rows.map(([s]) => s),
            rows.map(([, y]) => y),
          );
        const [found] = fitted.predict([score]);
        almostEqual(found!.low, isotonicOracle([...rows, [score, 0]], score), 1e-12, "rounding");
        almostEqual(found!.high, isotonicOracle([...rows, [score, 1]], score), 1e-12, "rounding");
        assert.ok(
          found!.low < found!.high && found!.probability >= found!.low && found!.probability <= found!.high,
        );
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("fitVennAbers() holds the true rate between its two probabilities on average", () => {
  const rng = createRng(7, "venn"), runs = calibrations(400), n = 50;
  let low = 0, high = 0, events = 0;
  for (let run = 0; run < runs; run++) {
    const scores = rng.uniforms(n), labels = scores.map((s) => Number(rng.bernoulli(s * s))); // the scores are too high
    const test = rng.uniform(), [pair] = fitVennAbers(scores, labels).predict([test]);
    low += pair!.low / runs;
    high += pair!.high / runs;
    events += Number(rng.bernoulli(test * test)) / runs;
  }
  const error = 4 * Math.sqrt(0.25 / runs);
  assert.ok(low - error <= events && events <= high + error, `${low} ${events} ${high}`);
  assert.ok(high - low < 0.35);
});

Deno.test("loadVennAbers() predicts the same after JSON; labels other than 0 and 1 are refused", () => {
  const fitted = fitVennAbers([0.1, 0.4, 0.4, 0.9], [0, 1, 0, 1]), scores = [0, 0.1, 0.3, 0.4, 0.7, 0.9, 1];
  assert.deepEqual(loadVennAbers(JSON.parse(JSON.stringify(fitted))).predict(scores), fitted.predict(scores));
  assert.throws(() => fitVennAbers([0.1], [2]), /labels\[0\]/);
});
