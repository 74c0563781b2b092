import assert from "node:assert/strict";
import { join } from "node:path";
import type { LocationPrior } from "../bayes/mod.ts";
import { createRng, DISPLAY } from "../core/mod.ts";
import { categoryColumn, Table } from "../data/mod.ts";
import { parseMapping } from "../features/mod.ts";
import { almostEqual } from "../core/almost_equal.ts";
import {
  fitSmallData,
  loadSmallData,
  predictionTable,
  type SmallDataModel,
  validateSmallData,
} from "./mod.ts";

/** Shops whose customers leave by visits (a line) and age (a valley), and in one city more. */
function shops(rows: number, seed: number): Table {
  const rng = createRng(seed, "small data test");
  const visits = rng.normals(rows),
    age = Float64Array.from({ length: rows }, () => 20 + Math.floor(50 * rng.uniform()));
  const city = Array.from({ length: rows }, (_, i) => ["Bonn", "Köln", "Ulm"][i % 3]!);
  const left = city.map((name, i) => {
    const odds = -1.2 - 1.2 * visits[i]! + Math.abs(age[i]! - 45) / 15 + (name === "Ulm" ? 0.6 : 0);
    return rng.uniform() < 1 / (1 + Math.exp(-odds)) ? "gone" : "here";
  });
  return new Table("shops", [
    { kind: "number", name: "visits", values: visits },
    { kind: "number", name: "age", values: age },
    categoryColumn("plan", Array.from({ length: rows }, (_, i) => ["free", "pro"][i % 2]!)),
    categoryColumn("city", city),
    categoryColumn("left", left),
  ]);
}

const options = { target: "left", positive: "gone", group: "city", folds: 3, seed: 7 } as const;
const model: SmallDataModel = await fitSmallData(shops(180, 1), {
  ...options,
  predictors: ["linear", "score"],
});

Deno.test("fitSmallData() takes the predictor with the lowest out-of-fold log loss, and says what it tried", () => {
  const { candidates } = model.parts.training;
  assert.equal(candidates.length, 2);
  assert.ok(candidates[0]!.logLoss <= candidates[1]!.logLoss);
  assert.equal(model.parts.layers.spec.predictor, candidates[0]!.predictor);
});

Deno.test("fitSmallData() says how sure the choice of the predictor is", () => {
  const { candidates } = model.parts.training;
  assert.equal(candidates[0]!.error, 0, "no distance to itself");
  // 180 rows whose losses differ by some tenths: an error of hundredths.
  assert.ok(candidates[1]!.error > 0.002 && candidates[1]!.error < 0.05, String(candidates[1]!.error));
  const text = model[DISPLAY]()["text/plain"]!;
  const level = candidates[1]!.logLoss - candidates[0]!.logLoss < candidates[1]!.error;
  assert.equal(/Within its error of the first: /.test(text), level);
});

Deno.test("fitSmallData() keeps a line for a number that nearly always has the same value", async () => {
  const table = shops(90, 15);
  const values = Float64Array.from({ length: 90 }, (_, i) => i % 10 === 0 ? i : 0); // nine values, one of them in nine rows of ten
  const products = table.with({ kind: "number", name: "products", values });
  const { parts } = await fitSmallData(products, { ...options, folds: 2, predictors: ["splines"] });
  const names = parts.layers.fit.coefficients.map(({ name }) => name);
  assert.ok(
    names.includes("products") && !names.some((name) => name.startsWith("products curve")),
    names.join(),
  );
  assert.ok(names.some((name) => name.startsWith("age curve")), names.join());
});

Deno.test("SmallDataModel.predict() orders customers, and its sets cover within each label", () => {
  const test = shops(600, 2), said = model.predict(test, { reasons: false });
  const { levels, codes } = test.categories("left");
  const truth = Array.from(codes, (code) => levels[code]!);
  const covered = (label: string): number => {
    const rows = said.filter((_, i) => truth[i] === label);
    return rows.filter(({ set }) => set.includes(label)).length / rows.length;
  };
  // 180 training rows: the Beta law of the rarer label's 60 or so alone has an sd of 0.04.
  for (const label of ["here", "gone"]) almostEqual(covered(label), 0.91, 0.12, label);
  assert.ok(validateSmallData(model, test).auc!.low > 0.6);
});

Deno.test("SmallDataModel.predict() gives the sum of a column's effects as reason, and names what is outside", () => {
  const odd = shops(3, 3).with({ kind: "number", name: "age", values: Float64Array.of(40, 110, NaN) })
    .with(categoryColumn("plan", ["free", "pro", "gold"]));
  const [first, second, third] = model.predict(odd);
  assert.match(first!.reasons[0]!, /^(visits|age|plan) = .* \([+−]\d\.\d\d\)$/);
  assert.deepEqual(second!.outside, ["age = 110 is above 69"]);
  assert.deepEqual(third!.outside, ["age is missing", "plan = gold is new"]);
});

Deno.test("SmallDataModel.predict() answers for a business never seen, less surely", () => {
  const row = shops(1, 4), stranger = row.with(categoryColumn("city", ["Jena"]));
  const [known, other] = [row, stranger].map((who) => model.predict(who)[0]!);
  assert.ok(other!.high - other!.low > 0.8 * (known!.high - known!.low));
  assert.ok(other!.probability > 0 && other!.probability < 1);
});

Deno.test("loadSmallData() predicts what was saved, and refuses what was edited, cut short or of another version", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await model.save(folder);
    const test = shops(20, 5);
    assert.deepEqual((await loadSmallData(folder)).predict(test), model.predict(test));
    const at = join(folder, "all_rows", "layers.json"), text = await Deno.readTextFile(at);
    await Deno.writeTextFile(at, `${text} `);
    await assert.rejects(loadSmallData(folder), /all_rows\/layers\.json is not the file that was saved/);
    await Deno.writeTextFile(at, text);
    const manifest = join(folder, "small_data.json"), json = await Deno.readTextFile(manifest);
    await Deno.writeTextFile(manifest, json.replace('"version": 1', '"version": 9'));
    await assert.rejects(loadSmallData(folder), /its version must be 1, current value is 9/);
    await Deno.writeTextFile(manifest, json.slice(0, 500));
    await assert.rejects(loadSmallData(folder), /cut short or edited/);
    await Deno.remove(manifest);
    await assert.rejects(loadSmallData(folder), /small_data\.json is not there/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("withConfidence() and recalibrate() change the sets and nothing else", () => {
  const test = shops(50, 6), sure = model.withConfidence(0.5);
  const before = model.predict(test), after = sure.predict(test);
  assert.deepEqual(after.map((p) => p.probability), before.map((p) => p.probability));
  const size = (all: typeof before): number => all.reduce((sum, p) => sum + p.set.length, 0);
  assert.ok(size(after) < size(before));
  const fresh = model.recalibrate(shops(200, 7));
  assert.deepEqual(fresh.predict(test).map((p) => p.probability), before.map((p) => p.probability));
  assert.equal(fresh.parts.folds.length, 1);
});

Deno.test("recalibrate() and validateSmallData() know the rows that were trained on", async () => {
  const trained = shops(180, 1);
  const again = model.recalibrate(trained.take([...Array(60).keys()]));
  const equal = again.checks.find(({ code }) => code === "contentOverlap")!;
  assert.deepEqual([equal.status, equal.value], ["warn", 60]);
  assert.match(equal.title, /\d\.\d are expected by chance/);
  const apart = model.recalibrate(shops(60, 15)), folder = await Deno.makeTempDir();
  assert.equal(apart.checks.at(-1)!.status, "pass");
  try {
    await again.save(folder);
    assert.deepEqual((await loadSmallData(folder)).checks.at(-1), equal);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const overlap = validateSmallData(model, trained).checks.find(({ code }) => code === "contentOverlap");
  assert.equal(overlap!.status, "warn");
  const numbered = (table: Table, from: number): Table =>
    table.with({
      kind: "number",
      name: "id",
      values: Float64Array.from({ length: table.rows }, (_, i) => from + i),
    });
  const small = numbered(shops(45, 13), 0);
  const known = await fitSmallData(small, { ...options, id: "id", folds: 2, predictors: ["linear"] });
  assert.throws(
    () => known.recalibrate(numbered(shops(45, 14), 44)),
    /must be of customers whom the model was not fitted on \(1 of 45 are in both\)/,
  );
  assert.equal(known.recalibrate(numbered(shops(45, 14), 45)).parts.folds.length, 1);
});

Deno.test("validateSmallData() sees customers that have changed, and not those that have not", () => {
  const same = validateSmallData(model, shops(300, 8));
  assert.ok(same.drift.every(({ status }) => status === "pass"), "the same kind of customers");
  const older = shops(300, 9);
  const moved = older.with({ kind: "number", name: "age", values: older.numbers("age").map((a) => a + 25) });
  const worst = validateSmallData(model, moved).drift.find(({ status }) => status === "fail");
  assert.deepEqual(worst?.columns, ["age"]);
});

Deno.test("fitSmallData() takes roles to the common scale, with priors, for one business", async () => {
  const [mapping] = parseMapping(`
version: 1
tables:
  shops:
    data: shops.csv
    industry: shops
    family: retail
    target: { column: left, positive: gone }
    roles: { frequency: { column: visits } }
`);
  const fit = (scale: string): Promise<SmallDataModel> =>
    fitSmallData(shops(60, 10), {
      target: "left",
      folds: 2,
      columns: ["visits", "age"],
      mapping: mapping!,
      priors: { scale, features: { frequency: { mean: -0.5, sd: 0.25 } } },
      predictors: ["linear"],
    });
  const one = await fit("mid-rank Gaussian, version 1");
  const [intercept, ...slopes] = one.parts.layers.fit.coefficients;
  assert.equal(intercept!.name, "intercept");
  assert.deepEqual(slopes.map(({ name, location }) => [name, (location as LocationPrior)[0]!.mean]), [[
    "age",
    0,
  ], [
    "frequency",
    -0.5,
  ]]);
  assert.match(
    one.predict(shops(1, 11))[0]!.reasons.join(),
    /visits = /,
    "reasons name the column, not the role",
  );
  await assert.rejects(fit("another scale"), /the scale of the features must be the priors' own/);
});

Deno.test("fitSmallData() refuses wrong input by name", async () => {
  const table = shops(40, 11);
  const refused = (changes: object, rule: RegExp, of: Table = table): Promise<void> =>
    assert.rejects(fitSmallData(of, { ...options, ...changes } as typeof options), rule);
  await refused({ confidence: 1 }, /confidence must be in \(0, 1\), current value is 1/);
  await refused({ group: "left" }, /group must be another column than the target/);
  await refused({ positive: "moved" }, /positive must be one of/);
  await refused({ priors: { scale: "s", features: {} } }, /mapping must be given with priors/);
  await refused(
    {},
    /a column of two labels, current value is "?gone/,
    table.with(categoryColumn("left", Array(40).fill("gone"))),
  );
  const gap = Array.from({ length: 40 }, (_, i) => i === 5 ? null : i % 2 ? "gone" : "here");
  await refused({}, /left of row 5 must be known/, table.with(categoryColumn("left", gap)));
});

Deno.test("predictionTable() joins labels by | and leaves what is empty empty", () => {
  const test = shops(4, 12), columns = predictionTable(model.predict(test));
  assert.deepEqual(columns.names, ["probability", "low", "high", "set", "reasons", "outside"]);
  assert.equal(columns.rows, 4);
});
