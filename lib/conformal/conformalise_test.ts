import assert from "node:assert/strict";
import { categoryColumn, Table } from "../data/mod.ts";
import { createRng } from "../core/mod.ts";
import { fitTrees } from "../trees/mod.ts";
import { conformalise } from "./conformalise.ts";
import { conformaliseClasses } from "./class_sets.ts";

function shops(rows: number, seed: number): Table {
  const rng = createRng(seed, "conformalise test");
  const visits = rng.normals(rows);
  const left = Array.from(visits, (v) => rng.uniform() < 1 / (1 + Math.exp(1 + v)) ? "gone" : "here");
  return new Table("shops", [
    {
      kind: "number",
      name: "customer",
      values: Float64Array.from({ length: rows }, (_, i) => seed * 1e6 + i),
    },
    { kind: "number", name: "visits", values: visits },
    categoryColumn("city", Array.from({ length: rows }, (_, i) => ["Ulm", "Bonn"][i % 2]!)),
    categoryColumn("left", left),
  ]);
}

const truth = {
  target: "left",
  positive: "gone",
  predictProba: (rows: Table) => ({
    probability: rows.numbers("visits").map((v) => 1 / (1 + Math.exp(1 + v))),
  }),
};

Deno.test("conformalise() gives what conformaliseClasses() gives on the model's probabilities", () => {
  const calibration = shops(60, 1), test = shops(40, 2);
  const sets = conformalise(truth, calibration, { byClass: true });
  const by = conformaliseClasses({
    probabilities: truth.predictProba(calibration).probability,
    labels: calibration.categories("left").codes.map((c) =>
      Number(calibration.categories("left").levels[c] === "gone")
    ),
  }, { byClass: true, classes: ["here", "gone"] });
  assert.deepEqual(sets.predict(test).sets, by.predict(truth.predictProba(test).probability).sets);
  assert.deepEqual(sets.predict(test).classes, ["here", "gone"]);
});

Deno.test("conformalise() takes a model of trees as it is, and keeps thresholds by a column", () => {
  const model = fitTrees(shops(200, 3).without(["customer"]), { target: "left", rounds: 10 });
  const { overall, bySlice } = conformalise(model, shops(100, 4), { groups: "city" }).predict(shops(300, 5))
    .coverage();
  assert.ok(overall.coverage.high > 0.9 - 0.05, "near 90 %");
  assert.deepEqual(bySlice["group"]!.map((r) => r.name).sort(), ["Bonn", "Ulm"]);
});

Deno.test("conformalise() refuses customers that were trained on by id, and counts equal rows without one", () => {
  const training = shops(50, 6);
  assert.throws(
    () => conformalise(truth, training.take([0, 1, 2, 3]), { training, id: "customer" }),
    /apart from those that were fitted on \(4 are in both\)/,
  );
  const { checks } = conformalise(truth, training.take([...Array(30).keys()]), { training });
  assert.equal(checks[0]!.code, "contentOverlap");
});

Deno.test("conformalise() names a label that the model does not know, a missing one, and a target of many", () => {
  const calibration = shops(30, 7);
  const odd = calibration.with(
    categoryColumn("left", Array.from({ length: 30 }, (_, i) => i === 3 ? "moved" : i % 2 ? "gone" : "here")),
  );
  assert.throws(() => conformalise(truth, odd), /two labels, gone among them/);
  assert.throws(
    () => conformalise({ ...truth, classes: ["here", "gone"] }, odd),
    /left of row 3 must be one of here, gone, current value is "?moved/,
  );
});
