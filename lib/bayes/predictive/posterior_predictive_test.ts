import assert from "node:assert/strict";
import { createRng, DISPLAY, expit } from "../../core/mod.ts";
import { categoryColumn, type NumberColumn, Table } from "../../data/mod.ts";
import { fitHierarchical, type FitHierarchicalOptions, type HierarchicalFit } from "../fit/mod.ts";
import { type PosteriorPredictive, posteriorPredictive } from "./mod.ts";

const ROWS = 320;

/** Eight shops; counts that are Poisson, and counts that vary more than that; amounts; leavers, and of two shops all. */
function shops(): Table {
  const rng = createRng(9, "predictive"), x = rng.normals(ROWS);
  const eta = x.map((v) => 0.6 + 0.4 * v);
  const number = (name: string, values: Float64Array): NumberColumn => ({ kind: "number", name, values });
  return new Table("shops", [
    categoryColumn("shop", Array.from({ length: ROWS }, (_, i) => `<s${i % 8}>`)),
    number("x", x),
    number("plain", eta.map((e) => rng.poisson(Math.exp(e)))),
    number("clumped", eta.map((e) => rng.poisson(Math.exp(e) * rng.gamma(0.7, 0.7)))),
    number("spend", eta.map((e) => Math.exp(e + 0.5 * rng.normal()))),
    number("left", eta.map((e, i) => i % 8 < 2 ? 1 : Number(rng.uniform() < expit(e - 1.5)))),
  ]);
}

const table = shops();

function fitted(
  target: string,
  family: FitHierarchicalOptions["family"],
  more = {},
): Promise<HierarchicalFit> {
  return fitHierarchical(table, {
    target,
    group: "shop",
    features: ["x"],
    seed: 3,
    warmup: 250,
    draws: 250,
    workers: 0,
    ...(family ? { family } : {}),
    ...more,
  });
}

const statusOf = ({ checks, statistics }: PosteriorPredictive, name: string): string =>
  checks[1 + statistics.findIndex((s) => s.name === name)]!.status;

Deno.test("posteriorPredictive() passes a model that made the data, of every kind", async () => {
  for (
    const [target, family] of [["plain", "poisson"], ["clumped", "negativeBinomial"], [
      "spend",
      "logNormal",
    ]] as const
  ) {
    const result = posteriorPredictive(await fitted(target, family), table);
    assert.ok(result.checks.every((c) => c.status !== "fail"), `${family}: ${JSON.stringify(result.checks)}`);
    const inside = result.groups.filter((g) => g.observed >= g.low && g.observed <= g.high).length;
    assert.ok(inside >= 6, `${family}: ${inside} of 8 groups`);
  }
});

Deno.test("posteriorPredictive() sees that counts vary more than a Poisson allows, and says what to use", async () => {
  const result = posteriorPredictive(await fitted("clumped", "poisson"), table);
  for (const name of ["standard deviation", "share of zeros", "largest"]) {
    assert.equal(statusOf(result, name), "fail", name);
  }
  const zeros = result.statistics.find((s) => s.name === "share of zeros")!;
  assert.ok(zeros.observed > zeros.high && zeros.pValue === 0);
  assert.match(result.checks.map((c) => c.advice).join(" "), /use negativeBinomial/);
});

Deno.test("posteriorPredictive() sees groups whose level the model does not know", async () => {
  const pooled = posteriorPredictive(await fitted("left", "bernoulli", { effect: "pooled" }), table);
  assert.equal(pooled.checks[0]!.status, "fail");
  assert.match(pooled.checks[0]!.advice, /<s0>, <s1>/);
  assert.equal(statusOf(pooled, "spread of the groups"), "fail");
  const own = posteriorPredictive(await fitted("left", "bernoulli"), table);
  assert.notEqual(own.checks[0]!.status, "fail");
});

Deno.test("posteriorPredictive() takes statistics of one's own, shows itself, and gives the same bits again", async () => {
  const fit = await fitted("plain", "poisson");
  const twos = { of: (y: Float64Array): number => y.filter((v) => v === 2).length };
  const result = posteriorPredictive(fit, table, { statistics: { twos } });
  assert.equal(result.statistics.at(-1)!.observed, twos.of(table.numbers("plain")));
  assert.deepEqual(posteriorPredictive(fit, table, { statistics: { twos } }).statistics, result.statistics);
  const bundle = await result[DISPLAY]();
  assert.match(bundle["text/plain"], /The model could have made these data|odd for this model/);
  const html = bundle["text/html"] as string;
  assert.match(html, /<svg/);
  assert.ok(!html.includes("<s0>") && !html.includes("NaN"));
});
