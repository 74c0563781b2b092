import assert from "node:assert/strict";
import { createRng, DISPLAY, expit, mean } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { compareWithNuts } from "../variational/mod.ts";
import { fitHierarchical, loadHierarchical } from "./mod.ts";

/** Customers of six shops whose levels and slopes differ. */
function shops(): Table {
  const rng = createRng(1, "shops"), groups = 6, n = 600;
  const coefficients = Array.from(
    { length: groups },
    () => [-0.5 + 0.5 * rng.normal(), 1 + 0.4 * rng.normal()],
  );
  const visits = rng.normals(n);
  return new Table("shops", [
    categoryColumn("shop", Array.from({ length: n }, (_, i) => `s${i % groups}`)),
    { kind: "number", name: "visits", values: visits },
    {
      kind: "number",
      name: "left",
      values: visits.map((v, i) => {
        const [level, slope] = coefficients[i % groups]!;
        return Number(rng.uniform() < expit(level! + slope! * v));
      }),
    },
  ]);
}

const OPTIONS = { target: "left", group: "shop", seed: 3 };

Deno.test("fitHierarchical() by approximation predicts as NUTS does, and its verdict is about k̂", async () => {
  const table = shops(), nuts = await fitHierarchical(table, { ...OPTIONS, warmup: 300, draws: 300 });
  const sampled = nuts.predictProba(table).probability;
  for (const method of ["meanField", "fullRank"] as const) {
    const fit = await fitHierarchical(table, { ...OPTIONS, method });
    const { probability } = fit.predictProba(table);
    const apart = Math.sqrt(mean(probability.map((p, i) => (p - sampled[i]!) ** 2)));
    assert.ok(apart < 0.02, `${method}: probabilities are ${apart} apart, root mean square`);
    assert.equal(fit.approximation?.method, method);
    assert.deepEqual(fit.verdict.checks.map((c) => c.code), ["paretoK", "settled"]);
    assert.equal(fit.verdict.rHat.status, "notApplicable");
    const { score } = compareWithNuts(fit.posterior, nuts.posterior, {
      heldOut: { approximation: fit.logLikelihood(table), nuts: nuts.logLikelihood(table) },
    });
    assert.ok(Math.abs(score!.difference) < 0.005, `${method}: ${score!.difference} nats per row`);
    assert.match(String((await fit[DISPLAY]())["text/plain"]), /k̂ = \d/);
  }
});

Deno.test("a fit by Pathfinder keeps its verdict when it is saved and loaded", async () => {
  const fit = await fitHierarchical(shops(), { ...OPTIONS, method: "pathfinder" });
  const folder = await Deno.makeTempDir();
  try {
    await fit.save(`${folder}/model`);
    const loaded = await loadHierarchical(`${folder}/model`);
    assert.equal(loaded.verdict.sentence, fit.verdict.sentence);
    assert.deepEqual(loaded.approximation, fit.approximation);
    assert.deepEqual(loaded.posterior.values, fit.posterior.values);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
