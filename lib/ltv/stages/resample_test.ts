import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng, sum } from "../../core/mod.ts";
import { correctPriorOdds } from "./prior_odds.ts";
import { resample, type ResampleOptions } from "./resample.ts";

/** 960 zeros and 40 amounts whose logs are spread evenly: 2 in each of 20 bins. */
const amounts = Float64Array.from({ length: 1000 }, (_, i) => i < 960 ? 0 : Math.expm1(1 + (i - 960) / 10));

Deno.test("resample() gives every row once with weight 1 when nothing is asked", () => {
  const { rows, weights } = resample(amounts, { seed: 1 });
  assert.deepEqual([...rows], [...amounts.keys()]);
  assert.ok(weights.every((w) => w === 1));
});

Deno.test("resample() with HistOS repeats rows of rare bins up to the target, and never loses one", () => {
  // Counts are 960 and twenty times 2: the 100th percentile is 960, which mostFactor 5 cuts to 5 times.
  const { rows, weights } = resample(amounts, {
    seed: 1,
    method: "histOS",
    targetPercentile: 100,
    mostFactor: 5,
  });
  const times = new Float64Array(1000);
  for (const row of rows) times[row]!++;
  assert.ok(times.subarray(0, 960).every((k) => k === 1));
  assert.ok(times.subarray(960).every((k) => k === 5));
  assert.ok(weights.every((w) => w === 1));
});

Deno.test("resample() with HistOS repeats by the broken part of a factor in the mean", () => {
  const two = Float64Array.from({ length: 400 }, (_, i) => i < 250 ? 0 : 7); // 250 and 150: the target is 250
  const options = { method: "histOS", targetPercentile: 100, bins: 1 } as const;
  const runs = 200;
  let copies = 0;
  for (let index = 0; index < runs; index++) {
    copies += resample(two, { seed: 3, index, ...options }).rows.length - 250;
  }
  const error = Math.sqrt(150 * (2 / 3) * (1 / 3) / runs);
  almostEqual(copies / runs, 250, 4 * error, "four standard errors of 150 draws with chance 2/3 a run");
});

Deno.test("resample() with HistUS keeps whales and rare bins, and weights stand for what was left out", () => {
  const { rows, weights } = resample(amounts, { seed: 1, method: "histUS", mostFactor: 8 });
  const zeros = rows.filter((row) => row < 960), kept = rows.filter((row) => row >= 960);
  assert.equal(zeros.length, 120); // the target of 2 would keep 2; an eighth is the least
  assert.equal(kept.length, 40);
  assert.ok(rows.every((row, i) => weights[i] === (row < 960 ? 8 : 1)));
});

Deno.test("resample() with HistUS keeps every whale of a bin that it thins", () => {
  const rng = createRng(5, "test"), same = Float64Array.from({ length: 500 }, () => 10 + rng.uniform());
  const options: ResampleOptions = {
    seed: 2,
    method: "histUS",
    bins: 4,
    targetPercentile: 0,
    whaleQuantile: 0.9,
  };
  const { rows, weights } = resample(same, options);
  const whales = [...same.keys()].sort((i, j) => same[j]! - same[i]!).slice(0, 50);
  assert.ok(rows.length < 500);
  for (const whale of whales) assert.equal(weights[rows.indexOf(whale)], 1);
});

Deno.test("resample() with HistUS has weights that sum to the rows, whatever the amounts", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 200,
    }),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 0, max: 100 }),
    (values, bins, targetPercentile) => {
      const given = Float64Array.from(values);
      const { weights, rows } = resample(given, { seed: 4, method: "histUS", bins, targetPercentile });
      almostEqual(sum(weights), given.length, { relative: 1e-12 }, "rounding");
      assert.equal(new Set(rows).size, rows.length);
    },
  ));
});

Deno.test("resample() refuses a negative amount by name", () => {
  assert.throws(
    () => resample(Float64Array.of(1, -2), { seed: 1, method: "histUS" }),
    /Cannot resample the training fold: amounts\[1\] must be finite, 0 or more, current value is -2/,
  );
});

Deno.test("correctPriorOdds() undoes what leaving out zeros does to a known posterior", () => {
  // Events have x ~ N(1, 1), others N(0, 1): log-odds at rate r are logit r + x − ½.
  const posterior = (x: number, rate: number): number => 1 / (1 + (1 - rate) / rate * Math.exp(0.5 - x));
  for (const x of [-2, 0, 1.5]) {
    almostEqual(correctPriorOdds(posterior(x, 0.5), 0.5, 0.04), posterior(x, 0.04), 1e-15, "Bayes' rule");
  }
});
