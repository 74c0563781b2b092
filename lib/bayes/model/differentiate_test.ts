import assert from "node:assert/strict";
import { almostEqual, createRng, type Matrix } from "../../core/mod.ts";
import { checkGradient, defineModel, differentiate, positive, real, type Variable } from "./mod.ts";

/** A density of two numbers `x`, three positive ones `s` and one more `m`. */
type Density = (variables: { readonly [name in "x" | "s" | "m"]: Variable }) => Variable;

const RULES: Readonly<Record<string, Density>> = {
  plus: ({ s, m }) => s.plus(m).plus([1, 2, 3]).plus(4).square().sum(),
  minus: ({ s, m }) => m.minus(s).minus([1, 2, 3]).square().sum(),
  times: ({ s, m }) => m.times(s).times([1, -2, 3]).times(s).sum(),
  over: ({ s, m }) => m.over(s).over([1, -2, 3]).sum(),
  "exp, log and log1p": ({ s, m }) => s.log().plus(m.exp()).minus(s.log1p()).sum(),
  "expit and log1pExp": ({ x }) => x.expit().minus(x.times(-2).log1pExp()).sum(),
  logGamma: ({ s }) => s.logGamma().sum(),
  dot: ({ s, m }) => s.dot(s.plus(m)).plus(s.dot([1, 2, 3])),
  at: ({ x, s }) => x.at([1, 0, 1]).times(s.at([2, 2, 0])).sum(),
  under: ({ x }) =>
    x.under({ rows: 3, columns: 2, values: Float64Array.of(1, 2, -3, 0.5, 0, 1) }).square().sum(),
  "one variable used twice, and one not at all": ({ x }) => x.times(x).times(x).minus(x).sum(),
  "a parameter itself": ({ m }) => m,
};

for (const [what, density] of Object.entries(RULES)) {
  Deno.test(`differentiate() agrees with central differences: ${what}`, () => {
    const model = defineModel({ x: real(2), s: positive(3), m: real() }, differentiate(density));
    const rng = createRng(1, "points");
    for (let i = 0; i < 10; i++) {
      const check = checkGradient(model, rng.normals(6));
      assert.ok(check.worst < 1e-7, JSON.stringify(check));
    }
  });
}

Deno.test("differentiate() gives a hierarchical regression what a gradient by hand gives", () => {
  const rng = createRng(2, "rows"), rows = 30;
  const x: Matrix = { rows, columns: 2, values: rng.normals(2 * rows) };
  const group = Array.from({ length: rows }, (_, i) => i % 4), y = group.map(() => rng.integer(2));
  const parameters = { beta: real(2), tau: positive(), z: real(4) };
  const byTape = defineModel(
    parameters,
    differentiate(({ beta, tau, z }) => {
      const eta = beta.under(x).plus(z.times(tau).at(group));
      return eta.dot(y).minus(eta.log1pExp().sum()).minus(z.square().sum().times(0.5)).minus(tau);
    }),
  );
  const byHand = defineModel(parameters, ({ beta, tau, z }, gradient) => {
    let log = -tau[0]!;
    gradient.tau[0] = -1;
    z.forEach((v, j) => {
      log -= 0.5 * v * v;
      gradient.z[j] = -v;
    });
    for (let i = 0; i < rows; i++) {
      const [a, b] = [x.values[2 * i]!, x.values[2 * i + 1]!], j = group[i]!;
      const eta = a * beta[0]! + b * beta[1]! + tau[0]! * z[j]!;
      const slope = y[i]! - 1 / (1 + Math.exp(-eta));
      log += y[i]! * eta - Math.log1p(Math.exp(eta));
      gradient.beta[0]! += slope * a;
      gradient.beta[1]! += slope * b;
      gradient.tau[0]! += slope * z[j]!;
      gradient.z[j]! += slope * tau[0]!;
    }
    return log;
  });
  const ours = new Float64Array(7), theirs = new Float64Array(7);
  for (let i = 0; i < 5; i++) {
    const q = rng.normals(7);
    almostEqual(byTape.logDensity(q, ours), byHand.logDensity(q, theirs), 1e-12, "rounding");
    almostEqual(ours, theirs, 1e-12, "rounding");
  }
});

Deno.test("differentiate() follows a density that takes another path at another point", () => {
  const model = defineModel(
    { x: real(2) },
    differentiate(({ x }) => x.values[0]! > 0 ? x.at([0]).exp() : x.square().sum().times(-1)),
  );
  for (const q of [[1, 2], [-1, 2], [1, 2], [-0.5, 0.1]]) {
    const check = checkGradient(model, Float64Array.from(q));
    assert.ok(check.worst < 1e-8, JSON.stringify(check));
  }
});

Deno.test("differentiate() lets what is not finite through as such, never as a number", () => {
  const model = defineModel({ x: real() }, differentiate(({ x }) => x.log())), gradient = new Float64Array(1);
  assert.ok(Number.isNaN(model.logDensity(Float64Array.of(-1), gradient)));
  assert.equal(model.logDensity(Float64Array.of(0), gradient), -Infinity);
  const past = defineModel({ x: real(2) }, differentiate(({ x }) => x.at([0, 2]).sum()));
  assert.ok(Number.isNaN(past.logDensity(Float64Array.of(1, 2), new Float64Array(2))));
});

Deno.test("differentiate() refuses lengths that do not fit, by number", () => {
  const evaluate = (density: Density): number =>
    defineModel({ x: real(2), s: positive(3), m: real() }, differentiate(density)).logDensity(
      new Float64Array(6),
      new Float64Array(6),
    );
  assert.throws(
    () => evaluate(({ x, s }) => x.plus(s).sum()),
    /must be equal, or one of them 1, current value is "2 and 3"/,
  );
  assert.throws(() => evaluate(({ x }) => x), /the density must be one number, current value is "2 numbers"/);
  assert.throws(
    () => evaluate(({ x }) => x.under({ rows: 1, columns: 3, values: new Float64Array(3) })),
    /the number of columns must be 2, current value is 3/,
  );
});
