import assert from "node:assert/strict";
import { createRng } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { fitHierarchical } from "../fit/mod.ts";
import {
  curvePlot,
  energyPlot,
  pairPlot,
  priorPosteriorPlot,
  rankPlot,
  shrinkagePlot,
  tracePlot,
} from "./mod.ts";

Deno.test("plots of a fit draw, say what they show, and stay small", async () => {
  const rng = createRng(1, "plots"), n = 90;
  const table = new Table("shops", [
    categoryColumn("shop", Array.from({ length: n }, (_, i) => ["a & b", "<c>", "d"][i % 3]!)),
    { kind: "number", name: "visits", values: rng.normals(n) },
    { kind: "number", name: "left", values: rng.normals(n).map((z) => Number(z > 0)) },
  ]);
  const fit = await fitHierarchical(table, {
    target: "left",
    group: "shop",
    warmup: 200,
    draws: 300,
    seed: 2,
    splines: ["visits"],
  });
  const figures = {
    curve: curvePlot(fit, "visits"),
    trace: tracePlot(fit.posterior, "mu[visits]"),
    rank: rankPlot(fit.posterior, "tau[visits]"),
    energy: energyPlot(fit.posterior),
    pair: pairPlot(fit.posterior, "mu[visits]", "tau[visits]"),
    shrinkage: shrinkagePlot(fit, "visits", [{ group: "d", estimate: 0.3 }]),
    prior: priorPosteriorPlot(fit, "visits"),
  };
  for (const [name, { html, alt }] of Object.entries(figures)) {
    assert.match(html, /<svg/, name);
    assert.ok(!html.includes("NaN"), `${name} has a NaN`);
    assert.ok(!html.includes("<c>"), `${name} must escape names`);
    assert.ok(alt.length > 10, name);
    assert.ok(html.length < 200_000, `${name}: ${html.length} bytes`);
  }
  // One bar per chain and bin, one row per shop.
  assert.equal(figures.rank.html.match(/<rect/g)?.length, 4 * 20);
  assert.ok(figures.shrinkage.html.includes("a &amp; b (30)"));
  assert.throws(() => tracePlot(fit.posterior, "mu[visit]"), /did you mean "mu\[visits\]"/);
  assert.throws(() => curvePlot(fit, "visit"), /feature must be one of visits, current value is "visit"/);
  assert.throws(() => shrinkagePlot(fit, "visit"), /did you mean "visits"/);
});
