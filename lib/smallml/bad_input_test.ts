import assert from "node:assert/strict";
import { createRng, expit, mean } from "../core/mod.ts";
import { categoryColumn, Table } from "../data/mod.ts";
import { fitSmallData, FullSets, validateSmallData } from "./mod.ts";

/** Three branches; in Ulm nobody has left. */
function branches(rows: number, seed: number): Table {
  const rng = createRng(seed, "bad input"), visits = rng.normals(rows);
  const city = Array.from({ length: rows }, (_, i) => ["Bonn", "Köln", "Ulm"][i % 3]!);
  const left = city.map((name, i) => name !== "Ulm" && rng.uniform() < expit(-visits[i]!) ? "gone" : "here");
  return new Table("branches", [
    categoryColumn("city", city),
    { kind: "number", name: "visits", values: visits },
    categoryColumn("plan", Array.from({ length: rows }, (_, i) => ["free", "pro"][i % 2]!)),
    categoryColumn("left", left),
  ]);
}

const options = {
  target: "left",
  positive: "gone",
  group: "city",
  folds: 2,
  predictors: ["linear"],
} as const;
const model = await fitSmallData(branches(90, 1), options);

Deno.test("fitSmallData() learns from a business in which nobody left: low, unsure, not nought", () => {
  const said = model.predict(branches(90, 2), { reasons: false });
  const of = (k: number): number =>
    mean(said.filter((_, i) => i % 3 === k).map(({ probability }) => probability));
  assert.ok(of(2) > 0.001 && of(2) < 0.5 * Math.min(of(0), of(1)), `${of(2)} beside ${of(0)} and ${of(1)}`);
  for (const { low, probability, high } of said) {
    assert.ok(0 < low && low < probability && probability < high);
  }
  const alone = branches(90, 3).filter((row) => row % 3 === 2);
  assert.equal(validateSmallData(model, alone).auc, undefined);
});

Deno.test("SmallDataModel.predict() answers for a category never seen and a business that is missing, and says so", () => {
  const row = branches(1, 4),
    odd = row.with(categoryColumn("plan", ["gold"])).with(categoryColumn("city", [null]));
  const [said] = model.predict(odd);
  assert.ok(said!.probability > 0 && said!.probability < 1);
  assert.deepEqual(said!.outside, ["plan = gold is new"]);
  assert.throws(() => model.predict(row.without(["visits"])), /visits/);
});

Deno.test("a confidence outside (0, 1) is refused, in a fit and afterwards", async () => {
  const full = FullSets.of(
    { businesses: ["a", "a"], labels: [0, 1], classes: ["no", "yes"], confidence: 0.9 },
    [Float64Array.of(0.1, 0.2), Float64Array.of(0.3, 0.4)],
  );
  const rule = /confidence must be in \(0, 1\)/;
  for (const confidence of [0, 1, 90, -0.1, NaN]) {
    await assert.rejects(fitSmallData(branches(30, 5), { ...options, confidence }), rule);
    assert.throws(() => model.withConfidence(confidence), rule);
    assert.throws(() => full.withConfidence(confidence), rule);
  }
  assert.throws(() => full.predict([Float64Array.of(NaN, 0.1)], ["a"]), /a probability must be in \(0, 1\]/);
});

Deno.test("validateSmallData() and recalibrate() refuse customers without an outcome that the model knows", () => {
  const some = branches(6, 6), labels = (...of: (string | null)[]) => some.with(categoryColumn("left", of));
  const missing = labels("gone", null, "here", "here", "gone", "here");
  const other = labels("gone", "here", "moved", "here", "gone", "here");
  assert.throws(() => validateSmallData(model, missing), /left of row 1 must be one of here, gone/);
  assert.throws(
    () => validateSmallData(model, other),
    /left of row 2 must be one of here, gone, current value is "?moved/,
  );
  assert.throws(() => validateSmallData(model, some.take([])), /the number of rows must be 1 or more/);
  assert.throws(() => model.recalibrate(missing), /left of row 1 must be one of here, gone/);
  assert.throws(() => model.recalibrate(other), /left of row 2 must be one of here, gone/);
});
