import assert from "node:assert/strict";
import { attainableCoverage, conformalThreshold, quantileRank, rowsNeeded } from "./rank.ts";
import { goldenExpected } from "./golden_test_data.ts";

interface Index {
  readonly rows: readonly (readonly [string, number, number])[];
  readonly float_traps: readonly { alpha: string; n: number; k: number }[];
}

/** 1 − α as a person writes it, so that 1 − 0.1 is 0.9. */
const complement = (alpha: string): number => Number((1 - Number(alpha)).toFixed(10));

Deno.test("quantileRank() equals exact rational arithmetic, in every place where doubles slip", async () => {
  const { rows, float_traps } = await goldenExpected<Index>("quantile_index.json");
  for (const [alpha, n, k] of rows) assert.equal(quantileRank(n, complement(alpha)), k, `${alpha} ${n}`);
  assert.ok(float_traps.length > 50);
  for (const { alpha, n, k } of float_traps) assert.equal(quantileRank(n, complement(alpha)), k);
});

Deno.test("quantileRank() reads 1 - 0.7 as 0.3, though as a double it is larger", () => {
  assert.ok(1 - 0.7 > 0.3);
  assert.equal(quantileRank(9, 1 - 0.7), 3);
});

Deno.test("conformalThreshold() is Infinity exactly when too few rows are there, for n from 1 to 200", () => {
  // In whole percent nothing is rounded: k = ceil((n + 1) · percent / 100), k > n is too few.
  for (const percent of [50, 60, 65, 70, 75, 80, 85, 90, 95, 97, 98, 99]) {
    for (let n = 1; n <= 200; n++) {
      const k = Math.floor(((n + 1) * percent + 99) / 100);
      const scores = Float64Array.from({ length: n }, (_, i) => i + 1);
      assert.equal(conformalThreshold(scores, percent / 100), k > n ? Infinity : k, `${n} at ${percent} %`);
      assert.equal(n >= rowsNeeded(percent / 100), k <= n, `rowsNeeded at ${percent} %, n = ${n}`);
    }
  }
});

Deno.test("rowsNeeded() is 9 at 90 %, 19 at 95 %, 99 at 99 %", () => {
  assert.deepEqual([0.5, 0.8, 0.9, 0.95, 0.99].map(rowsNeeded), [1, 4, 9, 19, 99]);
});

Deno.test("attainableCoverage() lies above what is asked by design with few rows", () => {
  assert.equal(attainableCoverage(14, 0.9), 14 / 15);
  assert.equal(attainableCoverage(8, 0.9), 1);
});

Deno.test("conformalThreshold() refuses NaN scores and a confidence outside (0, 1)", () => {
  assert.throws(() => conformalThreshold([1, NaN], 0.9), /scores\[1\] must be a number/);
  for (const bad of [0, 1, -0.1, NaN]) assert.throws(() => conformalThreshold([1], bad), RangeError);
  assert.throws(() => quantileRank(1.5, 0.9), RangeError);
});
