import assert from "node:assert/strict";
import { join } from "node:path";
import { advise, fullBayesSets } from "../conformal/mod.ts";
import { createRng, expit, matrix, mean } from "../core/mod.ts";
import { almostEqual } from "../core/almost_equal.ts";
import { categoryColumn, Table } from "../data/mod.ts";
import { fitSmallData, FullSets, loadSmallData, type SmallDataModel } from "./mod.ts";
import { SLOW } from "../../tests/slow.ts";

/** Customers of two cities who leave the more the fewer their visits; in Ulm more of them. */
function cities(rows: number, seed: number): Table {
  const rng = createRng(seed, "full sets"), visits = rng.normals(rows);
  const city = Array.from({ length: rows }, (_, i) => ["Bonn", "Ulm"][i % 2]!);
  const left = city.map((name, i) =>
    rng.uniform() < expit((name === "Ulm" ? 0.3 : -0.7) - 1.5 * visits[i]!) ? "yes" : "no"
  );
  return new Table("cities", [
    categoryColumn("city", city),
    { kind: "number", name: "visits", values: visits },
    categoryColumn("left", left),
  ]);
}

function fit(rows: number, seed: number, options: object = {}): Promise<SmallDataModel> {
  const common = { target: "left", positive: "yes", group: "city", folds: 2, seed, sets: "full" } as const;
  return fitSmallData(cities(rows, seed), { ...common, predictors: ["linear"], ...options });
}

/** Share of sets that hold the label. */
function coverage(model: SmallDataModel, customers: Table): number {
  const { codes, levels } = customers.categories("left");
  const { sets } = model.predictSets(customers);
  return mean(sets.map((set, i) => Number(set.includes(Number(levels[codes[i]!] === "yes")))));
}

const rng = createRng(3, "made up draws"), DRAWS = 60;
/** Log-odds of made-up customers, some of whom are surely one or the other. */
const odds = (): Float64Array => {
  const middle = 3 * rng.normal();
  return rng.normals(DRAWS).map((v) => middle + v);
};
const logOdds = Array.from({ length: 30 }, odds);
const made = {
  businesses: Array.from({ length: 30 }, (_, i) => i < 12 ? "a" : i < 26 ? "b" : "c"),
  // In a labels are drawn by a coin, elsewhere as the odds say: sets of a must be wider.
  labels: logOdds.map((eta, i) => Number(rng.uniform() < (i < 12 ? 0.5 : expit(eta[0]!)))),
  classes: ["no", "yes"] as [string, string],
  confidence: 0.8,
};

Deno.test("FullSets.predict() gives each business the full conformal sets of its own rows", () => {
  const sets = FullSets.of(made, logOdds), fresh = Array.from({ length: 30 }, odds);
  const of = Array.from(fresh, (_, i) => ["b", "a", "nowhere"][i % 3]!);
  const { sets: found } = sets.predict(fresh, of);
  for (const name of ["a", "b"]) {
    const own = [...made.businesses.keys()].filter((i) => made.businesses[i] === name);
    const rows = [...of.keys()].filter((i) => of[i] === name);
    const seen = (all: readonly Float64Array[], labels: readonly number[]) => {
      const m = matrix(DRAWS, all.length);
      all.forEach((eta, i) =>
        eta.forEach((v, d) => m.values[d * all.length + i] = expit(labels[i] === 1 ? v : -v))
      );
      return m;
    };
    const labels = own.map((i) => made.labels[i]!), etas = rows.map((i) => fresh[i]!);
    const direct = fullBayesSets({
      labels,
      training: seen(own.map((i) => logOdds[i]!), labels),
      candidates: [0, 1].map((label) => seen(etas, rows.map(() => label))),
    }, { confidence: 0.8 });
    assert.deepEqual(rows.map((i) => found[i]), direct.sets);
    assert.ok(direct.sets.some((set) => set.length < 2), "not all sets hold everything");
  }
  of.forEach((name, i) =>
    name === "nowhere" && assert.deepEqual(found[i], [0, 1], "nothing to compare with")
  );
});

Deno.test("FullSets say which businesses are too small, and refuse data that do not fit", () => {
  const [few, ...more] = FullSets.of({ ...made, confidence: 0.9 }, logOdds).checks;
  assert.equal(more.length, 0);
  assert.match(few!.title, /fewer than 9 customers: c$/);
  assert.equal(few!.status, "warn");
  const { json, likelihood } = FullSets.of(made, logOdds);
  assert.throws(() => new FullSets(json, likelihood.slice(1)), /the likelihoods must be 1800 long/);
  assert.throws(
    () => new FullSets({ ...json, version: 2 as 1 }, likelihood),
    /version must be 1, current value is 2/,
  );
});

const model = await fit(60, 5);

Deno.test("fitSmallData() with full sets keeps one fit, says how its sets are made, and loads as it was saved", async () => {
  assert.equal(model.parts.folds.length, 0);
  assert.equal(model.method, "full conformal within each business");
  const test = cities(40, 6), folder = await Deno.makeTempDir();
  try {
    await model.save(folder);
    const again = await loadSmallData(folder);
    assert.deepEqual(again.predict(test), model.predict(test));
    const file = join(folder, "likelihood.f64"), bytes = await Deno.readFile(file);
    await Deno.writeFile(file, bytes.subarray(8));
    await assert.rejects(loadSmallData(folder), /likelihood\.f64 is not the file that was saved/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const sizes = (of: SmallDataModel): number => mean(of.predictSets(test).sets.map((set) => set.length));
  assert.ok(sizes(model.withConfidence(0.6)) < sizes(model));
  assert.equal(model.recalibrate(cities(80, 7)).method, "split conformal");
  const stranger = model.predict(test.take([0]).with(categoryColumn("city", ["Jena"])));
  assert.deepEqual(stranger[0]!.set, ["no", "yes"]);
});

Deno.test("fitSmallData() refuses full sets on the pooled trees' score, and sets of another name", async () => {
  await assert.rejects(
    fit(40, 8, { predictors: ["score"] }),
    /predictors must be some of linear, splines for full sets/,
  );
  await assert.rejects(fit(40, 8, { sets: "half" }), /sets must be cross or full, current value is "?half/);
});

Deno.test("fitSmallData() takes full sets where advise() does", () => {
  assert.equal(advise(20).take.method, "full Bayesian");
});

const FITS = SLOW ? 200 : 4, CUSTOMERS = 200;
Deno.test(`fitSmallData() with full sets covers at 90 % over ${FITS} fits of twenty customers a city`, async () => {
  const rates: number[] = [];
  for (let k = 0; k < FITS; k++) rates.push(coverage(await fit(40, 100 + k), cities(CUSTOMERS, 5000 + k)));
  // Rank 19 of 21 is attainable. A fit's coverage varies about as Beta(19, 2) in each of the two cities, and judging it
  // on so many customers adds its own luck.
  const attainable = 19 / 21, spread = attainable * (1 - attainable);
  const error = Math.sqrt((spread / 22 / 2 + spread / CUSTOMERS) / FITS);
  almostEqual(mean(rates), attainable, 4 * error, `${FITS} fits`);
});
