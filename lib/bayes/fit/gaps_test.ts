import assert from "node:assert/strict";
import { almostEqual, createRng, expit, mean } from "../../core/mod.ts";
import { categoryColumn, type NumberColumn, Table } from "../../data/mod.ts";
import { leaveOneOut } from "../diagnostics/mod.ts";
import {
  fitHierarchical,
  type FitHierarchicalOptions,
  type HierarchicalFit,
  loadHierarchical,
} from "./mod.ts";

const OPTIONS: FitHierarchicalOptions = {
  target: "left",
  group: "shop",
  seed: 3,
  chains: 2,
  warmup: 200,
  draws: 200,
  targetAcceptance: 0.8,
  effect: "pooled",
};

const number = (name: string, values: Float64Array): NumberColumn => ({ kind: "number", name, values });

/**
 * Customers with logit P(left) = −0.5 + 0.8 a − b + 1.2 (plan is pro). `b` gets lost where `a` and the outcome agree, plan
 * where they do not: at random given what stays, but rows without gaps are far from a fair sample.
 */
function customers(rows: number): { whole: Table; gappy: Table } {
  const rng = createRng(1, "missing at random"), a = rng.normals(rows);
  const b = a.map((v) => 0.7 * v + 0.7 * rng.normal());
  const pro = b.map((v, i) => Number(rng.uniform() < expit(-0.5 + v - a[i]!)));
  const left = a.map((v, i) => Number(rng.uniform() < expit(-0.5 + 0.8 * v - b[i]! + 1.2 * pro[i]!)));
  const whole = new Table("shops", [
    categoryColumn("shop", Array.from(a, (_, i) => `s${i % 3}`)),
    number("a", a),
    number("b", b),
    categoryColumn("plan", Array.from(pro, (v) => v === 1 ? "pro" : "basic")),
    number("left", left),
  ]);
  const agree = a.map((v, i) => v * (2 * left[i]! - 1));
  const lost = agree.map((v) => Number(rng.uniform() < expit(-0.5 + 2 * v)));
  const plan = Array.from(
    agree,
    (v, i) => rng.uniform() < expit(-1.5 - 1.5 * v) ? null : pro[i] === 1 ? "pro" : "basic",
  );
  return {
    whole,
    gappy: whole.with(number("b", b.map((v, i) => lost[i] ? NaN : v))).with(categoryColumn("plan", plan)),
  };
}

/** Posterior mean and sd of a slope, per unit of the feature. */
function slope(fit: HierarchicalFit, source: string): { mean: number; sd: number } {
  const { name, scale } = fit.design.columns.find((c) => c.source === source)!;
  const { mean, sd } = fit.posterior.summary(`mu[${name}]`), sign = name === "plan=basic" ? -1 : 1;
  return { mean: sign * mean / scale, sd: sd / scale };
}

Deno.test("fitHierarchical() with gaps as parameters is unbiased where rows without gaps, or indicators, are not", async () => {
  const { gappy } = customers(600), truth = { a: 0.8, b: -1, plan: 1.2 };
  const fit = await fitHierarchical(gappy, { ...OPTIONS, gaps: "parameters" });
  assert.ok(fit.posterior.summary("mu[b]").rHat < 1.05);
  assert.deepEqual(fit.coefficients.map((c) => c.name).filter((name) => name.includes("missing")), []);
  for (const [name, value] of Object.entries(truth)) {
    const { mean, sd } = slope(fit, name);
    assert.ok(Math.abs(mean - value) < 2.5 * sd && sd < 0.35, `${name}: ${mean}, sd ${sd}, truth ${value}`);
  }
  const complete = gappy.filter((i) =>
    !Number.isNaN(gappy.numbers("b")[i]!) && gappy.categories("plan").codes[i]! >= 0
  );
  const dropped = slope(await fitHierarchical(complete, OPTIONS), "a");
  assert.ok(truth.a - dropped.mean > 3 * dropped.sd, `rows without gaps give ${dropped.mean}`);
  const indicated = slope(await fitHierarchical(gappy, OPTIONS), "b");
  assert.ok(truth.b - indicated.mean > 3 * indicated.sd, `indicators give ${indicated.mean}`);
  // What the regression of b on the rest should find: 0.7 of a, before plan is known.
  const sigma = fit.posterior.summary("b ~ sigma").mean *
    fit.design.gaps!.sds[fit.design.gaps!.names.indexOf("b")]! *
    fit.design.columns.find((c) => c.name === "b")!.scale;
  almostEqual(sigma, 0.66, 0.06, "sd of b given a and plan");
});

Deno.test("fitHierarchical() with gaps as parameters predicts rows with gaps by what is known of them, and keeps it on disk", async () => {
  const { whole, gappy } = customers(240);
  const fit = await fitHierarchical(gappy, { ...OPTIONS, gaps: "parameters" });
  const empty = whole.take([0, 1, 2]).with(number("a", Float64Array.of(1.5, 1.5, 1.5)))
    .with(number("b", Float64Array.of(1.05, NaN, 1.05))).with(
      categoryColumn("plan", ["basic", "basic", "basic"]),
    );
  const { probability, notKnowing } = fit.predictProba(empty);
  // By the truth: b given a and plan is Normal with sd 0.66, so row 1 averages row 0's log odds over it.
  assert.ok(notKnowing[1]! > 2 * notKnowing[0]!, `${notKnowing} is larger where b is missing`);
  const read = (name: string): number => fit.posterior.summary(name).mean;
  const { names, means, sds } = fit.design.gaps!, at = (name: string): number => names.indexOf(name);
  const column = (name: string): number => fit.design.columns.findIndex((c) => c.name === name);
  const scaled = (name: string, v: number): number => {
    const c = fit.design.columns[column(name)]!;
    return (v - c.centre) / c.scale;
  };
  const plan = names.find((name) => name.startsWith("plan="))!,
    x = { a: scaled("a", 1.5), [plan]: scaled(plan, plan === "plan=basic" ? 1 : 0) };
  const centre = Object.entries(x).reduce(
    (sum, [name, v]) => sum + read(`b ~ mu[${name}]`) * (v - means[at(name)]!) / sds[at(name)]!,
    read("b ~ beta[s1,intercept]"),
  );
  const eta = Object.entries(x).reduce(
    (sum, [name, v]) => sum + read(`mu[${name}]`) * v,
    read("mu[intercept]"),
  );
  const grid = Array.from({ length: 81 }, (_, i) => -4 + i / 10),
    weights = grid.map((z) => Math.exp(-0.5 * z * z));
  const integral = grid.reduce((sum, z, i) => {
    const b = means[at("b")]! + sds[at("b")]! * (centre + read("b ~ sigma") * z);
    return sum + weights[i]! * expit(eta + read("mu[b]") * b);
  }, 0) / weights.reduce((s, w) => s + w, 0);
  almostEqual(
    probability[1]!,
    integral,
    0.02,
    "an integral at the posterior mean, and curvature of the logit",
  );
  const { names: parts, values } = fit.contributions(gappy), linear = fit.predictLinear(gappy);
  assert.deepEqual(parts, ["intercept", "a", "b", "plan"]);
  values.forEach((row, i) => almostEqual(row.reduce((s, v) => s + v, 0), mean(linear[i]!), 1e-9, "a sum"));
  const [row] = fit.explain(gappy.take([0])), first = fit.contributions(gappy.take([0])).values[0]!;
  for (const { feature, mean } of row!.reasons) {
    almostEqual(mean, first[parts.indexOf(feature)]!, 1e-9, feature);
  }
  const folder = await Deno.makeTempDir();
  try {
    await fit.save(`${folder}/model`);
    const loaded = await loadHierarchical(`${folder}/model`);
    assert.deepEqual(loaded.predictProba(gappy), fit.predictProba(gappy));
    assert.deepEqual(loaded.data.missingness, fit.data.missingness);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const unseen = fit.predictProba(gappy.with(categoryColumn("shop", Array<string>(240).fill("new"))));
  assert.ok(unseen.probability.every((p) => p > 0 && p < 1) && !unseen.seen.some(Boolean));
  const alone = fit.predictProba(gappy.take([3])).probability[0];
  assert.equal(alone, fit.predictProba(gappy).probability[3], "one row does not depend on those beside it");
  assert.ok(leaveOneOut(fit.logLikelihood(gappy)).k.every((k) => k < 0.7));
});

Deno.test("a fit with gaps as parameters warns where outcomes differ where a feature is missing, and only there", async () => {
  const { whole } = customers(400), left = whole.numbers("left"), rng = createRng(2, "holes");
  const holes = (name: string, share: (i: number) => number): NumberColumn =>
    number(name, whole.numbers(name).map((v, i) => rng.uniform() < share(i) ? NaN : v));
  const table = whole.with(holes("a", () => 0.2)).with(holes("b", (i) => left[i] === 1 ? 0.4 : 0.1));
  const { data } = await fitHierarchical(table, {
    ...OPTIONS,
    gaps: "parameters",
    chains: 1,
    warmup: 50,
    draws: 50,
  });
  assert.deepEqual(data.missingness?.map((c) => [c.columns, c.status]), [[["a"], "pass"], [["b"], "warn"]]);
});
