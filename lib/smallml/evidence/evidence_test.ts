import assert from "node:assert/strict";
import { join } from "node:path";
import { createRng } from "../../core/mod.ts";
import { loadBase } from "../../transfer/mod.ts";
import { compareContenders, type Judged } from "./compare.ts";
import { CONTENDERS, rowsOf } from "./contenders.ts";
import { readCutRows, readCuts, writeCuts } from "./cuts.ts";
import { industry } from "./industry_fixture.ts";
import { knowledgeFor } from "./knowledge.ts";
import { LATER_CONTENDERS } from "./later_contenders.ts";
import { parseProtocol } from "./protocol.ts";
import { cutSetting, OUTCOME } from "./setting.ts";
import { decisions, runCell, scoresOf } from "./study.ts";

const PROTOCOLS = {
  "protocol.yaml": Object.keys(CONTENDERS),
  "protocol_2.yaml": Object.keys(LATER_CONTENDERS),
};

/** Scores of two contenders whose areas differ by `gain` on average, in ten businesses and five seeds. */
function scores(gain: number, noise: number): Judged[] {
  const rng = createRng(3, "scores");
  return Array.from({ length: 50 }, (_, i) => ({ business: `${i % 10}`, seed: Math.floor(i / 10) })).flatMap(
    (pair) => {
      const base = 0.7 + 0.05 * rng.normal();
      const common = { table: "t", businesses: 10, customers: 50, ...pair };
      return [
        { ...common, contender: "ours", auc: base + gain + noise * rng.normal(), logLoss: 0.4 - gain },
        { ...common, contender: "other", auc: base, logLoss: 0.4 },
      ];
    },
  );
}

Deno.test("compareContenders() calls a gain superior, nothing non-inferior, a loss inferior, and noise neither", () => {
  const verdict = (gain: number, noise: number): string =>
    compareContenders(scores(gain, noise), "ours", "other", { area: -0.01, logLoss: 0.01 }).verdict;
  assert.equal(verdict(0.03, 0.01), "superior");
  assert.equal(verdict(0, 0.001), "non-inferior");
  assert.equal(verdict(-0.03, 0.01), "inferior");
  assert.equal(verdict(0, 0.2), "neither");
});

Deno.test("the protocols name every contender that there is", async () => {
  for (const [file, names] of Object.entries(PROTOCOLS)) {
    const text = await Deno.readTextFile(new URL(`../../../notebooks/smallml/${file}`, import.meta.url));
    const protocol = parseProtocol(text, file), named = Object.keys(protocol.contenders);
    assert.deepEqual(names.filter((name) => !named.includes(name)), []);
    assert.deepEqual(named.filter((name) => !(name in CONTENDERS || name in LATER_CONTENDERS)), []);
    assert.match(protocol.hash, /^[0-9a-f]{64}$/);
  }
  assert.throws(() => parseProtocol("version: 1\nwritten: today\n"), /Cannot read protocol\.yaml: question/);
});

Deno.test("cutSetting() keeps the columns cut along out of the features, and the scale off the held-out rows", () => {
  const cell = { table: "made", businesses: 3, customers: 40, seed: 1 };
  const setting = cutSetting(industry(), ["region", "region_code"], cell);
  assert.deepEqual(setting.features.names, ["tenure", "complaints"]);
  assert.equal(setting.known.rows, 120);
  assert.equal(setting.businesses.length, 3);
  const mean = setting.features.known.numbers("complaints").reduce((a, b) => a + b, 0) / 120;
  assert.ok(Math.abs(mean) < 1e-9, "centred on the known rows");
});

Deno.test("runCell() gives every contender a score for each business, better than chance, and the same bits again", async () => {
  const cell = { table: "made", businesses: 1, customers: 60, seed: 2 };
  const knowledge = knowledgeFor(await loadBase(), "retail");
  const names = [
    "ridge alone",
    "transfer alone",
    "boosting alone",
    "forest alone",
    "Firth alone",
    "others recalibrated",
    "tuned boosting alone",
    "hierarchical narrow",
    "hierarchical wrong",
    "hierarchical score",
  ];
  const first = await runCell(industry(), ["region"], cell, knowledge, names);
  assert.deepEqual(first.map((s) => s.contender), names);
  for (const score of first) assert.ok(score.auc! > 0.55, `${score.contender}: ${score.auc}`);
  assert.deepEqual(await runCell(industry(), ["region"], cell, knowledge, names), first);
  await assert.rejects(runCell(industry(), ["region"], cell, knowledge, ["guessing"]), /guessing is none of/);
});

Deno.test("readCutRows() gives the features of the setting that was written, and refuses a folder that is none or was edited", async () => {
  const setting = cutSetting(industry(), ["region"], {
    table: "made",
    businesses: 3,
    customers: 40,
    seed: 1,
  });
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      readCuts(folder),
      /cuts\.json is not there; write them by deno task evidence --cuts/,
    );
    const written = await writeCuts(folder, [setting], { protocol: "a hash", refused: ["too small"] });
    assert.deepEqual(await readCuts(folder), written);
    const [cut] = written.cuts;
    assert.deepEqual(cut!.names, setting.businesses);
    for (const side of ["known", "heldOut"] as const) {
      const back = await readCutRows(folder, cut!, side), own = setting.features[side];
      for (const name of [...setting.features.names, OUTCOME]) {
        assert.deepEqual(back.numbers(name), own.numbers(name), name);
      }
      for (const business of setting.businesses) {
        assert.deepEqual(rowsOf(back, business), rowsOf(own, business));
      }
    }
    const file = join(folder, cut!.known.file);
    await Deno.writeTextFile(file, `${await Deno.readTextFile(file)}\n`);
    await assert.rejects(
      readCutRows(folder, cut!, "known"),
      /made_3x40_1_known\.csv is not the file that was written/,
    );
    const manifest = join(folder, "cuts.json"), text = await Deno.readTextFile(manifest);
    await Deno.writeTextFile(manifest, text.replace("evidence cuts", "other cuts"));
    await assert.rejects(readCuts(folder), /cuts\.json: format: /);
    await Deno.writeTextFile(manifest, text.slice(0, 100));
    await assert.rejects(readCuts(folder), /cuts\.json/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("scoresOf() gives rows read from files the scores of the setting itself", async () => {
  const setting = cutSetting(industry(), ["region"], {
    table: "made",
    businesses: 3,
    customers: 40,
    seed: 1,
  });
  const { cell, businesses, features: { heldOut } } = setting;
  const said = { probability: heldOut.numbers("complaints").map((v) => 1 / (1 + Math.exp(1 - v))) };
  const folder = await Deno.makeTempDir();
  try {
    const { cuts: [cut] } = await writeCuts(folder, [setting], { protocol: "a hash", refused: [] });
    const back = await readCutRows(folder, cut!, "heldOut");
    const scores = scoresOf(cell, "oracle", businesses, heldOut, said);
    assert.deepEqual(scoresOf(cell, "oracle", cut!.names, back, said), scores);
    assert.ok(scores.every((s) => s.auc! > 0.6), "the truth orders them");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("decisions() are worth what hand and definition say", () => {
  // Ten customers, three of whom leave; from 0.2 on four are called, two of them rightly.
  const labels = [1, 0, 1, 0, 0, 0, 0, 0, 1, 0];
  const said = [0.9, 0.6, 0.5, 0.3, 0.15, 0.12, 0.11, 0.1, 0.08, 0.05];
  const { lift10, lift20, netBenefit, slope } = decisions(labels, said);
  assert.equal(lift10, Number((1 / 0.3).toFixed(6)), "the first leaves");
  assert.equal(lift20, Number((0.5 / 0.3).toFixed(6)), "one of the first two leaves");
  assert.equal(netBenefit, (2 - 2 / 4) / 10);
  assert.ok(slope! > 0.3 && slope! < 1, `too sure, in the right order: ${slope}`);
  const nobody = decisions(labels.map(() => 0), said);
  assert.deepEqual([nobody.lift10, nobody.lift20, nobody.slope], [null, null, null]);
});
