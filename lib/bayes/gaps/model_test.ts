import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { curveColumns, evaluateSpline } from "../fit/spline.ts";
import { normalPrior, studentPrior } from "../effects/location_prior.ts";
import type { CoefficientSpec } from "../hierarchical/spec.ts";
import type { Family } from "../likelihood/glm.ts";
import { checkGradient } from "../model/mod.ts";
import { createGapModel, type GapSpec } from "./model.ts";
import { type GapPlan, waysToFill } from "./plan.ts";

/**
 * Columns of x: intercept, a (no gaps), b (yes or no), two levels of c, the number d with one column of a curve, the number
 * e. Gaps in all but a.
 */
function example(family: Family, rows = 60): GapSpec {
  const rng = createRng(3, "gaps"), groups = 3, width = 8;
  const d = rng.normals(rows), [curve] = curveColumns(d, 3);
  const values = new Float64Array(rows * width), levels = [[-0.3, -0.2], [0.7, -0.2], [-0.3, 0.8]];
  for (let i = 0; i < rows; i++) {
    const own = [1, rng.normal(), rng.uniform() < 0.4 ? 0.6 : -0.4, ...levels[rng.integer(3)]!, d[i]!];
    values.set(
      [...own, evaluateSpline(curve!, d[i]!), 0.5 * own[1]! - 0.6 * d[i]! + rng.normal()],
      i * width,
    );
  }
  const others = [2, 3, 4, 5, 6, 7].map((k) => [k]);
  const plan: GapPlan = {
    names: ["intercept", "a", "b", "c=y", "c=z", "d", "d curve 1", "e"],
    features: [
      {
        kind: "states",
        name: "b",
        columns: others[0]!,
        states: ["no", "yes"],
        values: [[-0.4], [0.6]],
        regressors: [1],
      },
      {
        kind: "states",
        name: "c",
        columns: [3, 4],
        states: ["x", "y", "z"],
        values: levels,
        regressors: [1, 2],
      },
      { kind: "number", name: "d", columns: [5, 6], curves: [curve!], regressors: [1, 2, 3, 4] },
      { kind: "number", name: "e", columns: [7], curves: [], regressors: [1, 2, 3, 4, 5] },
    ],
    means: [0, 0.1, 0, 0.05, -0.1, 0.2, 0, -0.3],
    sds: [1, 0.9, 0.5, 0.45, 0.4, 1.1, 1, 1.3],
  };
  const sets = [[], [], [0], [1], [2], [3], [0, 1], [2, 3], [0, 2], [0, 1, 2, 3]];
  const missing = Array.from({ length: rows }, (_, i) => sets[i % sets.length]!);
  missing.forEach((lacks, i) =>
    lacks.forEach((f) => plan.features[f]!.columns.forEach((k) => values[i * width + k] = 99))
  );
  const coefficients = plan.names.map((name): CoefficientSpec =>
    name.includes("curve")
      ? { name, location: studentPrior(0, 0.3, 3), effect: "smooth", sharedScale: "d curve" }
      : { name, location: normalPrior(0, 0.7) }
  );
  const y = rng.normals(rows).map((z) =>
    family === "bernoulli" ? Number(z > 0) : family === "poisson" ? Math.floor(Math.abs(z)) : z
  );
  const group = Int32Array.from({ length: rows }, (_, i) => i % groups);
  return {
    outcome: { family, rows: { x: { rows, columns: width, values }, y, group, groups }, coefficients },
    plan,
    missing,
  };
}

for (const family of ["bernoulli", "poisson", "normal", "student"] as const) {
  Deno.test(`createGapModel() has the gradient of its density: ${family}`, () => {
    const model = createGapModel(example(family)), rng = createRng(4, "points");
    for (let i = 0; i < 3; i++) {
      // Further out a count's exponential bends so much that the differences, not the gradient, are off by 1e-6.
      const check = checkGradient(model, rng.normals(model.dim).map((z) => 0.4 * z));
      assert.ok(check.worst < 1e-6, JSON.stringify(check));
    }
  });
}

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

Deno.test("createGapModel() sums a row over all ways to fill it, and takes a missing number at its regression's mean + sigma z", () => {
  const whole = example("poisson"),
    { rows } = whole.outcome,
    width = rows.x.columns,
    none = whole.missing.map(() => []);
  const at = whole.missing.findIndex((lacks) => lacks.length === 4); // one row with every gap
  const base = rows.x.values.map((v, i) =>
    v === 99
      ? whole.plan.features.flatMap((f) =>
        f.kind === "states" ? f.columns.map((k, c) => [k, f.values[0]![c]!]) : []
      ).find(([k]) => k === i % width)?.[1] ?? 0.3
      : v
  );
  // In this form the point does not depend on how many rows are without gaps.
  const coefficients = whole.outcome.coefficients.map((c) =>
    c.effect === "smooth" ? c : { ...c, effect: "nonCentred" } as const
  );
  const of = (values: Float64Array, missing: GapSpec["missing"]): ReturnType<typeof createGapModel> =>
    createGapModel({
      ...whole,
      missing,
      outcome: { ...whole.outcome, coefficients, rows: { ...rows, x: { ...rows.x, values } } },
    });
  const gappy = of(base, none.map((lacks, i) => i === at ? [0, 1, 2, 3] : lacks));
  const q = createRng(8, "point").normals(gappy.dim).map((z) => 0.5 * z),
    [zd, ze] = q.slice(-2),
    point = q.slice(0, -2);
  const report = new Float64Array(gappy.quantities.length), unused = new Float64Array(gappy.dim);
  gappy.report(q, report, createRng(1, "report"));
  const value = (name: string): number => report[gappy.quantities.indexOf(name)]!;
  const { plan } = whole, group = rows.group[at]! + 1, logs: number[] = [];
  for (const way of waysToFill(plan, [0, 1, 2, 3])) {
    const filled = base.slice(), x = filled.subarray(at * width, (at + 1) * width);
    way.forEach((state, f) => {
      const feature = plan.features[f]!;
      if (feature.kind === "states") feature.columns.forEach((k, c) => x[k] = feature.values[state]![c]!);
    });
    let jacobian = 0;
    for (const [f, z] of [[2, zd!], [3, ze!]] as const) {
      const feature = plan.features[f]!, sigma = value(`${feature.name} ~ sigma`), k = feature.columns[0]!;
      const centre = feature.regressors.reduce(
        (sum, r) =>
          sum + value(`${feature.name} ~ mu[${plan.names[r]}]`) * (x[r]! - plan.means[r]!) / plan.sds[r]!,
        value(`${feature.name} ~ beta[${group},intercept]`),
      );
      x[k] = plan.means[k]! + plan.sds[k]! * (centre + sigma * z);
      if (feature.kind === "number" && feature.curves[0]) x[k + 1] = evaluateSpline(feature.curves[0], x[k]!);
      jacobian += Math.log(sigma) + LOG_ROOT_2PI; // the model leaves out the constant of z
    }
    const model = of(filled, none); // every row through the fast likelihoods
    logs.push(model.logDensity(point, unused.slice(0, -2)) + jacobian);
  }
  const largest = Math.max(...logs),
    sum = largest + Math.log(logs.reduce((s, l) => s + Math.exp(l - largest), 0));
  assert.equal(logs.length, 6);
  almostEqual(gappy.logDensity(q, unused), sum, 1e-9, "rounding");
});

Deno.test("createGapModel() refuses rows with more than 64 ways to fill them, and weights, by name", () => {
  const whole = example("bernoulli"),
    states = Array.from({ length: 7 }, (_, f) => ({ ...whole.plan.features[0]!, name: `b${f}` }));
  const seven = {
    ...whole,
    plan: { ...whole.plan, features: states },
    missing: whole.missing.map((_, i) => i === 4 ? [0, 1, 2, 3, 4, 5, 6] : []),
  };
  assert.throws(
    () => createGapModel(seven),
    /the ways to fill row 4 must be at most 64, such as 6 yes or no, current value is 128/,
  );
  const weights = new Float64Array(60).fill(1);
  assert.throws(
    () => createGapModel({ ...whole, outcome: { ...whole.outcome, weights } }),
    /weights must be left out where/,
  );
});
