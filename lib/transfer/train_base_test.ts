import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { almostEqual, expit } from "../core/mod.ts";
import { logLoss } from "../evaluate/mod.ts";
import { fitLogistic } from "../linear/mod.ts";
import { excessLoss } from "./excess_loss.ts";
import { extractPriors } from "./extract_priors.ts";
import { drawIndustry } from "./industry_rows.ts";
import { loadBase, saveBase } from "./store_base.ts";
import { simulatedIndustry } from "./industries_fixture.ts";
import { interceptFor, trainBase } from "./train_base.ts";

/** Complaints mean the same everywhere; tenure says the opposite in the odd one out; two industries are of one family. */
const world = [
  simulatedIndustry("shop", "retail", { tenure: -0.8, complaints: 0.6 }),
  simulatedIndustry("market", "retail", { tenure: -0.6, complaints: 0.7 }),
  simulatedIndustry("phone", "telecom", { tenure: -0.7, complaints: 0.5 }),
  simulatedIndustry("bank", "bank", { tenure: -0.9, complaints: 0.8 }),
  simulatedIndustry("club", "club", { tenure: 1.2, complaints: 0.6 }),
];
const base = await trainBase(world, { rows: 1200 });

Deno.test("trainBase() finds the slopes that the worlds were made with, each with an error that fits", () => {
  for (const [k, { roles }] of base.industries.entries()) {
    const truth = [[-0.8, 0.6], [-0.6, 0.7], [-0.7, 0.5], [-0.9, 0.8], [1.2, 0.6]][k]!;
    roles.forEach(({ shap, design }, j) => {
      almostEqual(design.slope, truth[j]!, 4 * design.standardError, "four standard errors");
      ok(Math.sign(shap.slope) === Math.sign(truth[j]!) && shap.r2 > 0.6, "a line, and trees find one");
      ok(shap.standardError > 0 && shap.standardError < 0.2);
    });
  }
  equal(base.rows, 5 * 1200);
  deepEqual(base.families, ["retail", "telecom", "bank", "club"]);
});

Deno.test("trainBase() judges others without the industry's family: those that are alike know much, the odd one out is misjudged", () => {
  const [shop, , phone, , club] = base.industries;
  for (const one of [shop!, phone!]) {
    ok(one.others.auc.low > 0.6, `${one.name} ${one.others.auc.estimate}`);
    ok(one.others.logLoss < one.chanceLogLoss && one.others.auc.estimate < one.own.auc.high);
  }
  ok(club!.others.auc.high < 0.5 && club!.own.auc.low > 0.7, "tenure is turned round there");
});

Deno.test("trainBase() does not let an industry's family into what others know about it", async () => {
  const upsideDown = simulatedIndustry("market", "retail", { tenure: 2, complaints: -2 });
  const changed = await trainBase(world.map((one, k) => k === 1 ? upsideDown : one), { rows: 1200 });
  deepEqual(changed.industries[0]!.others, base.industries[0]!.others);
  ok(changed.industries[2]!.others.auc.estimate !== base.industries[2]!.others.auc.estimate);
});

Deno.test("drawIndustry() fits the scale of a fold without the rows that are judged", () => {
  const options = { rows: 600, folds: 3, seed: 1 };
  const { mapping, table } = world[0]!;
  const [fold] = drawIndustry(world[0]!, options).folds;
  for (const scores of [fold!.train.x.values.filter((_, k) => k % 2 === 0)]) {
    almostEqual(
      scores.reduce((a, b) => a + b, 0),
      0,
      1e-9,
      "mid-rank scores of the training rows are centred",
    );
  }
  const held = fold!.test.x.values.filter((_, k) => k % 2 === 0).reduce((a, b) => a + b, 0);
  ok(Math.abs(held) > 1e-6, "those of other rows need not be");
  const gappy = table.with({
    kind: "number",
    name: "tenure",
    values: table.numbers("tenure").map((v, i) => i % 3 ? v : NaN),
  });
  ok(
    drawIndustry({ mapping, table: gappy }, options).folds[0]!.train.x.values.some(Number.isNaN),
    "gaps stay gaps",
  );
});

Deno.test("excessLoss() is what the log loss rises by when slopes are a little off", () => {
  const { all } = drawIndustry(world[0]!, { rows: 1200, folds: 5, seed: 7 });
  const [shop] = base.industries;
  const lossAt = (slopes: readonly number[]): number => {
    const raw = all.y.map((_, i) => slopes.reduce((eta, b, j) => eta + b * all.x.values[2 * i + j]!, 0));
    const intercept = interceptFor(raw, all.y);
    return logLoss(all.y, raw.map((eta) => expit(eta + intercept)));
  };
  const own = shop!.roles.map(({ design }) => design.slope);
  const off = [own[0]! + 0.3, own[1]! - 0.2];
  const rise = lossAt(off) - lossAt([...fitLogistic(all.x, all.y).coefficients]);
  const excess = excessLoss(shop!, (role) => off[shop!.roles.findIndex((of) => of.role === role)]!);
  almostEqual(excess / rise, 1, 0.15, "the third order is left out");
});

Deno.test("extractPriors() leans on what all families say and on nothing where one says the opposite", () => {
  const { features, state } = extractPriors(base);
  deepEqual(features["tenure"], { mean: 0, sd: 0.5 });
  equal(state.evidence.find(({ role }) => role === "tenure")!.verdict, "disagree");
  const { mean, sd, degrees, weight } = features["complaints"]!;
  almostEqual(mean, 0.64, 0.15, "the mean of four families");
  equal(degrees, 2);
  ok(sd >= 0.25 && sd < 0.5, `${sd}: four families agree, but are only four`);
  equal(weight, 0.8, "those left out lie where the others say");
});

Deno.test("extractPriors() is the same whatever those left out say", async () => {
  const opposite = simulatedIndustry("phone", "telecom", { tenure: 3, complaints: -3 });
  const changed = await trainBase(world.map((one, k) => k === 2 ? opposite : one), { rows: 1200 });
  const without = (of: typeof base) => extractPriors(of, { leaveOut: "phone" }).state;
  deepEqual(without(changed), without(base));
  ok(JSON.stringify(extractPriors(changed).state) !== JSON.stringify(extractPriors(base).state));
});

Deno.test("saveBase() and loadBase() give the same base back, and refuse one that was edited", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await saveBase(base, folder);
    const again = await loadBase(folder);
    deepEqual(extractPriors(again).state, extractPriors(base).state);
    deepEqual(
      again.industries.map(({ forest: _, ...rest }) => rest),
      base.industries.map(({ forest: _, ...rest }) => rest),
    );
    await Deno.writeTextFile(`${folder}/shop.txt`, " ", { append: true });
    await rejects(loadBase(folder), /Cannot load the base of .*: shop\.txt must be as it was saved/);
    const json = await Deno.readTextFile(`${folder}/base.json`);
    await Deno.writeTextFile(`${folder}/base.json`, json.slice(0, 400));
    await rejects(loadBase(folder), /Cannot read .*base\.json: .* is the file cut short/);
    await Deno.writeTextFile(`${folder}/base.json`, json.replace('"version": 1', '"version": 9'));
    await rejects(loadBase(folder), /base\.json: version/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("trainBase() refuses industries that cannot be learnt from together, and stops when asked", async () => {
  await rejects(
    trainBase(world.slice(0, 3)),
    /number of families of industries must be 3 or more, current value is 2/,
  );
  const buying = { ...world[4]!, mapping: { ...world[4]!.mapping, outcome: "purchase" } };
  await rejects(trainBase([...world.slice(0, 4), buying]), /the outcome of all industries must be the same/);
  await rejects(trainBase([...world, world[0]!]), /names of industries must be different/);
  const stop = new AbortController();
  const stopped = trainBase(world, {
    rows: 300,
    onProgress: () => stop.abort(new Error("enough")),
    signal: stop.signal,
  });
  await rejects(stopped, /enough/);
});
