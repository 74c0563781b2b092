import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, expit } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { fitHierarchical, type HierarchicalFit } from "./mod.ts";

const ROWS = 400;

/** Shops whose customers stay with tenure and leave with a basic plan; noise does nothing. */
function shops(): Table {
  const rng = createRng(9, "explain"), tenure = rng.normals(ROWS).map((z) => 24 + 8 * z);
  const plan = Array.from({ length: ROWS }, (_, i) => i % 3 === 0 ? "<basic>" : "pro");
  const odds = tenure.map((months, i) => -1 - (months - 24) / 6 + (plan[i] === "pro" ? 0 : 1.5));
  return new Table("shops", [
    categoryColumn("shop", Array.from({ length: ROWS }, (_, i) => `s${i % 4}`)),
    { kind: "number", name: "tenure", values: tenure.map((v, i) => i % 50 === 7 ? NaN : v) },
    categoryColumn("plan", plan),
    { kind: "number", name: "noise", values: rng.normals(ROWS) },
    categoryColumn("left", Array.from(odds, (o) => rng.uniform() < expit(o) ? "yes" : "no")),
    { kind: "number", name: "spend", values: odds.map((o) => 100 - 10 * o + 5 * rng.normal()) },
  ]);
}

const OPTIONS = {
  group: "shop",
  features: ["tenure", "plan", "noise"],
  seed: 3,
  warmup: 300,
  draws: 300,
  workers: 0,
} as const;

/** One fit for all tests of who leaves. */
let leaving: Promise<HierarchicalFit> | undefined;

Deno.test("explain() adds up from the average customer to the prediction, with the strongest reason first", async () => {
  const table = shops(), fit = await (leaving ??= fitHierarchical(table, { ...OPTIONS, target: "left" }));
  const few = table.take([0, 1, 7]), explained = fit.explain(few), linear = fit.predictLinear(few);
  const { probability } = fit.predictProba(few), { values } = fit.contributions(few);
  explained.forEach(({ average, reasons, prediction, seen }, i) => {
    const eta = linear[i]!.reduce((a, b) => a + b, 0) / linear[i]!.length;
    almostEqual(average.mean + reasons.reduce((sum, r) => sum + r.mean, 0), eta, 1e-9, "parts of a sum");
    almostEqual(average.mean, values[i]![0]!, 1e-9, "the intercept's part");
    almostEqual(prediction.mean, probability[i]!, 1e-9, "the same mean");
    assert.ok(seen && reasons.every((r) => r.lower <= r.mean && r.mean <= r.upper));
    assert.deepEqual(reasons.map((r) => r.feature).toSorted(), ["noise", "plan", "tenure"]);
    const sizes = reasons.map((r) => Math.abs(r.mean));
    assert.deepEqual(sizes, sizes.toSorted((a, b) => b - a));
  });
  assert.equal(explained[2]!.reasons.find((r) => r.feature === "tenure")!.value, "missing");
});

Deno.test("explain() says in words which way a feature speaks, and where that is not known", async () => {
  const table = shops(), fit = await (leaving ??= fitHierarchical(table, { ...OPTIONS, target: "left" }));
  const longest = table.numbers("tenure").reduce((best, v, i, all) => v > all[best]! ? i : best, 0);
  const basic = table.categories("plan").codes.findIndex((c) =>
    table.categories("plan").levels[c] === "<basic>"
  );
  const sentence = (row: number, feature: string): string =>
    fit.explain(table.take([row]))[0]!.reasons.find((r) => r.feature === feature)!.sentence;
  assert.match(
    sentence(longest, "tenure"),
    /^tenure [\d.]+, where 2\d\.?\d* is average, speaks against left = yes: odds times 0\.\d+ \(/,
  );
  assert.match(sentence(basic, "plan"), /^plan <basic> speaks for left = yes: odds times [\d.]+ \(/);
  assert.match(sentence(basic, "noise"), /may move left = yes either way: odds times/);
});

Deno.test("explain() speaks of amounts as amounts, of a business never seen as such, and shows itself", async () => {
  const table = shops(),
    fit = await fitHierarchical(table, {
      ...OPTIONS,
      target: "spend",
      family: "normal",
      targetAcceptance: 0.8, // once is enough here
    });
  const strange = table.take([0]).with(categoryColumn("shop", ["new"]));
  const [explanation] = fit.explain(strange);
  assert.equal(explanation!.seen, false);
  const bundle = await explanation![DISPLAY](), html = bundle["text/html"] as string;
  assert.match(bundle["text/plain"], /^spend at new, a business never seen: [\d.]+, 90 % interval/);
  assert.match(bundle["text/plain"], /plan <basic> lowers spend: −[\d.]+ \(−[\d.]+ to −[\d.]+\)/);
  assert.match(html, /<svg/);
  assert.ok(!html.includes("<basic>") && !html.includes("NaN"));
  assert.throws(() => fit.explain(strange, { confidence: 1 }), /confidence must be in \(0, 1\)/);
});
