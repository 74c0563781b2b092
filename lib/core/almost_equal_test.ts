import { doesNotThrow, throws } from "node:assert/strict";
import { almostEqual } from "./almost_equal.ts";

Deno.test("almostEqual() accepts up to the tolerance and refuses beyond it", () => {
  almostEqual(1.5, 1, 0.5, "exact in binary");
  throws(() => almostEqual(1.5000001, 1, 0.5, "exact in binary"), { name: "AssertionError" });
  almostEqual(100, 101, { relative: 0.01 }, "of the expected value");
  throws(() => almostEqual(101, 99, { relative: 0.02 }, "of the expected value"), /relative of 99: off by 2/);
  almostEqual(1e-9, 0, { relative: 1e-3, absolute: 1e-8 }, "either is enough");
});

Deno.test("almostEqual() names the entry that is furthest off and why it matters", () => {
  throws(() => almostEqual([[1, 2], [3, 5]], [[1, 2.5], [3, 4]], 0.1, "hand-computed"), {
    message: "5 at [1][1] is not within 0.1 of 4: off by 1 (hand-computed)",
  });
});

Deno.test("almostEqual() takes NaN and infinities for themselves only", () => {
  almostEqual([NaN, Infinity, -Infinity], [NaN, Infinity, -Infinity], 0, "the same");
  for (
    const [a, b] of [[NaN, 1], [1, NaN], [Infinity, 1e308], [Infinity, -Infinity], [1, Infinity]] as const
  ) {
    throws(() => almostEqual(a, b, { absolute: 1e300, relative: 1 }, "not near"), { name: "AssertionError" });
  }
});

Deno.test("almostEqual() with tolerance 0 asks for equality, and takes 0 for −0", () => {
  doesNotThrow(() => almostEqual([0, 1], [-0, 1], 0, "equality"));
  throws(() => almostEqual(1, 1 + Number.EPSILON, 0, "equality"), { name: "AssertionError" });
});

Deno.test("almostEqual() refuses other shapes and tolerances that mean nothing", () => {
  throws(() => almostEqual([1, 2], [1], 1, "lengths"), /an array of 2 has not the shape of an array of 1/);
  throws(() => almostEqual([1], 1, 1, "depth"), /shape of the number 1/);
  throws(() => almostEqual(1, 1, NaN, "no tolerance"), RangeError);
  throws(() => almostEqual(1, 1, -1, "no tolerance"), RangeError);
});
