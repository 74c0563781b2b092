import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { mixturePrior, normalPrior, studentPrior } from "../effects/location_prior.ts";
import type { Family } from "../likelihood/glm.ts";
import { checkGradient } from "../model/mod.ts";
import { sample } from "../sampler/mod.ts";
import { createHierarchicalModel } from "./model.ts";
import type { GroupEffect, HierarchicalSpec } from "./spec.ts";

const FAMILIES: readonly Family[] = [
  "bernoulli",
  "binomial",
  "normal",
  "student",
  "poisson",
  "negativeBinomial",
  "gamma",
  "logNormal",
];

/** Outcomes that a family allows; small, so that no density is extreme. */
function outcome(family: Family, z: number): number {
  if (family === "bernoulli") return z > 0 ? 1 : 0;
  if (family === "binomial") return Math.min(5, Math.floor(2 * Math.abs(z)));
  if (family === "poisson" || family === "negativeBinomial") return Math.floor(2 * Math.abs(z));
  return family === "gamma" || family === "logNormal" ? Math.exp(z) : z;
}

function spec(family: Family, effect: GroupEffect, groups = 4, rows = 40): HierarchicalSpec {
  const rng = createRng(5, "hierarchical test data");
  const x = { rows, columns: 3, values: rng.normals(rows * 3).map((v, i) => i % 3 === 0 ? 1 : v) };
  return {
    family,
    rows: {
      x,
      // Groups differ in level and in both slopes, so that every form of the model is at ease.
      y: rng.normals(rows).map((z, i) => {
        const [, a, b] = x.values.subarray(3 * i, 3 * i + 3), level = (i % groups) / groups - 0.5;
        return outcome(family, z + level + level * (a! - b!));
      }),
      group: Int32Array.from({ length: rows }, (_, i) => i % groups),
      groups,
      offset: rng.normals(rows).map((z) => 0.1 * z),
    },
    ...(family === "binomial" ? { trials: new Float64Array(rows).fill(5) } : {}),
    coefficients: [
      { name: "intercept", location: normalPrior(-0.5, 1.5), effect },
      { name: "a", location: studentPrior(0.2, 0.5, 4), effect, scale: { family: "halfCauchy", scale: 0.5 } },
      {
        name: "b",
        location: mixturePrior([{ weight: 0.7, mean: 0.4, sd: 0.2 }, { weight: 0.3, mean: 0, sd: 1 }]),
        effect,
        scale: { family: "halfStudent", scale: 0.3, degrees: 4 },
      },
    ],
  };
}

for (const effect of ["pooled", "centred", "nonCentred", "auto"] as const) {
  for (const family of FAMILIES) {
    Deno.test(`createHierarchicalModel() has the gradient of its density: ${family}, ${effect}`, () => {
      const model = createHierarchicalModel(spec(family, effect)), rng = createRng(6, "points");
      for (let i = 0; i < 5; i++) {
        const check = checkGradient(model, rng.normals(model.dim));
        assert.ok(check.worst < 1e-6, JSON.stringify(check));
      }
    });
  }
}

const T = studentPrior(0, 0.3, 4);

/** The columns a and b as those of a curve. */
function curved(): HierarchicalSpec {
  const whole = spec("bernoulli", "auto"), [intercept, ...rest] = whole.coefficients;
  const smooth = rest.map((
    { name },
  ) => ({ name, location: T, effect: "smooth", sharedScale: "curve" } as const));
  return { ...whole, coefficients: [intercept!, ...smooth] };
}

Deno.test("createHierarchicalModel() gives the columns of a curve a multivariate t in common, the same in every group", () => {
  const model = createHierarchicalModel(curved()), rng = createRng(6, "points");
  assert.deepEqual(model.quantities.slice(0, 4), ["mu[intercept]", "mu[a]", "mu[b]", "tau[intercept]"]);
  for (let i = 0; i < 5; i++) {
    const q = rng.normals(model.dim),
      check = checkGradient(model, q),
      out = new Float64Array(model.quantities.length);
    assert.ok(check.worst < 1e-6, JSON.stringify(check));
    model.report(q, out, rng);
    const at = (name: string): number => out[model.quantities.indexOf(name)]!;
    for (const group of [1, 2, 3, 4]) assert.equal(at(`beta[${group},b]`), at("mu[b]"));
  }
  // Without rows the density is the prior, of which the last two numbers are the curve's.
  const whole = curved(), none = new Float64Array(0);
  const rows = { x: { rows: 0, columns: 3, values: none }, y: none, group: new Int32Array(0), groups: 4 };
  const prior = createHierarchicalModel({ ...whole, rows }), unused = new Float64Array(prior.dim);
  const logPrior = (a: number, b: number): number =>
    prior.logDensity(
      Float64Array.from(unused, (_, k) => k === prior.dim - 2 ? a : k === prior.dim - 1 ? b : 0),
      unused,
    );
  const logT = (a: number, b: number): number => -(4 + 2) / 2 * Math.log1p((a * a + b * b) / (4 * 0.3 ** 2));
  const points = [[0.1, 0], [0.3, -0.4], [-1, 0.5], [0, 2]] as const;
  const expected = points.map(([a, b]) => logT(a, b) - logT(0.3, 0.3));
  const found = points.map(([a, b]) => logPrior(a, b) - logPrior(0.3, 0.3));
  almostEqual(found, expected, 2e-3, "30 scales stand for all");
});

Deno.test("createHierarchicalModel() is finite or rejected at extreme points, never a wrong number", () => {
  for (const effect of ["centred", "nonCentred", "auto"] as const) {
    for (const family of FAMILIES) {
      const model = createHierarchicalModel(spec(family, effect)), gradient = new Float64Array(model.dim);
      const rng = createRng(8, "extreme");
      for (const size of [30, 700, 1e5, 1e200]) {
        for (let i = 0; i < 10; i++) {
          const log = model.logDensity(rng.normals(model.dim).map((z) => z * size), gradient);
          const finite = Number.isFinite(log);
          // Overflow in a gradient rejects the trajectory as surely as one in the density does; it must not be hidden.
          assert.ok(
            !finite || gradient.every((g) => !Number.isNaN(g)) || size > 1e4,
            `${family} ${effect} ${size}`,
          );
          assert.ok(log < 1e6 || !finite, `${family} ${effect}: ${log}`);
        }
      }
    }
  }
});

Deno.test("createHierarchicalModel() keeps its gradient right as tau goes to 0", () => {
  const model = createHierarchicalModel(spec("bernoulli", "auto"));
  const q = createRng(3, "point").normals(model.dim);
  for (const tau of [1e-3, 1e-8, 1e-30, 0]) {
    q[0] = tau; // the first block's scale
    const check = checkGradient(model, q);
    assert.ok(check.worst < 1e-6, `${tau}: ${JSON.stringify(check)}`);
  }
});

Deno.test("refresh() moves along fixed coefficients and leaves density and gradient as evaluation has them", () => {
  const rng = createRng(2, "refresh"), unused = createRng(1, "unused");
  const models = [spec("bernoulli", "auto"), curved()].map(createHierarchicalModel);
  for (let i = 0; i < 50; i++) {
    const model = models[i % 2]!, size = model.quantities.length;
    const q = rng.normals(model.dim), gradient = new Float64Array(model.dim);
    const before = new Float64Array(size), after = new Float64Array(size);
    const log = model.logDensity(q, gradient);
    model.report(q, before, unused);
    const refreshed = model.refresh!(q, gradient, log, rng);
    model.report(q, after, unused);
    const fresh = new Float64Array(model.dim);
    almostEqual(refreshed, model.logDensity(q, fresh), { relative: 1e-9, absolute: 1e-9 }, "rounding");
    almostEqual(gradient, fresh, { relative: 1e-7, absolute: 1e-7 }, "rounding through 1 / tau");
    const beta = model.quantities.flatMap((name, k) => name.startsWith("beta[") ? [k] : []);
    almostEqual(beta.map((k) => after[k]!), beta.map((k) => before[k]!), 1e-9, "coefficients are held fixed");
    const scales = model.quantities.flatMap((name, k) => name.startsWith("tau[") ? [k] : []);
    for (const k of scales) assert.notEqual(after[k], before[k], `${model.quantities[k]} moved`);
  }
});

Deno.test("createHierarchicalModel() has one posterior in all three forms, sampled", async () => {
  const forms = await Promise.all(
    (["centred", "nonCentred", "auto"] as const).map((effect) =>
      sample(createHierarchicalModel(spec("normal", effect, 6, 90)), {
        seed: 4,
        warmup: 300,
        draws: 300,
        targetAcceptance: effect === "auto" ? 0.8 : 0.9,
      })
    ),
  );
  const auto = forms[2]!;
  for (const form of forms.slice(0, 2)) {
    for (
      const name of ["mu[intercept]", "mu[a]", "mu[b]", "tau[intercept]", "tau[b]", "beta[3,a]", "sigma"]
    ) {
      const ours = auto.summary(name), theirs = form.summary(name);
      assert.ok(ours.rHat < 1.04, `${name} R̂ ${ours.rHat}`);
      const why = `${name}: five Monte Carlo errors of both`;
      almostEqual(ours.mean, theirs.mean, 5 * Math.hypot(ours.mcseMean, theirs.mcseMean), why);
      almostEqual(ours.sd, theirs.sd, 5 * Math.hypot(ours.mcseSd, theirs.mcseSd), why);
    }
  }
});

Deno.test("createHierarchicalModel() refuses what it cannot mean, by name", () => {
  const good = spec("normal", "auto");
  const duplicate = [good.coefficients[0]!, good.coefficients[0]!, good.coefficients[2]!];
  assert.throws(
    () => createHierarchicalModel({ ...good, coefficients: duplicate }),
    /a coefficient's name must be unique, current value is "intercept"/,
  );
  assert.throws(
    () => createHierarchicalModel({ ...good, coefficients: good.coefficients.slice(1) }),
    /coefficients must be 3 long/,
  );
  assert.throws(
    () => createHierarchicalModel({ ...good, auxiliary: { sigm: { family: "halfNormal", scale: 1 } } }),
    /normal has no parameter "sigm"; did you mean "sigma"\?/,
  );
  assert.throws(() => createHierarchicalModel({ ...good, family: "poisson" }), /y\[0\] must be a count/);
});
