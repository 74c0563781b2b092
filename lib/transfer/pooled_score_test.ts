import { deepEqual, ok } from "node:assert/strict";
import { createRng } from "../core/mod.ts";
import { categoryColumn, Table } from "../data/mod.ts";
import { auc } from "../evaluate/mod.ts";
import { predictRaw } from "../trees/mod.ts";
import { pooledScore } from "./pooled_score.ts";

/** Customers of three businesses; who is far from the middle leaves, or, by lot, anybody. */
function businesses(rows: number, byLot: boolean): Table {
  const rng = createRng(9, `pooled-score-${byLot}`);
  const visits = rng.normals(rows), noise = rng.normals(rows);
  return new Table("businesses", [
    categoryColumn("business", Array.from({ length: rows }, (_, i) => ["a", "b", "c"][i % 3]!)),
    { kind: "number", name: "visits", values: visits },
    { kind: "number", name: "noise", values: noise },
    {
      kind: "number",
      name: "left",
      values: visits.map((v) => Number((byLot ? 0 : v * v) + rng.normal() > 0.7)),
    },
  ]);
}

const options = { target: "left", group: "business", seed: 4 };

Deno.test("pooledScore() finds what no line finds, and scores new customers by the trees on all rows", () => {
  const table = businesses(300, false);
  const found = pooledScore(table, options);
  ok(found.auc.low > 0.6, `${found.auc.estimate}`);
  const fresh = businesses(90, false);
  deepEqual(found.score(fresh), predictRaw(found.model.forest, found.model.encode(fresh)).values);
  deepEqual(found.model.forest.features, ["visits", "noise"], "not the business, not the target");
  deepEqual(pooledScore(table, options).scores, found.scores);
});

Deno.test("pooledScore() does not learn by heart: where there is only luck, out of fold it stays luck", () => {
  const table = businesses(300, true);
  const { scores, score } = pooledScore(table, options);
  const left = table.numbers("left");
  ok(Math.abs(auc(left, scores) - 0.5) < 4 / Math.sqrt(12 * 60), "four standard errors of an area, about");
  ok(auc(left, score(table)) > 0.8, "the trees on all rows do know them by heart");
});
