import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng, mean } from "../../core/mod.ts";
import { curveColumns, evaluateSpline, type NaturalSpline } from "./spline.ts";

const x = createRng(1, "spline x").normals(300);

/** The second derivative by differences. */
function bend(spline: NaturalSpline, at: number): number {
  const h = 1e-3, f = (v: number): number => evaluateSpline(spline, v);
  return (f(at + h) - 2 * f(at) + f(at - h)) / (h * h);
}

Deno.test("evaluateSpline() goes through its knots, bends as it says, and is straight beyond them", () => {
  for (const spline of curveColumns(x, 6)) {
    const { knots, values, curvatures } = spline;
    almostEqual(knots.map((k) => evaluateSpline(spline, k)), [...values], 1e-12, "through the knots");
    knots.slice(0, -1).forEach((k, i) => {
      const middle = (k + knots[i + 1]!) / 2;
      almostEqual(
        bend(spline, middle),
        (curvatures[i]! + curvatures[i + 1]!) / 2,
        1e-6,
        "a straight second derivative",
      );
    });
    for (const far of [knots[0]! - 2, knots.at(-1)! + 2, 1e6]) {
      almostEqual(bend(spline, far), 0, 1e-3, `straight at ${far}`);
    }
  }
});

Deno.test("evaluateSpline() has the slope of its values everywhere", () => {
  const [, spline] = curveColumns(x, 5), slope = new Float64Array(1);
  fc.assert(fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (v) => {
    evaluateSpline(spline!, v, slope);
    const h = 1e-5, numeric = (evaluateSpline(spline!, v + h) - evaluateSpline(spline!, v - h)) / (2 * h);
    almostEqual(slope[0]!, numeric, 1e-6, `at ${v}`);
  }));
});

Deno.test("curveColumns() have no level and no trend over the rows, and unit mean square together", () => {
  for (const knots of [3, 5, 8]) {
    const columns = curveColumns(x, knots);
    assert.equal(columns.length, knots - 2);
    let squares = 0;
    for (const column of columns) {
      const values = x.map((v) => evaluateSpline(column, v));
      almostEqual(mean(values), 0, 1e-12, "level");
      almostEqual(mean(values.map((v, i) => v * x[i]!)), 0, 1e-12, "trend");
      squares += mean(values.map((v) => v * v));
    }
    almostEqual(squares, 1, 1e-12, "mean square");
  }
});

Deno.test("curveColumns() have a sum of squared coefficients in proportion to the integrated squared bend", () => {
  const columns = curveColumns(x, 6), rng = createRng(2, "coefficients"), { knots } = columns[0]!;
  const ratios = Array.from({ length: 5 }, () => {
    const z = rng.normals(columns.length);
    const at = knots.map((_, k) => columns.reduce((sum, c, m) => sum + z[m]! * c.curvatures[k]!, 0));
    // Simpson's rule is exact for the square of a straight line.
    const integral = knots.slice(1).reduce((sum, k, i) => {
      const [a, b] = [at[i]!, at[i + 1]!];
      return sum + (k - knots[i]!) / 6 * (a * a + (a + b) ** 2 + b * b);
    }, 0);
    return integral / z.reduce((sum, v) => sum + v * v, 0);
  });
  ratios.forEach((ratio) => almostEqual(ratio, ratios[0]!, { relative: 1e-9, absolute: 0 }, "one constant"));
});

Deno.test("curveColumns() are fewer where quantiles coincide, and none for a binary feature", () => {
  const counts = Float64Array.from({ length: 100 }, (_, i) => i % 4);
  assert.equal(curveColumns(counts, 8)[0]!.knots.length, 4);
  assert.deepEqual(curveColumns(Float64Array.from({ length: 50 }, (_, i) => i % 2), 5), []);
  assert.throws(() => curveColumns(counts, 2), /knots must be an integer, 3 or more, current value is 2/);
});
