import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, expit, mean, type MimeBundle } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { type LocationPrior, normalPrior } from "../effects/location_prior.ts";
import { leaveOneOut, type QuantitySummary } from "../diagnostics/mod.ts";
import { horseshoePrior } from "../effects/horseshoe.ts";
import { oneSidedPrior } from "../effects/mean_prior.ts";
import { priorPosteriorPlot } from "../plots/mod.ts";
import { priorPredictive } from "../predictive/mod.ts";
import { priorSensitivity } from "../sensitivity/mod.ts";
import { coefficientSpecs } from "./priors.ts";
import { fitDesign } from "./design.ts";
import { fitHierarchical, HierarchicalFit, loadHierarchical } from "./mod.ts";
import { withError } from "./show.ts";

/** Without workers, which start slower than such fits run. */
const QUICK = { seed: 3, warmup: 300, draws: 300, workers: 0 };

/** Customers of shops whose slopes differ around 1 and −0.5; `truth` is each one's probability. */
function shops(groups: number, perGroup: number, seed = 1): { table: Table; truth: Float64Array } {
  const rng = createRng(seed, "shops"), n = groups * perGroup;
  const slopes = Array.from({ length: groups }, () => [0.5 * rng.normal(), 1 + 0.4 * rng.normal(), -0.5]);
  const a = rng.normals(n), b = rng.normals(n);
  const truth = a.map((v, i) => {
    const [level, slopeA, slopeB] = slopes[i % groups]!;
    return expit(-0.5 + level! + slopeA! * v + slopeB! * b[i]!);
  });
  const table = new Table("shops", [
    categoryColumn("shop", Array.from({ length: n }, (_, i) => `s${i % groups}`)),
    { kind: "number", name: "a", values: a },
    { kind: "number", name: "b", values: b.map((v) => 10 * v + 3) },
    { kind: "number", name: "left", values: truth.map((p) => Number(rng.uniform() < p)) },
  ]);
  return { table, truth };
}

const OPTIONS = { target: "left", group: "shop", ...QUICK };

let smallFit: Promise<HierarchicalFit> | undefined;

/** Three shops of sixty customers and their fit, for the tests that only ask what a fit does with itself. */
async function small(): Promise<{ table: Table; fit: HierarchicalFit }> {
  const { table } = shops(3, 60);
  return { table, fit: await (smallFit ??= fitHierarchical(table, OPTIONS)) };
}

Deno.test("fitHierarchical() finds the truth behind six shops, and says that it may be believed", async () => {
  const { table, truth } = shops(6, 150);
  const fit = await fitHierarchical(table, { ...OPTIONS, draws: 600, workers: 2 });
  assert.notEqual(fit.verdict.status, "fail", fit.verdict.sentence);
  const { probability, noise, notKnowing } = fit.predictProba(table);
  const { lower, upper } = fit.probabilityIntervals(table);
  const error = probability.reduce((sum, p, i) => sum + (p - truth[i]!) ** 2, 0) / table.rows;
  assert.ok(Math.sqrt(error) < 0.08, `root mean square error ${Math.sqrt(error)}`);
  const covered = truth.reduce((n, p, i) => n + Number(p >= lower[i]! && p <= upper[i]!), 0) / table.rows;
  assert.ok(
    covered > 0.8 && covered < 0.98,
    `${covered} of the true probabilities are in their 90 % interval`,
  );
  probability.forEach((p, i) =>
    almostEqual(noise[i]! + notKnowing[i]!, p * (1 - p), 1e-12, "total variance")
  );
});

Deno.test("predictProba() gives a business never seen the population's mean and a wider interval", async () => {
  const { table } = shops(6, 100);
  const fit = await fitHierarchical(table, OPTIONS);
  const rows = table.take([0, 1, 2, 3]);
  const strange = rows.with(categoryColumn("shop", ["new", "new", "other", "other"]));
  assert.deepEqual(fit.predictProba(strange).seen, [false, false, false, false]);
  assert.ok(fit.predictProba(rows).seen.every(Boolean));
  const known = fit.probabilityIntervals(rows), unknown = fit.probabilityIntervals(strange);
  unknown.upper.forEach((_, i) =>
    assert.ok(unknown.upper[i]! - unknown.lower[i]! > known.upper[i]! - known.lower[i]!, `row ${i}`)
  );
});

Deno.test("predictProba() of one row does not depend on the rows beside it", async () => {
  const { table, fit } = await small();
  const all = fit.predictProba(table), one = fit.predictProba(table.take([17]));
  assert.equal(one.probability[0], all.probability[17]);
  assert.equal(one.notKnowing[0], all.notKnowing[17]);
});

Deno.test("save() and loadHierarchical() keep predictions bit for bit", async () => {
  const { table, fit } = await small();
  const folder = await Deno.makeTempDir();
  try {
    await fit.save(`${folder}/model`);
    const loaded = await loadHierarchical(`${folder}/model`);
    assert.ok(loaded instanceof HierarchicalFit);
    assert.deepEqual(loaded.predictProba(table), fit.predictProba(table));
    assert.deepEqual(loaded.posterior.values, fit.posterior.values);
    assert.equal(loaded.verdict.sentence, fit.verdict.sentence);
    await Deno.writeFile(`${folder}/model/draws.f64`, new Uint8Array(80));
    await assert.rejects(() => loadHierarchical(`${folder}/model`), /the number of draws must be/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("contributions() add up to the mean of the linear predictor", async () => {
  const { table, fit } = await small();
  const linear = fit.predictLinear(table), { names, values } = fit.contributions(table);
  assert.deepEqual(names, ["intercept", "a", "b"]);
  values.forEach((row, i) => {
    const mean = linear[i]!.reduce((sum, v) => sum + v, 0) / linear[i]!.length;
    almostEqual(row.reduce((sum, v) => sum + v, 0), mean, 1e-9, "a sum");
  });
});

Deno.test("fitHierarchical() uses rows with gaps, by an indicator, and categories by level", async () => {
  const { table } = shops(3, 80);
  const holes = table.numbers("a").map((v, i) => i % 5 === 0 ? NaN : v);
  const plan = categoryColumn(
    "plan",
    Array.from({ length: table.rows }, (_, i) => ["basic", "pro", null][i % 3]!),
  );
  const gaps = table.with({ kind: "number", name: "a", values: holes }).with(plan);
  const fit = await fitHierarchical(gaps, OPTIONS);
  assert.deepEqual(fit.coefficients.map((c) => c.name), [
    "intercept",
    "a",
    "a missing",
    "b",
    "plan=pro",
    "plan missing",
  ]);
  assert.ok(fit.predictProba(gaps).probability.every((p) => p > 0 && p < 1));
});

/** Data of which some numbers are the prior's alone: what the verdict must name, and at least how badly. */
const SICK: readonly {
  name: string;
  code: string;
  status: "warn" | "fail";
  make(table: Table): Table;
  flat?: true;
}[] = [
  {
    name: "one business",
    code: "oneGroup",
    status: "warn",
    make: (t) => t.with(categoryColumn("shop", Array<string>(t.rows).fill("only"))),
  },
  {
    name: "one row each",
    code: "smallGroups",
    status: "warn",
    make: (t) =>
      t.take(Array.from({ length: 30 }, (_, i) => i)).with(
        categoryColumn("shop", Array.from({ length: 30 }, (_, i) => `s${i}`)),
      ),
  },
  {
    name: "one class in a business",
    code: "oneOutcomeGroups",
    status: "warn",
    make: (t) => withOutcome(t, t.numbers("left").map((v, i) => i % 3 === 0 ? 1 : v)),
  },
  {
    name: "one class in each business",
    code: "oneOutcomeGroups",
    status: "warn",
    make: (t) => withOutcome(t, t.numbers("left").map((_, i) => i % 3 === 0 ? 1 : 0)),
  },
  {
    name: "one class",
    code: "oneOutcome",
    status: "fail",
    make: (t) => withOutcome(t, new Float64Array(t.rows)),
  },
  {
    name: "a feature twice",
    code: "collinear",
    status: "warn",
    make: (t) => t.with({ kind: "number", name: "twin", values: t.numbers("a").map((v) => 3 - 2 * v) }),
  },
  {
    name: "separated",
    code: "separated",
    status: "warn",
    make: (t) => withOutcome(t, t.numbers("a").map((v) => v > 0 ? 1 : 0)),
  },
  {
    name: "separated under flat priors",
    code: "separated",
    status: "warn",
    make: (t) => withOutcome(t, t.numbers("a").map((v, i) => v + t.numbers("b")[i]! / 10 > 0.5 ? 1 : 0)),
    flat: true,
  },
];

function withOutcome(table: Table, values: Float64Array): Table {
  return table.with({ kind: "number", name: "left", values });
}

for (const { name, code, status, make, flat } of SICK) {
  Deno.test(`fitHierarchical() names what the data do not say, and stays finite: ${name}`, async () => {
    const wide = normalPrior(0, 1000), { table } = shops(3, 40), data = make(table);
    const fit = await fitHierarchical(data, {
      ...OPTIONS,
      warmup: 200,
      draws: 200,
      targetAcceptance: 0.8,
      ...(flat ? { locations: { intercept: wide, a: wide, b: wide } } : {}),
    });
    assert.equal(fit.checks.find((c) => c.code === code)!.status, status);
    assert.notEqual(fit.verdict.status, "pass");
    assert.match(fit.verdict.sentence, /^(Do not use this fit|Use with care): /);
    assert.ok(fit.predictProba(data).probability.every((p) => p >= 0 && p <= 1));
    assert.ok(
      flat || Math.abs(fit.posterior.summary("mu[intercept]").mean) < 8,
      "the prior holds the intercept",
    );
  });
}

Deno.test("fitHierarchical() has nothing to say against data that say enough", async () => {
  const fit = await fitHierarchical(shops(3, 40).table, { ...OPTIONS, warmup: 200, draws: 200 });
  const codes = ["oneGroup", "smallGroups", "oneOutcome", "oneOutcomeGroups", "separated", "collinear"];
  assert.deepEqual(
    codes.map((code) => fit.checks.find((c) => c.code === code)?.status),
    codes.map(() => "pass"),
  );
});

Deno.test("fitHierarchical() refuses what it cannot use, by name", async () => {
  const { table } = shops(2, 20);
  const refused = (
    options: Parameters<typeof fitHierarchical>[1],
    message: RegExp,
    data = table,
  ): Promise<void> => assert.rejects(() => fitHierarchical(data, options), message);
  await refused({ target: "lefft" }, /did you mean "left"\?/);
  await refused({ ...OPTIONS, features: ["a", "c"] }, /feature "c" is not there/);
  await refused({ ...OPTIONS, family: "poisson", target: "a" }, /y\[\d+\] must be a count/);
  await refused({ ...OPTIONS, splines: ["aa"] }, /the spline of "aa" is not there; did you mean "a"/);
  const coarse = table.with({
    kind: "number",
    name: "a",
    values: table.numbers("a").map((v) => v > 0 ? 1 : 0),
  });
  await refused(
    { ...OPTIONS, splines: ["a"] },
    /the spline of "a" must be of a number with three or more/,
    coarse,
  );
  const hole = table.with({ kind: "number", name: "left", values: new Float64Array(40).fill(NaN) });
  await refused(OPTIONS, /left of row 0 must be there/, hole);
  const priors = { scale: "mid-rank Gaussian, version 1", features: { a: { mean: 1, sd: 0.3 } } };
  await refused({ ...OPTIONS, priors }, /the scale of the features must be the priors' own/);
});

Deno.test("coefficientSpecs() puts informed slopes on their features and weak ones elsewhere", () => {
  const { table } = shops(2, 20);
  const design = fitDesign(table, { target: "left", group: "shop", asGiven: ["a", "b"] });
  const priors = {
    scale: "s",
    features: { a: { mean: 0.4, sd: 0.3, weight: 0.8 } },
    tau: { family: "halfNormal", scale: 0.2 } as const,
  };
  const [intercept, a, b] = coefficientSpecs(design, table.numbers("left"), {
    family: "bernoulli",
    priors,
    scale: "s",
    rate: 0.5,
  });
  assert.deepEqual(intercept!.location, normalPrior(0, 1.5));
  const parts = a!.location as LocationPrior;
  assert.deepEqual(parts.map((p) => [p.mean, p.sd]), [[0.4, 0.3], [0, 0.5]]);
  almostEqual(parts.map((p) => p.weight), [0.8, 0.2], 1e-12, "weights");
  assert.deepEqual(b!.location, normalPrior(0, 0.5));
  assert.deepEqual(a!.scale, priors.tau);
});

/** Customers of shops who leave where `a` is far from 0 on either side. */
function valley(): { table: Table; truth: Float64Array } {
  const { table } = shops(5, 200), rng = createRng(9, "valley"), a = table.numbers("a");
  const level = [-0.6, -0.2, 0, 0.3, 0.5];
  const truth = a.map((v, i) => expit(-1 + level[i % 5]! + 0.4 * v + 1.2 * (v * v - 1)));
  const left = truth.map((p) => Number(rng.uniform() < p));
  return { table: table.with({ kind: "number", name: "left", values: left }), truth };
}

Deno.test("fitHierarchical() follows a valley by a spline that shops share, and finds no bend where there is none", async () => {
  const { table, truth } = valley();
  const fit = await fitHierarchical(table, { ...OPTIONS, draws: 600, splines: ["a", "b"] });
  assert.notEqual(fit.verdict.status, "fail", fit.verdict.sentence);
  const error = (p: Float64Array): number => Math.sqrt(mean(p.map((v, i) => (v - truth[i]!) ** 2)));
  const curved = error(fit.predictProba(table).probability);
  const straight = error((await fitHierarchical(table, OPTIONS)).predictProba(table).probability);
  assert.ok(curved < 0.06 && straight > 0.2, `${curved} with the curve, ${straight} without`);
  for (const m of [1, 2, 3]) {
    const { mean, sd } = fit.posterior.summary(`mu[b curve ${m}]`);
    assert.ok(Math.abs(mean) < 2.5 * sd && sd < 0.35, `b is straight: ${mean}, sd ${sd}`);
  }
});

Deno.test("a fit with splines keeps its predictions on disk, adds each feature up, and predicts for an unseen shop", async () => {
  const { table } = valley(),
    fit = await fitHierarchical(table, { ...OPTIONS, splines: { a: { knots: 4 } } });
  assert.deepEqual(fit.coefficients.map((c) => c.name), ["intercept", "a", "a curve 1", "a curve 2", "b"]);
  const { names, values } = fit.contributions(table), linear = fit.predictLinear(table);
  assert.deepEqual(names, ["intercept", "a", "b"]);
  values.forEach((row, i) => almostEqual(row.reduce((s, v) => s + v, 0), mean(linear[i]!), 1e-9, "a sum"));
  const folder = await Deno.makeTempDir();
  try {
    await fit.save(`${folder}/model`);
    const loaded = await loadHierarchical(`${folder}/model`);
    assert.deepEqual(loaded.predictProba(table), fit.predictProba(table));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const edge = table.take([0, 0, 0]).with(categoryColumn("shop", ["new", "new", "new"]))
    .with({ kind: "number", name: "a", values: Float64Array.of(-2, 0, 2) });
  const { probability, seen } = fit.predictProba(edge);
  assert.deepEqual(seen, [false, false, false]);
  assert.ok(
    probability[0]! > probability[1]! + 0.3 && probability[2]! > probability[1]! + 0.3,
    `${probability}`,
  );
  assert.ok((await fit[DISPLAY]())["text/plain"].includes("a curve 1"));
});

Deno.test("fitHierarchical() takes a score of another model as it is, with a slope of its own", async () => {
  const { table, truth } = shops(4, 100);
  const score = truth.map((p) => Math.log(p / (1 - p)));
  const scored = table.with({ kind: "number", name: "score", values: score });
  const fit = await fitHierarchical(scored, { ...OPTIONS, features: [], score: "score" });
  assert.deepEqual(fit.design.columns.map((c) => [c.name, c.centre, c.scale]), [["score", 0, 1]]);
  const [intercept, own] = fit.coefficients;
  assert.deepEqual([intercept!.location, own!.location], [normalPrior(0, 1.5), normalPrior(1, 0.5)]);
  const strange = scored.take([0]).with(categoryColumn("shop", ["new"]));
  almostEqual(
    fit.predictProba(strange).probability[0]!,
    truth[0]!,
    0.25,
    "an unseen shop gets the score, unsure",
  );
  const slope = fit.posterior.summary("mu[score]");
  almostEqual(slope.mean, 1, 3.5 * slope.sd, "the score is the truth: a slope of 1 within its posterior");
  await assert.rejects(
    () => fitHierarchical(scored, { ...OPTIONS, locations: { scor: normalPrior(1, 0.5) } }),
    /Cannot use the prior of "scor": did you mean "score"\?/,
  );
  await assert.rejects(
    () => fitHierarchical(scored, { ...OPTIONS, score: "scor" }),
    /did you mean "score"\?/,
  );
  await assert.rejects(
    () => fitHierarchical(scored, { target: "left", score: "shop" }),
    /score must be a column of numbers, current value is "shop, of kind category"/,
  );
});

Deno.test("logLikelihood() gives leave-one-out scores that know a feature of use from one of none", async () => {
  const { table } = shops(3, 80);
  const full = await fitHierarchical(table, OPTIONS);
  const less = await fitHierarchical(table, { ...OPTIONS, features: ["b"] });
  const [a, b] = [full, less].map((fit) => leaveOneOut(fit.logLikelihood(table)));
  assert.ok(a!.elpd > b!.elpd + 5, `${a!.elpd} against ${b!.elpd}`);
  assert.ok(a!.k.every((k) => k < 0.7));
});

Deno.test("a fit shows its verdict before any number", async () => {
  const { fit } = await small();
  const text = (await fit[DISPLAY]())["text/plain"];
  assert.ok(text.startsWith(fit.verdict.sentence));
  assert.ok(text.indexOf("population mean") > 0);
});

Deno.test("withError() prints the digits that the error leaves standing", () => {
  assert.equal(withError(1.23456, 0.004), "1.235");
  assert.equal(withError(1.23456, 0.04), "1.23");
  assert.equal(withError(123.456, 3), "123");
});

Deno.test("fitHierarchical() lets levels and slopes of businesses be correlated, and draws a new business so", async () => {
  const { table } = shops(6, 60);
  const fit = await fitHierarchical(table, { ...OPTIONS, correlated: ["intercept", "a"] });
  const { mean: correlation, sd } = fit.posterior.summary("corr[intercept,a]");
  assert.ok(Math.abs(correlation) < 0.8 && sd > 0.2, "six shops say little of it");
  const strange = table.take([0]).with(categoryColumn("shop", ["new"]));
  assert.ok(fit.predictProba(strange).probability[0]! > 0);
  await assert.rejects(
    () => fitHierarchical(table, { ...OPTIONS, correlated: ["intercept", "aa"] }),
    /Cannot correlate "aa": did you mean "a"/,
  );
});

Deno.test("fitHierarchical() finds two features of twelve under a horseshoe, and keeps a sign that is known", async () => {
  const rng = createRng(8, "sparse shops"), n = 240, names = Array.from({ length: 12 }, (_, k) => `f${k}`);
  const features = names.map((name) => ({ kind: "number" as const, name, values: rng.normals(n) }));
  const left = Float64Array.from({ length: n }, (_, i) => {
    const eta = -0.4 + 1.4 * features[0]!.values[i]! - 1.2 * features[1]!.values[i]!;
    return Number(rng.uniform() < expit(eta));
  });
  const table = new Table("sparse shops", [
    categoryColumn("shop", Array.from(left, (_, i) => `s${i % 3}`)),
    ...features,
    { kind: "number", name: "left", values: left },
  ]);
  const fit = await fitHierarchical(table, {
    ...OPTIONS,
    horseshoe: horseshoePrior({ relevant: 2 }),
    locations: { f11: oneSidedPrior({ family: "halfNormal", scale: 0.5 }) },
  });
  const slope = (k: number): QuantitySummary => fit.posterior.summary(`mu[f${k}]`);
  for (const k of [0, 1]) assert.ok(Math.abs(slope(k).mean) > 4 * slope(k).sd, `f${k} is told from 0`);
  for (let k = 2; k < 11; k++) assert.ok(Math.abs(slope(k).mean) < 0.3, `f${k}: ${slope(k).mean}`);
  assert.ok(fit.posterior.chainsOf("mu[f11]").every((chain) => chain.every((v) => v > 0)));
  assert.equal(fit.posterior.options.targetAcceptance, 0.99);
  const asked = priorSensitivity(fit).map((s) => s.name);
  assert.deepEqual(asked.sort(), ["f11", "intercept"], "a horseshoe has no density of one coefficient");
  assert.throws(() => priorPosteriorPlot(fit, "f3"), /the prior of f3 must be its own/);
  assert.match((priorPosteriorPlot(fit, "f11")[DISPLAY]() as MimeBundle)["text/html"] as string, /svg/);
  const { typical } = priorPredictive(fit.coefficients, { seed: 1, draws: 200, rows: n });
  assert.ok(typical.every((p) => p >= 0 && p <= 1));
});
