import { deepEqual, equal } from "node:assert/strict";
import { almostEqual, createRng, mean, standardDeviation } from "../core/mod.ts";
import { jackknifeError, shapCurve, shapLine } from "./shap_line.ts";

Deno.test("shapLine() finds a line exactly, leaves gaps out, and says how little of a parabola is a line", () => {
  const x = Float64Array.of(-1, 0, 1, 2, NaN);
  const line = shapLine(x, Float64Array.of(-2, 0, 2, 4, 99));
  deepEqual(line, { slope: 2, r2: 1 });
  const parabola = shapLine(Float64Array.of(-1, 0, 1), Float64Array.of(1, 0, 1));
  deepEqual(parabola, { slope: 0, r2: 0 });
  deepEqual(shapLine(Float64Array.of(1, 1), Float64Array.of(0, 0)), { slope: 0, r2: 0 });
});

Deno.test("shapCurve() gives means by half units and passes over values that few have", () => {
  const x = Float64Array.from({ length: 31 }, (_, i) => i < 10 ? -0.5 : i < 30 ? 1.1 : 3);
  const curve = shapCurve(x, x.map((v) => 2 * v));
  equal(curve.length, 2);
  almostEqual(curve[1]!.x, 1.1, 1e-12, "rounding");
  almostEqual(curve[1]!.shap, 2.2, 1e-12, "rounding");
});

Deno.test("jackknifeError() of a mean is its standard error, when each part is one value", () => {
  const values = createRng(3, "jackknife").normals(40);
  const without = Array.from(values, (_, i) => mean(values.filter((_, k) => k !== i)));
  almostEqual(jackknifeError(without), standardDeviation(values) / Math.sqrt(40), 1e-12, "an identity");
});
