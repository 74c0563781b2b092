import { equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual } from "./almost_equal.ts";
import { mean, median, quantile, quantileSorted, standardDeviation, sum, variance } from "./stats.ts";

Deno.test("sum() keeps what plain addition loses", () => {
  equal(sum([1, 1e100, 1, -1e100]), 2); // Neumaier's own example: plain and Kahan's sums give 0
  equal(sum(new Float64Array(10).fill(0.1)), 1);
  equal(sum([]), 0);
  equal(sum([Infinity, 1]), Infinity);
  equal(sum([Infinity, -Infinity]), NaN);
});

Deno.test("variance() keeps its digits under a large offset", () => {
  const small = [4, 7, 13, 16];
  equal(variance(small), 30);
  equal(variance(small.map((x) => x + 1e9)), 30); // the one-pass formula gives 29.3 and worse
  equal(variance([1e16, 1e16 + 2]), 2); // their mean is no double; what its rounding left over is taken back
  equal(variance(small, 0), 22.5);
  equal(standardDeviation([1, 3], 0), 1);
});

Deno.test("mean() and variance() are NaN where they are not defined", () => {
  equal(mean([]), NaN);
  equal(variance([5]), NaN);
  equal(variance([5], 0), 0);
  equal(variance([1, NaN, 2]), NaN);
});

Deno.test("quantile() equals R's type 7 on its documented points", () => {
  const xs = [3, 1, 2, 10];
  // numpy.quantile([3, 1, 2, 10], [0, .1, .25, .5, .9, 1])
  almostEqual(
    [0, 0.1, 0.25, 0.5, 0.9, 1].map((p) => quantile(xs, p)),
    [1, 1.3, 1.75, 2.5, 7.9, 10],
    1e-14,
    "rounding",
  );
  equal(median([5, 1, 3]), 3);
  equal(quantile([], 0.5), NaN);
  equal(quantile([1, NaN, 3], 0), NaN);
  equal(quantile([-Infinity, Infinity], 0), -Infinity);
  equal(quantile([Infinity, Infinity], 0.5), Infinity);
  throws(() => quantile([1], 1.5), /Cannot take a quantile: p must be in \[0, 1\], current value is 1.5/);
});

Deno.test("quantile() grows with its level, stays inside the values and leaves them alone", () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1 });
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (xs, p) => {
    const before = [...xs], q = quantile(xs, p);
    const sorted = [...xs].sort((a, b) => a - b);
    return xs.every((x, i) => Object.is(x, before[i])) && q >= sorted[0]! && q <= sorted.at(-1)! &&
      q <= quantileSorted(sorted, 1) && quantile(xs, p / 2) <= q;
  }));
});
