import assert from "node:assert/strict";
import { almostEqual, mean } from "../../core/mod.ts";
import { totalBias } from "../metrics/mod.ts";
import { loadBuyers } from "./buyer_stage.ts";
import { fitBuyers } from "./fit_buyers.ts";
import { revenueFolds } from "./folds.ts";
import { takeRevenueRows } from "../select.ts";
import { testWorld } from "./test_world.ts";

const trees = { columnFraction: 1, rounds: 25, learningRate: 0.2, leaves: 4, minRows: 40 };
const world = testWorld(4000, 1), fresh = testWorld(20_000, 2);

Deno.test("fitBuyers() has probabilities that never fall with the horizon and order customers as the truth does", async () => {
  const { model, outOfFold, auc } = await fitBuyers(world.rows, { seed: 1, trees });
  assert.deepEqual(model.horizons, [1, 7, 14]);
  for (const byHorizon of [outOfFold, model.predict(fresh.rows.features)]) {
    byHorizon[0]!.forEach((p, i) =>
      assert.ok(p >= 0 && p <= byHorizon[1]![i]! && byHorizon[1]![i]! <= byHorizon[2]![i]!)
    );
    assert.ok(byHorizon[2]!.every((p) => p <= 1));
  }
  assert.ok(auc.every((area) => area.low > 0.6));
});

// Three times as many buyers, and no calibrator that could repair it: only the correction of prior odds does. Without `shift` in
// fitHazard() the mean is 20 standard errors off.
Deno.test("fitBuyers() has a mean probability that is the buyer rate within two Monte Carlo errors by prior odds alone", async () => {
  const tripled = { method: "histOS", bins: 1, targetPercentile: 100, mostFactor: 3 } as const;
  const { checks } = await fitBuyers(world.rows, {
    seed: 1,
    trees: { ...trees, rounds: 60, learningRate: 0.1 },
    calibrator: "none",
    resample: tripled,
  });
  const means = checks.filter(({ code }) => code === "meanProbability");
  assert.equal(means.length, 3);
  for (const { status, value } of means) assert.equal(status, "pass", `${value} standard errors`);
});

Deno.test("fitBuyers() calibrates what prior odds leave of balanced classes, and keeps the rate of customers never seen", async () => {
  const balanced = { method: "histOS", bins: 1, targetPercentile: 100, mostFactor: 100 } as const;
  const { model, checks } = await fitBuyers(world.rows, { seed: 1, trees, resample: balanced });
  const means = checks.filter(({ code }) => code === "meanProbability");
  for (const { status, value } of means) assert.equal(status, "pass", `${value} standard errors`);
  const bought = world.rows.revenue[2]!.filter((amount) => amount > 0).length,
    truth = mean(fresh.probability[2]!);
  const error = truth / Math.sqrt(bought); // of the rate that it learnt, which is a count
  almostEqual(mean(model.predict(fresh.rows.features)[2]!), truth, 2 * error, "two Monte Carlo errors");
});

Deno.test("fitBuyers() with HistUS has weights that keep the rate", async () => {
  const { outOfFold } = await fitBuyers(world.rows, { seed: 1, trees, resample: { method: "histUS" } });
  const bought = world.rows.revenue[2]!.map((amount) => Number(amount > 0));
  assert.ok(Math.abs(totalBias(bought, outOfFold[2]!, world.rows.users).z) < 2);
});

Deno.test("fitBuyers() judges every user by a fold that did not see them", () => {
  for (const strategy of ["stratifiedRandom", "temporal"] as const) {
    const folds = revenueFolds(world.rows, { seed: 3, folds: 3, strategy, firstShare: 0.6 });
    for (const { train, test } of folds) {
      const users = new Set(test.map((row) => world.rows.users[row]!));
      assert.ok(train.every((row) => !users.has(world.rows.users[row]!)));
      if (strategy === "stratifiedRandom") continue;
      const first = test.reduce((least, row) => Math.min(least, world.rows.times[row]!), Infinity);
      assert.ok(train.every((row) => world.rows.times[row]! <= first - 14 * 86_400_000));
    }
  }
  const judged = revenueFolds(world.rows, { seed: 3 }).flatMap(({ test }) => [...test]).sort((a, b) => a - b);
  assert.deepEqual(judged, [...world.rows.ids.keys()]);
});

Deno.test("fitBuyers() leaves a horizon without labels out with a check, and learns from rows that are not mature", async () => {
  const [one, seven] = world.rows.revenue, none = one!.map(() => NaN);
  const young = seven!.map((amount, i) => i < 3000 ? amount : NaN);
  const rows = takeRevenueRows({ ...world.rows, revenue: [one!, young, none] }, [...one!.keys()].slice(1000));
  const { model, checks } = await fitBuyers(rows, {
    seed: 1,
    trees,
    folds: revenueFolds(rows, { seed: 1, folds: 2 }),
  });
  assert.deepEqual(model.horizons, [1, 7]);
  const left = checks.find((check) => check.code === "horizonLeftOut")!;
  assert.equal(left.status, "notApplicable");
  assert.match(String(left.value), /no row knows its revenue of 14 days/);
});

Deno.test("fitBuyers() refuses rows without buyers, ids twice and negative revenue, each in words", async () => {
  const { rows } = world, zeros = rows.revenue.map((amounts) => amounts.map(() => 0));
  await assert.rejects(
    fitBuyers({ ...rows, revenue: zeros }, { seed: 1 }),
    /Cannot fit buyers: buyers must be 10 or more by some horizon, current value is 0/,
  );
  await assert.rejects(
    fitBuyers({ ...rows, ids: rows.ids.map((id) => Math.max(id, 10_001)) }, { seed: 1 }),
    /a row id must be unique, current value is 10001/,
  );
  const negative = rows.revenue.map((amounts) => amounts.with(3, -1));
  await assert.rejects(
    fitBuyers({ ...rows, revenue: negative }, { seed: 1 }),
    /revenue\[3\] of day 1 must be 0 or more/,
  );
  const leaky = [{ train: Uint32Array.of(0, 1, 2), test: Uint32Array.of(2, 3) }];
  await assert.rejects(fitBuyers(rows, { seed: 1, folds: leaky }), /a user of a fold must be on one side/);
});

Deno.test("BuyerStage.save() and loadBuyers() give the same probabilities, bit for bit, and refuse an edited file", async () => {
  const { model } = await fitBuyers(world.rows, {
    seed: 1,
    trees,
    folds: revenueFolds(world.rows, { seed: 1, folds: 2 }),
  });
  const folder = await Deno.makeTempDir(), path = `${folder}/buyers.json`;
  try {
    await model.save(path);
    const again = await loadBuyers(path);
    assert.deepEqual(again.predict(fresh.rows.features), model.predict(fresh.rows.features));
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"days":7', '"days":8'));
    await assert.rejects(loadBuyers(path), /SyntaxError: Cannot load .*its content is not what was saved/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
