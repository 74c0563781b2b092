/** Totals against the truth of made-up worlds whose spending has a heavy tail: two by default, 24 with CREDIBLE_SLOW. */
import assert from "node:assert/strict";
import { mean, standardDeviation, sum } from "../../core/mod.ts";
import { revenueFolds } from "../stages/mod.ts";
import { testWorld } from "../stages/test_world.ts";
import { fitRevenueModel } from "./fit_revenue_model.ts";

const SLOW = Deno.env.get("CREDIBLE_SLOW") !== undefined;
const WORLDS = SLOW ? Array.from({ length: 24 }, (_, k) => k + 1) : [12, 13];
const HEAVY = { rate: -2.6, spread: 1.5 }, trees = { rounds: 25, learningRate: 0.15, leaves: 4, minRows: 20 };
const later = testWorld(10_000, 999, HEAVY), truth = sum(later.expected.at(-1)!);

/** What a model whose folds go forward in time says of other customers' total, over what is to be expected of them. */
async function totalRatio(world: number): Promise<number> {
  const { rows } = testWorld(3000, world, HEAVY);
  const { model } = await fitRevenueModel(rows, {
    seed: 1,
    folds: revenueFolds(rows, { seed: 1, folds: 2, strategy: "temporal", firstShare: 0.6 }), // the first learns from a tenth
    learners: [],
    buyers: { trees },
    revenue: { trees, objective: "gamma" },
  });
  return sum(model.predict(later.rows.features).expectedRevenue.at(-1)!) / truth;
}

Deno.test(`fitRevenueModel() with folds forward in time is right in the total: ${WORLDS.length} worlds`, async () => {
  const ratios = [];
  for (const world of WORLDS) ratios.push(await totalRatio(world));
  const sd = standardDeviation(ratios), off = mean(ratios) - 1;
  // A world's own luck with its few buyers is a tenth; levels taken from the folds are a sixth too high and scatter by a quarter.
  assert.ok(Math.abs(off) < 3 * 0.1 / Math.sqrt(WORLDS.length), `off by ${off} in the mean`);
  if (SLOW) assert.ok(Math.abs(off) < 3 * sd / Math.sqrt(WORLDS.length) && sd < 0.14, `${off}, sd ${sd}`);
});
