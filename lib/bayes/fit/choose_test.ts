import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, expit } from "../../core/mod.ts";
import { categoryColumn, type NumberColumn, Table } from "../../data/mod.ts";
import { logLoss, stratifiedFolds } from "../../evaluate/mod.ts";
import { choosePredictor, fitHierarchical } from "./mod.ts";

const number = (name: string, values: Float64Array): NumberColumn => ({ kind: "number", name, values });
const QUICK = { target: "left", group: "shop", seed: 3, folds: 2, chains: 1, warmup: 150, draws: 150 };

/** Customers who leave where `a` is far from 0, with a score that knows it up to noise and one that knows nothing. */
function valley(rows: number): Table {
  const rng = createRng(4, "choose"), a = rng.normals(rows);
  const eta = a.map((v, i) => -1 + 1.5 * (v * v - 1) + 0.3 * (i % 3));
  return new Table("valley", [
    categoryColumn("shop", Array.from(a, (_, i) => `s${i % 3}`)),
    number("a", a),
    number("knows", eta.map((v) => v + 0.1 * rng.normal())),
    number("guesses", rng.normals(rows)),
    number("left", eta.map((v) => Number(rng.uniform() < expit(v)))),
  ]);
}

Deno.test("choosePredictor() takes the curve where effects bend, the score that knows, and leaves the one that guesses", async () => {
  const table = valley(300),
    candidates = {
      guess: { score: "guesses" },
      line: {},
      curve: { splines: ["a"] },
      known: { score: "knows", features: [] },
    };
  const { chosen, scores, options } = await choosePredictor(table, { ...QUICK, candidates });
  assert.equal(chosen, "known");
  assert.deepEqual(scores.slice(0, 2).map((s) => s.name), ["known", "curve"]);
  const [best, curve, ...straight] = scores;
  assert.equal(best!.behind, undefined);
  almostEqual(
    curve!.behind!.estimate,
    curve!.logLoss.estimate - best!.logLoss.estimate,
    1e-12,
    "paired by fold",
  );
  for (const { behind, logLoss } of straight) assert.ok(behind!.estimate > 0.1, `${logLoss.estimate}`);
  const fit = await fitHierarchical(table, { ...options, draws: 50, warmup: 50 });
  assert.deepEqual(fit.coefficients.map((c) => c.name), ["intercept", "knows"]);
});

Deno.test("choosePredictor() scores rows by fits that have not seen them, in folds that share every business and outcome", async () => {
  const table = valley(120), candidates = { line: { splines: [] }, curve: { splines: ["a"] } };
  const choice = await choosePredictor(table, { ...QUICK, features: ["a"], candidates });
  const left = table.numbers("left"), shop = table.categories("shop").codes;
  const splits = stratifiedFolds(Array.from(left, (y, i) => `${shop[i]} ${y}`), { folds: 2, seed: 3 });
  const losses = await Promise.all(splits.map(async ({ train, test }) => {
    const sampling = {
      target: "left",
      group: "shop",
      seed: 3,
      chains: 1,
      warmup: 150,
      draws: 150,
      targetAcceptance: 0.9,
    };
    const fit = await fitHierarchical(table.take(train), { ...sampling, features: ["a"], splines: ["a"] });
    return logLoss(table.take(test).numbers("left"), fit.predictProba(table.take(test)).probability);
  }));
  const { logLoss: found } = choice.scores.find((s) => s.name === "curve")!;
  almostEqual(found.estimate, (losses[0]! + losses[1]!) / 2, 1e-9, "rounding");
  const text = (await choice[DISPLAY]())["text/plain"];
  assert.match(text, /Out-of-fold log loss on 120 rows of valley, 2 folds/);
  assert.match(text, /curve .*chosen/);
});

Deno.test("choosePredictor() judges amounts by their density, and refuses a choice of one", async () => {
  const table = valley(150), rng = createRng(5, "amounts"), a = table.numbers("a");
  const spend = table.without(["knows", "guesses"]).with(
    number("left", a.map((v) => Math.exp(1 + v + 0.3 * rng.normal()))),
  );
  const { chosen } = await choosePredictor(spend, {
    ...QUICK,
    candidates: { bell: { family: "normal" }, skewed: { family: "logNormal" } },
  });
  assert.equal(chosen, "skewed");
  await assert.rejects(
    () => choosePredictor(table, { ...QUICK, candidates: { line: {} } }),
    /candidates must be two or more/,
  );
});
