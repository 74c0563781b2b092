import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual } from "../core/mod.ts";
import { fitIncreasing, fitIsotonic, isotonicAt } from "./isotonic.ts";
import { goldenColumns, goldenExpected } from "./golden_test_data.ts";

interface Fitted {
  readonly fitted: number[];
  readonly predict: number[];
}
interface Expected {
  readonly new_p: number[];
  readonly isotonic: Fitted;
  readonly isotonic_weighted: Fitted;
  readonly isotonic_decreasing: { readonly fitted: number[] };
  readonly pava_small_ties: Fitted & { x: number[]; y: number[]; query: number[] };
}

Deno.test("fitIsotonic() equals scikit-learn, ties and weights included", async () => {
  const { p, y, weight } = await goldenColumns("binary.csv");
  const expected = await goldenExpected<Expected>("binary_expected.json");
  for (
    const [fit, golden] of [
      [fitIsotonic(p!, y!), expected.isotonic],
      [fitIsotonic(p!, y!, { weights: weight! }), expected.isotonic_weighted],
    ] as const
  ) {
    almostEqual(fit.predict(p!), golden.fitted, 1e-10, "tolerance of the reference");
    almostEqual(fit.predict(expected.new_p), golden.predict, 1e-10, "tolerance of the reference");
  }
  const falling = fitIncreasing(p!.map((v) => -v), y!); // non-increasing in p
  almostEqual(
    p!.map((v) => isotonicAt(falling, -v)),
    expected.isotonic_decreasing.fitted,
    1e-10,
    "reference",
  );
});

Deno.test("fitIncreasing() merges ties in x before it pools", async () => {
  const { pava_small_ties: small } = await goldenExpected<Expected>("binary_expected.json");
  const fit = fitIncreasing(small.x, small.y);
  almostEqual(small.x.map((v) => isotonicAt(fit, v)), small.fitted, 1e-10, "tolerance of the reference");
  // Outside the points the reference gives NaN, we the nearest level.
  small.query.slice(1, -1).forEach((v, i) =>
    almostEqual(isotonicAt(fit, v), small.predict[i + 1]!, 1e-10, "reference")
  );
});

Deno.test("fitIncreasing() is the max-min of means, which is the definition", () => {
  const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(values, (y) => {
      const fit = fitIncreasing(y.map((_, i) => i), y);
      const mean = (a: number, b: number): number =>
        y.slice(a, b + 1).reduce((s, v) => s + v, 0) / (b + 1 - a);
      const all = [...y.keys()];
      const oracle = all.map((i) =>
        Math.max(
          ...all.filter((a) => a <= i).map((a) =>
            Math.min(...all.filter((b) => b >= i).map((b) => mean(a, b)))
          ),
        )
      );
      almostEqual(all.map((i) => isotonicAt(fit, i)), oracle, 1e-12, "rounding");
    }),
    { numRuns: 100 },
  );
});

Deno.test("fitIncreasing() refuses what has no order", () => {
  assert.throws(() => fitIncreasing([1, NaN], [0, 1]), /x\[1\] must be finite/);
  assert.throws(() => fitIncreasing([1], [0], [0]), /with weight must be 1 or more/);
});
