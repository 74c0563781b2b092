import assert from "node:assert/strict";
import { almostEqual } from "../../core/almost_equal.ts";
import { expit, mean } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { rowsOf } from "./contenders.ts";
import { industry } from "./industry_fixture.ts";
import {
  drawSemiSynthetic,
  fitSemiSynthetic,
  runSemiSynthetic,
  summariseRecovery,
} from "./semi_synthetic.ts";
import { BUSINESS, OUTCOME } from "./setting.ts";
import { SLOW } from "../../../tests/slow.ts";

const truth = await fitSemiSynthetic(industry(), ["region", "region_code"]);

Deno.test("fitSemiSynthetic() finds the coefficients by which the table's customers left", () => {
  assert.deepEqual(truth.coefficients, ["intercept", "tenure", "complaints"]);
  assert.equal(truth.customers.rows, 1200);
  // 600 rows with p (1 − p) near 0.18 give a slope's standard error near 0.1; regions differ by luck.
  [-1, 0, 1].forEach((value, k) => almostEqual(truth.centre[k]!, value, 0.4, truth.coefficients[k]!));
});

Deno.test("drawSemiSynthetic() draws real customers of one real business, who leave with the known probability", () => {
  const world = drawSemiSynthetic(truth, { businesses: 6, customers: 50, seed: 1 });
  const rowText = (table: Table, row: number): string =>
    `${table.numbers("tenure")[row]} ${table.numbers("complaints")[row]}`;
  const real = truth.customers.categories(BUSINESS).levels.map((name) =>
    new Set(rowsOf(truth.customers, name).map((row) => rowText(truth.customers, row)))
  );
  world.businesses.forEach((name, j) => {
    const drawn = rowsOf(world.known, name).map((row) => rowText(world.known, row));
    assert.equal(drawn.length, 50);
    assert.ok(drawn.every((text) => real[j % 4]!.has(text)), name);
  });
  const many = drawSemiSynthetic(truth, { businesses: 60, customers: 1, seed: 2 });
  const off = many.heldOut.numbers(OUTCOME).map((y, i) => y - many.probability[i]!);
  const variance = mean(many.probability.map((p) => p * (1 - p)));
  almostEqual(mean(off), 0, 4 * Math.sqrt(variance / off.length), "outcomes less probabilities");
  const [row] = rowsOf(many.heldOut, "business 3"), own = many.coefficients[2]!;
  const at = (name: string): number => many.heldOut.numbers(name)[row!]!;
  almostEqual(
    many.probability[row!]!,
    expit(own[0]! + own[1]! * at("tenure") + own[2]! * at("complaints")),
    1e-12,
    "by hand",
  );
});

Deno.test("drawSemiSynthetic() draws the same business whether it is one of few or of many, of few customers or many", () => {
  const few = drawSemiSynthetic(truth, { businesses: 2, customers: 10, seed: 3 });
  const many = drawSemiSynthetic(truth, { businesses: 5, customers: 40, seed: 3 });
  assert.deepEqual(many.coefficients.slice(0, 2), few.coefficients);
  const ofSecond = (world: typeof few): number[] =>
    rowsOf(world.heldOut, "business 2").map((row) => world.probability[row]!);
  assert.deepEqual(ofSecond(many), ofSecond(few));
  assert.throws(
    () => drawSemiSynthetic(truth, { businesses: 0, customers: 10, seed: 3 }),
    /businesses must be a positive integer, current value is 0/,
  );
});

Deno.test("runSemiSynthetic() finds coefficients again, and the oracle is not beaten but by luck", async () => {
  const worlds = SLOW ? 60 : 8, runs = [];
  for (let seed = 1; seed <= worlds; seed++) {
    runs.push(await runSemiSynthetic(truth, { businesses: 5, customers: 40, seed }));
  }
  const [, , own] = summariseRecovery(runs);
  assert.equal(own!.count, worlds * 5 * 3);
  // Coefficients of a world lean on the same means: only worlds times coefficients count as independent.
  const error = Math.sqrt(0.09 / (worlds * 3));
  almostEqual(own!.coverage, 0.9, 4 * error, "90 % intervals of the businesses' coefficients");
  const shifted = runs.map((run) => ({
    ...run,
    recovered: run.recovered.map((of) => ({ ...of, truth: of.truth + 1 })),
  }));
  assert.ok(summariseRecovery(shifted)[2]!.coverage < 0.9 - 4 * error, "a wrong truth is seen");
  assert.ok(mean(runs.map(({ auc, oracle }) => auc - oracle)) < 0);
  assert.ok(mean(runs.map(({ error, constant }) => error / constant)) < 0.7);
});
