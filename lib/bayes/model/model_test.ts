import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { between, checkGradient, defineModel, type Model, positive, real } from "./mod.ts";

/** One parameter of each kind, with a density that couples them. */
function everyKind(): Model {
  return defineModel({ a: real(2), s: positive(), p: between(-1, 3) }, ({ a, s, p }, gradient) => {
    gradient.a[0] = -a[0]! / s[0]!;
    gradient.a[1] = -2 * (a[1]! - p[0]!);
    gradient.s[0] = 0.5 * (a[0]! / s[0]!) ** 2 - 1;
    gradient.p[0] = 2 * (a[1]! - p[0]!);
    return -0.5 * a[0]! ** 2 / s[0]! - (a[1]! - p[0]!) ** 2 - s[0]!;
  });
}

Deno.test("defineModel() has a gradient that includes its transforms, at random and extreme points", () => {
  const rng = createRng(1, "points");
  for (let i = 0; i < 50; i++) {
    const check = checkGradient(everyKind(), rng.normals(4).map((z) => z * (i < 40 ? 1 : 8)));
    assert.ok(check.worst < 1e-6, JSON.stringify(check));
  }
});

Deno.test("checkGradient() finds the entry that is wrong", () => {
  const wrong = defineModel({ x: real(3) }, ({ x }, gradient) => {
    gradient.x.set([-x[0]!, 2 * x[1]!, -x[2]!]); // the sign of the second
    return -0.5 * x.reduce((sum, v) => sum + v * v, 0);
  });
  const check = checkGradient(wrong, Float64Array.of(0.5, 1.5, -1));
  assert.equal(check.index, 1);
  almostEqual(check.numeric, -1.5, 1e-8, "differences of a parabola");
});

Deno.test("defineModel() integrates to the right mass: an exponential seen through its transform", () => {
  const model = defineModel({ s: positive() }, ({ s }, gradient) => {
    gradient.s[0] = -1;
    return -s[0]!;
  });
  let mass = 0;
  const gradient = new Float64Array(1), step = 0.01;
  for (let q = -30; q < 8; q += step) mass += Math.exp(model.logDensity(Float64Array.of(q), gradient)) * step;
  almostEqual(mass, 1, 1e-6, "quadrature");
});

Deno.test("defineModel() reports constrained values and what is derived from them", () => {
  const model = defineModel({ s: positive(), p: between(0, 1) }, () => 0, {
    derived: { names: ["odds"], compute: ({ p }) => [p[0]! / (1 - p[0]!)] },
  });
  assert.deepEqual(model.quantities, ["s", "p", "odds"]);
  const out = new Float64Array(3);
  model.report(Float64Array.of(Math.log(2), Math.log(3)), out, createRng(1, "report"));
  almostEqual(out, [2, 0.75, 3], 1e-12, "rounding");
});

Deno.test("defineModel() refuses an empty range by name", () => {
  assert.throws(() => defineModel({ p: between(1, 1) }, () => 0), /the range of p must be not empty/);
});
