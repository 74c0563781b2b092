import { equal, throws } from "node:assert/strict";
import { almostEqual, createRng, matrix } from "../core/mod.ts";
import { boost, predictRaw, treeShap } from "../trees/mod.ts";
import { expectedRaw } from "./expected_raw.ts";

const rng = createRng(5, "expected-raw");
const rows = 400;
const x = matrix(rows, 2, rng.normals(2 * rows));
for (let i = 0; i < 40; i++) x.values[2 * i] = NaN;
const y = Float64Array.from(
  { length: rows },
  (_, i) => Number((x.values[2 * i] || 0) * x.values[2 * i + 1]! + rng.normal() > 0),
);
const forest = boost(x, y, { rounds: 12, leaves: 6, features: ["a", "b"] });
const columnOf = (j: number) => matrix(rows, 1, x.values.filter((_, k) => k % 2 === j));

Deno.test("expectedRaw() is the prediction where all is known, and the same for columns in another order", () => {
  const swapped = matrix(rows, 2, x.values.map((_, k) => x.values[k % 2 === 0 ? k + 1 : k - 1]!));
  const raw = predictRaw(forest, x).values;
  const [all, turned] = [expectedRaw(forest, x, ["a", "b"]), expectedRaw(forest, swapped, ["b", "a"])];
  for (let i = 0; i < rows; i++) {
    almostEqual(all[i]!, raw[i]!, 1e-12, "sums in another order");
    equal(turned[i], all[i]);
  }
});

Deno.test("expectedRaw() is the game that path-dependent SHAP values share out", () => {
  const { values, base } = treeShap(forest, x);
  const [a, b] = [expectedRaw(forest, columnOf(0), ["a"]), expectedRaw(forest, columnOf(1), ["b"])];
  const [both, none] = [expectedRaw(forest, x, ["a", "b"]), expectedRaw(forest, columnOf(0), ["other"])];
  for (let i = 0; i < rows; i++) {
    almostEqual(none[i]!, base[0]!, 1e-9, "nothing known");
    const shapley = (a[i]! - none[i]! + both[i]! - b[i]!) / 2;
    almostEqual(values[2 * i]!, shapley, 1e-9, "Shapley's formula for two players");
  }
});

Deno.test("expectedRaw() refuses names that do not fit the columns", () => {
  throws(() => expectedRaw(forest, x, ["a"]), /known must be 2 names/);
});
