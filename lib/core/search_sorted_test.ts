import assert from "node:assert/strict";
import fc from "fast-check";
import { countBelow, countUpTo, interpolate } from "./search_sorted.ts";

const numbers = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 20 });

Deno.test("countBelow() and countUpTo() count as a look at every value does", () => {
  fc.assert(fc.property(numbers, fc.integer({ min: -6, max: 6 }), (values, limit) => {
    const sorted = Float64Array.from(values).sort();
    assert.equal(countBelow(sorted, limit), values.filter((v) => v < limit).length);
    assert.equal(countUpTo(sorted, limit), values.filter((v) => v <= limit).length);
  }));
  assert.deepEqual([countBelow([1, 2], NaN), countUpTo([1, 2], NaN), countBelow([], 1)], [0, 0, 0]);
  assert.deepEqual([countBelow([1, Infinity], Infinity), countUpTo([-Infinity, 1], -Infinity)], [1, 1]);
});

Deno.test("interpolate() meets every point, stays between neighbours, and is flat beyond the ends", () => {
  const points = fc.uniqueArray(
    fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -9, max: 9 })),
    {
      minLength: 1,
      selector: ([x]) => x,
    },
  );
  fc.assert(fc.property(points, fc.double({ min: 0, max: 1, noNaN: true }), (points, share) => {
    points.sort(([a], [b]) => a - b);
    const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
    xs.forEach((x, k) => assert.equal(interpolate(xs, ys, x), ys[k]));
    for (let k = 1; k < xs.length; k++) {
      const at = interpolate(xs, ys, xs[k - 1]! + share * (xs[k]! - xs[k - 1]!));
      const [low, high] = [Math.min(ys[k - 1]!, ys[k]!), Math.max(ys[k - 1]!, ys[k]!)];
      assert.ok(at >= low - 1e-12 && at <= high + 1e-12, `${at} beyond ${low}, ${high}`);
    }
    assert.equal(interpolate(xs, ys, -99), ys[0]);
    assert.equal(interpolate(xs, ys, 99), ys.at(-1));
  }));
  assert.ok(Number.isNaN(interpolate([0, 1], [0, 1], NaN)));
  assert.equal(interpolate([0, 0, 1], [3, 4, 5], 0.5), 4.5);
});
