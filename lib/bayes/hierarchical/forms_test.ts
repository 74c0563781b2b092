/** Priors, effects and families beyond the plain ones: each has the gradient of its density, and says what it cannot be. */
import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { horseshoePrior } from "../effects/horseshoe.ts";
import { normalPrior } from "../effects/location_prior.ts";
import { oneSidedPrior } from "../effects/mean_prior.ts";
import type { ScalePrior } from "../effects/scale_prior.ts";
import { checkGradient } from "../model/mod.ts";
import { createHierarchicalModel } from "./model.ts";
import type { CoefficientPrior, CoefficientSpec, HierarchicalSpec } from "./spec.ts";

const NAMES = ["intercept", "a", "b", "c"];

function specOf(
  coefficient: (name: string, k: number) => Omit<CoefficientSpec, "name">,
  rest: Partial<HierarchicalSpec> = {},
): HierarchicalSpec {
  const rng = createRng(9, "rows"), rows = 40, groups = 4, levels = rest.levels?.length ?? 2;
  return {
    family: "bernoulli",
    rows: {
      x: { rows, columns: 4, values: rng.normals(rows * 4).map((v, i) => i % 4 === 0 ? 1 : v) },
      y: Float64Array.from({ length: rows }, () => rng.integer(levels)),
      group: Int32Array.from({ length: rows }, (_, i) => i % groups),
      groups,
    },
    coefficients: NAMES.map((name, k) => ({ name, ...coefficient(name, k) })),
    ...rest,
  };
}

const normal = { location: normalPrior(0.2, 1) };
const SCALES: readonly ScalePrior[] = [
  { family: "halfNormal", scale: 0.7 },
  { family: "halfCauchy", scale: 0.5 },
  { family: "halfStudent", scale: 0.5, degrees: 3 },
  { family: "exponential", scale: 0.4 },
];
const LEVELS = ["low", "middle", "high", "top"];

const oneSided = (k: number): { location: CoefficientPrior } => ({
  location: oneSidedPrior(SCALES[k]!, k % 2 === 0 ? "positive" : "negative"),
});

const CASES: Readonly<Record<string, HierarchicalSpec>> = {
  "one-sided means, pooled": specOf((_, k) => ({ ...oneSided(k), effect: "pooled" })),
  "one-sided means, centred": specOf((_, k) => ({ ...oneSided(k), effect: "centred" })),
  "one-sided means, as they come": specOf((_, k) => oneSided(k)),
  "a horseshoe": specOf((_, k) => k === 0 ? normal : { location: horseshoePrior({ relevant: 1 }) }),
  "correlated effects, non-centred": specOf((_, k) => ({
    ...(k === 1 ? oneSided(k) : normal),
    scale: SCALES[k]!,
    correlated: true,
  })),
  "correlated effects, centred": specOf((_, k) => ({
    ...normal,
    scale: SCALES[k]!,
    ...(k < 3 ? { correlated: "level and slopes", effect: "centred" } : {}),
  })),
  "ordered levels": specOf(() => normal, { family: "ordered", levels: LEVELS }),
  "weighted ordered levels with an offset": (() => {
    const spec = specOf(() => normal, { family: "ordered", levels: LEVELS }), rng = createRng(4, "weights");
    return { ...spec, weights: rng.uniforms(40), rows: { ...spec.rows, offset: rng.normals(40) } };
  })(),
  "multinomial levels": specOf(() => normal, {
    family: "multinomial",
    levels: LEVELS,
    weights: createRng(4, "weights").uniforms(40),
  }),
  "multinomial levels with correlated effects": specOf(() => ({ ...normal, correlated: true }), {
    family: "multinomial",
    levels: LEVELS.slice(1),
  }),
};

for (const [what, spec] of Object.entries(CASES)) {
  Deno.test(`createHierarchicalModel() has the gradient of its density: ${what}`, () => {
    const model = createHierarchicalModel(spec), rng = createRng(6, "points");
    assert.equal(model.quantities.length, new Set(model.quantities).size);
    for (let i = 0; i < 20; i++) {
      const check = checkGradient(model, rng.normals(model.dim).map((z) => z * (i < 15 ? 1 : 3)));
      assert.ok(check.worst < 1e-6, JSON.stringify(check));
    }
  });

  Deno.test(`createHierarchicalModel() is finite or rejected at extreme points: ${what}`, () => {
    const model = createHierarchicalModel(spec), gradient = new Float64Array(model.dim);
    const rng = createRng(8, "extreme");
    for (const size of [30, 700, 1e5, 1e200]) {
      for (let i = 0; i < 10; i++) {
        const log = model.logDensity(rng.normals(model.dim).map((z) => z * size), gradient);
        assert.ok(!(log > 1e6), `${log} at ${size}`);
      }
    }
  });

  Deno.test(`createHierarchicalModel() reports as many numbers as it names, all set: ${what}`, () => {
    const model = createHierarchicalModel(spec), rng = createRng(7, "report");
    const out = new Float64Array(model.quantities.length).fill(NaN);
    model.report(rng.normals(model.dim), out, rng);
    assert.ok(out.every((v) => !Number.isNaN(v)));
  });
}

Deno.test("oneSidedPrior() keeps the mean on its side of 0", () => {
  const model = createHierarchicalModel(CASES["one-sided means, as they come"]!),
    rng = createRng(1, "report");
  const out = new Float64Array(model.quantities.length);
  for (let i = 0; i < 20; i++) {
    model.report(rng.normals(model.dim), out, rng);
    assert.deepEqual([...out.subarray(0, 4)].map(Math.sign), [1, -1, 1, -1]);
  }
});

/** The model's log density with no data: what the priors alone say, Jacobians included. */
function priorOnly(coefficient: Omit<CoefficientSpec, "name">): (q: number) => number {
  const model = createHierarchicalModel({
    family: "normal",
    rows: {
      x: { rows: 1, columns: 1, values: Float64Array.of(1) },
      y: Float64Array.of(0),
      group: Int32Array.of(0),
      groups: 1,
    },
    weights: Float64Array.of(0),
    coefficients: [{ name: "x", ...coefficient }],
  });
  const gradient = new Float64Array(model.dim);
  return (q) => model.logDensity(Float64Array.of(q, 0), gradient);
}

Deno.test("oneSidedPrior() has the mass of its family: quadrature over the logarithm", () => {
  const masses = [0.7 * Math.sqrt(Math.PI / 2), 0.5 * Math.PI / 2, 0.5 * Math.sqrt(3) * Math.PI / 4, 0.4];
  SCALES.forEach((size, k) => {
    const log = priorOnly({ location: oneSidedPrior(size), effect: "pooled" }), constant = log(0);
    const own = (q: number): number => Math.exp(log(q) - constant);
    let mass = 0;
    for (let q = -40; q < 40; q += 0.01) mass += own(q) * 0.01;
    // At q = 0 the mean is 1: relative to its density there.
    const at1 = [
      Math.exp(-0.5 / 0.49),
      1 / (1 + 4),
      (1 + 4 / 3) ** -2,
      Math.exp(-2.5),
    ][k]!;
    almostEqual(mass * at1, masses[k]!, { relative: 1e-5 }, `${size.family}: the integral of its kernel`);
  });
});

Deno.test("createHierarchicalModel() says what cannot be combined", () => {
  const spec = CASES["correlated effects, non-centred"]!;
  const change = (change: Partial<CoefficientSpec>): HierarchicalSpec => ({
    ...spec,
    coefficients: spec.coefficients.map((c, k) => k === 1 ? { ...c, ...change } : c),
  });
  const refuses = (bad: HierarchicalSpec, why: RegExp): void =>
    assert.throws(() => createHierarchicalModel(bad), why);
  refuses(
    change({ effect: "pooled" }),
    /the effect of a must be that of intercept, with which it is correlated/,
  );
  refuses(change({ sharedScale: "s" }), /sharedScale of a must be left out where it is correlated/);
  refuses(
    change({ correlated: "alone" }),
    /the number of coefficients must be 2 or more, current value is 1/,
  );
  refuses({ ...spec, lkjShape: 0 }, /eta must be positive and finite, current value is 0/);
  const horseshoe = CASES["a horseshoe"]!;
  refuses({
    ...horseshoe,
    coefficients: horseshoe.coefficients.map((c, k) => k === 2 ? { ...c, effect: "auto" } : c),
  }, /the effect of b must be pooled under a horseshoe/);
  refuses({
    ...horseshoe,
    coefficients: horseshoe.coefficients.map((c, k) =>
      k > 0 ? { ...c, location: horseshoePrior({ relevant: 3 }) } : c
    ),
  }, /relevant must be less than the 3 coefficients/);
  const ordered = CASES["ordered levels"]!;
  refuses({ ...ordered, levels: ["low", "high"] }, /y\[\d+\] must be an integer from 0 to 1/);
  refuses({ ...ordered, levels: ["low", "low", "high", "top"] }, /levels must be unique/);
  refuses(
    { ...ordered, auxiliary: { gaps: { family: "exponential", scale: 1 } } },
    /ordered has no parameter "gaps"; did you mean "gap"/,
  );
  const multinomial = CASES["multinomial levels"]!;
  refuses(
    { ...multinomial, rows: { ...multinomial.rows, offset: new Float64Array(40) } },
    /offset must be left out: there are several linear predictors/,
  );
  refuses(
    { ...multinomial, auxiliary: { gap: { family: "exponential", scale: 1 } } },
    /multinomial has no parameter "gap"; it has none/,
  );
});
