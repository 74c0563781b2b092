import assert from "node:assert/strict";
import { createRng, DISPLAY } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { fitHierarchical, loadHierarchical } from "./mod.ts";

/** Five shops with ten customers each: too few for the centred form, whose walks get lost where tau is small. */
function tinyShops(): Table {
  const rng = createRng(4, "tiny shops"), n = 50;
  return new Table("tiny", [
    categoryColumn("shop", Array.from({ length: n }, (_, i) => `s${i % 5}`)),
    { kind: "number", name: "x", values: rng.normals(n) },
    {
      kind: "number",
      name: "left",
      values: Float64Array.from({ length: n }, () => Number(rng.bernoulli(0.3))),
    },
  ]);
}

const CENTRED = {
  target: "left",
  group: "shop",
  effect: "centred",
  seed: 2,
  warmup: 300,
  draws: 300,
} as const;

Deno.test("fitHierarchical() samples again with smaller steps where transitions diverge, and says so", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const fit = await fitHierarchical(tinyShops(), { ...CENTRED, checkpoint: `${folder}/checkpoint` });
    const { failedTries, posterior, verdict } = fit;
    assert.deepEqual(failedTries.map((t) => t.targetAcceptance), [0.8, 0.9]);
    assert.ok(failedTries.every((t) => t.divergences > 0));
    assert.equal(posterior.options.targetAcceptance, 0.95);
    assert.ok(posterior.divergences < failedTries[0]!.divergences);
    // What is left is told as it is.
    assert.equal(verdict.divergences.status === "pass", posterior.divergences === 0);
    const text = (await fit[DISPLAY]())["text/plain"];
    assert.match(
      text,
      new RegExp(`${failedTries[0]!.divergences} transitions diverged at a target acceptance of 0.8`),
    );
    await fit.save(`${folder}/model`);
    assert.deepEqual((await loadHierarchical(`${folder}/model`)).failedTries, failedTries);
    const resumed = await fitHierarchical(tinyShops(), { ...CENTRED, checkpoint: `${folder}/checkpoint` });
    assert.deepEqual(resumed.posterior.values, posterior.values);
    assert.deepEqual(resumed.failedTries, failedTries);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("fitHierarchical() samples once where the caller says how small steps should be", async () => {
  const fit = await fitHierarchical(tinyShops(), { ...CENTRED, targetAcceptance: 0.8 });
  assert.deepEqual(fit.failedTries, []);
  assert.ok(fit.posterior.divergences > 0);
  assert.notEqual(fit.verdict.status, "pass");
});
