import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, row } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { leaveOneOut } from "../diagnostics/mod.ts";
import { posteriorPredictive } from "../predictive/mod.ts";
import { fitLevels, type LevelFit, loadHierarchical, loadLevels } from "./mod.ts";

const LEVELS = ["bad", "fair", "good"];

/** Customers of shops that differ in level: ratings in an order, and reasons without one, with the truth of both. */
function shops(groups: number, perGroup: number): {
  table: Table;
  ratings: Float64Array[];
  reasons: Float64Array[];
} {
  const rng = createRng(12, "levels"), n = groups * perGroup, a = rng.normals(n);
  const shifts = rng.normals(groups).map((z) => 0.6 * z);
  const ratings = Array.from(a, (v, i) => {
    const eta = 0.4 + shifts[i % groups]! + 1.1 * v, above = [0, 1.5].map((c) => 1 / (1 + Math.exp(c - eta)));
    return Float64Array.of(1 - above[0]!, above[0]! - above[1]!, above[1]!);
  });
  const reasons = Array.from(a, (v, i) => {
    const weights = [1, Math.exp(shifts[i % groups]! + 0.8 * v), Math.exp(-0.3 - 0.8 * v)];
    const total = weights.reduce((x, y) => x + y);
    return Float64Array.from(weights, (w) => w / total);
  });
  const draw = (p: Float64Array): string => LEVELS[rng.categorical(p)]!;
  const table = new Table("shops", [
    categoryColumn("shop", Array.from(a, (_, i) => `s${i % groups}`)),
    { kind: "number", name: "a", values: a },
    categoryColumn("rating", ratings.map(draw)),
    categoryColumn("reason", reasons.map(draw)),
  ]);
  return { table, ratings, reasons };
}

const OPTIONS = { group: "shop", features: ["a"], levels: LEVELS, seed: 3, warmup: 250, draws: 250 };

function rootMeanSquare(fit: LevelFit, table: Table, truth: readonly Float64Array[]): number {
  const { probability } = fit.predictProba(table);
  let sum = 0;
  truth.forEach((p, i) => row(probability, i).forEach((v, k) => sum += (v - p[k]!) ** 2));
  return Math.sqrt(sum / (truth.length * LEVELS.length));
}

for (const family of ["ordered", "multinomial"] as const) {
  Deno.test(`fitLevels() finds the truth behind five shops, ${family}, and keeps it in a folder`, async () => {
    const { table, ratings, reasons } = shops(5, 120);
    const target = family === "ordered" ? "rating" : "reason";
    const fit = await fitLevels(table, { ...OPTIONS, draws: 500, target, family });
    assert.notEqual(fit.verdict.status, "fail", fit.verdict.sentence);
    const error = rootMeanSquare(fit, table, family === "ordered" ? ratings : reasons);
    // Two coefficients a predictor from 120 rows a shop: about √(0.22 · 2 / 120) = 0.06 without pooling.
    assert.ok(error < 0.07, `root mean square error ${error}`);
    const { probability, notKnowing, seen } = fit.predictProba(table);
    for (let i = 0; i < table.rows; i++) {
      almostEqual(row(probability, i).reduce((a, b) => a + b), 1, 1e-12, "probabilities of one customer");
    }
    assert.ok(seen.every(Boolean) && notKnowing.values.every((v) => v > 0 && v < 0.02));
    const folder = await Deno.makeTempDir();
    await fit.save(folder);
    assert.deepEqual((await loadLevels(folder)).predictProba(table), fit.predictProba(table));
    await assert.rejects(
      () => loadHierarchical(folder),
      /its family must be one of bernoulli, .*, current value/,
    );
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("LevelFit predicts a shop never seen with less certainty, and shows its verdict first", async () => {
  const { table } = shops(5, 60);
  const fit = await fitLevels(table, { ...OPTIONS, target: "rating", family: "ordered" });
  const rows = table.take([0, 1, 2]);
  const known = fit.predictProba(rows);
  const unknown = fit.predictProba(rows.with(categoryColumn("shop", ["new", "new", "other"])));
  assert.deepEqual(unknown.seen, [false, false, false]);
  unknown.notKnowing.values.forEach((v, at) => assert.ok(v > known.notKnowing.values[at]!, `entry ${at}`));
  const text = String(fit[DISPLAY]()["text/plain"]);
  assert.ok(text.startsWith(fit.verdict.sentence.slice(0, 10)), text);
  assert.match(text, /target rating/);
  // It could have made the table that it was fitted to, but not one in which a shop sells nothing but good things.
  const own = posteriorPredictive(fit, table);
  assert.deepEqual(own.checks.filter(({ status }) => status === "fail"), []);
  assert.ok(own.statistics.some(({ name }) => name === "share of fair"));
  assert.equal(own.groups.length, 15, "five shops by three levels");
  const { codes, levels } = table.categories("rating");
  const changed = Array.from(codes, (code, i) => i % 5 === 0 ? "good" : levels[code]!);
  const { checks } = posteriorPredictive(fit, table.with(categoryColumn("rating", changed)));
  assert.equal(checks.find(({ code }) => code === "predictiveGroups")!.status, "fail");
  assert.match(checks.find(({ code }) => code === "predictiveGroups")!.advice, /s0: good/);
});

Deno.test("logLikelihood() of levels knows a feature of use from one of none, left out one by one", async () => {
  const { table } = shops(4, 60), noise = createRng(1, "noise").normals(table.rows);
  const wide = table.with({ kind: "number", name: "noise", values: noise });
  const scores = await Promise.all(["a", "noise"].map(async (feature) => {
    const fit = await fitLevels(wide, {
      ...OPTIONS,
      features: [feature],
      target: "reason",
      family: "multinomial",
    });
    return leaveOneOut(fit.logLikelihood(wide)).elpd;
  }));
  assert.ok(scores[0]! > scores[1]! + 10, `${scores}`);
});

Deno.test("fitLevels() takes numbers in their order, and refuses what it cannot order, by name", async () => {
  const { table } = shops(2, 20), stars = Float64Array.from({ length: 40 }, (_, i) => [10, 9, 2][i % 3]!);
  const rated = table.with({ kind: "number", name: "stars", values: stars });
  const { levels: _, ...rest } = OPTIONS;
  const fit = await fitLevels(rated, { ...rest, target: "stars", family: "ordered", warmup: 50, draws: 20 });
  assert.deepEqual(fit.levels, ["2", "9", "10"]);
  assert.ok(fit.posterior.quantities.includes("cutpoint[9|10]"));
  const refuses = (options: Parameters<typeof fitLevels>[1], why: RegExp): Promise<void> =>
    assert.rejects(() => fitLevels(table, options), why);
  await refuses({ ...rest, target: "rating", family: "ordered" }, /levels must be given in their order/);
  await refuses(
    { ...OPTIONS, target: "rating", family: "ordered", levels: ["bad", "good"] },
    /rating of row \d+ must be one of bad, good, current value is "fair"/,
  );
  await refuses(
    { ...OPTIONS, target: "rating", family: "ordered", levels: ["bad", "bad"] },
    /levels must be unique/,
  );
});
