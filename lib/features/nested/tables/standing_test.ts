import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, countUpTo } from "../../../core/mod.ts";
import { duckdb } from "../../../data/mod.ts";
import { sqlNumber } from "../sql/dialect.ts";
import { fitCuts, fitGroups } from "./standing.ts";
import { stepSql } from "../sql/local_words.ts";

Deno.test("fitCuts() cuts at rising quantiles, the same one once", () => {
  deepEqual(fitCuts(Float64Array.of(4, NaN, 1, 3, 2, 0), 4), [1, 2, 3]);
  deepEqual(fitCuts(Float64Array.of(0, 0, 0, 0, 8), 4), [0]);
  deepEqual(fitCuts(Float64Array.of(NaN), 4), []);
});

Deno.test("fitGroups() without smoothing is the group itself, by hand", () => {
  const values = Float64Array.of(1, 2, 3, 10, NaN, 5), places = Int32Array.of(1, 1, 1, 2, 2, 0);
  const { ranks, means, sds } = fitGroups(values, places, 3, [2, 4], 0);
  const whole = [1 / 10, 4 / 10, 8 / 10]; // 1 | 2, 3 | 10, 5
  deepEqual(ranks, [...whole, 0.166667, 0.666667, 1, 0, 0, 0.5, ...whole]);
  deepEqual(means, [4.2, 2, 10, 4.2]); // place 0 and a group without rows are the whole
  almostEqual(sds, [Math.sqrt(10.16), Math.sqrt(2 / 3), 1, Math.sqrt(10.16)], 1e-12, "rounding");
});

Deno.test("fitGroups() draws a small group towards the whole", () => {
  const values = Float64Array.of(0, 0, 0, 8), places = Int32Array.of(1, 1, 1, 2);
  const { ranks, means, sds } = fitGroups(values, places, 2, [4], 3);
  equal(means[2], 8 / 4 + 2 * 3 / 4); // one row of its own beside three of the whole
  equal(sds[1], Math.sqrt(12 * 3 / 6)); // the whole has variance 12, the group none
  deepEqual(ranks.slice(4), [3 / 8 * 3 / 4, 1 / 2 / 4 + 7 / 8 * 3 / 4].map((r) => Math.round(r * 1e6) / 1e6));
});

Deno.test("stepSql() finds the step that counting cuts finds", async () => {
  const engine = await duckdb();
  const value = fc.integer({ min: -20, max: 20 });
  const property = fc.asyncProperty(fc.uniqueArray(value, { maxLength: 9 }), async (unsorted) => {
    const cuts = unsorted.toSorted((a, b) => a - b);
    const values = Array.from({ length: 43 }, (_, i) => i - 21);
    const rows = values.map((v) => `(${sqlNumber(v)})`).join(", ");
    const found = await engine.query(
      `SELECT ${stepSql("x", cuts)} AS step FROM (VALUES ${rows}) AS v(x) ORDER BY x`,
    );
    const counted = values.map((v) => cuts.filter((cut) => cut <= v).length);
    deepEqual([...found.numbers("step")], counted);
    deepEqual(values.map((v) => countUpTo(cuts, v)), counted);
  });
  await fc.assert(property, { numRuns: 20, seed: 7 });
});
