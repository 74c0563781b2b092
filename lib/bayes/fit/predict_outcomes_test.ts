import assert from "node:assert/strict";
import { almostEqual, createRng, expit } from "../../core/mod.ts";
import { categoryColumn, type NumberColumn, Table } from "../../data/mod.ts";
import { fitHierarchical, type FitHierarchicalOptions } from "./mod.ts";

const ROWS = 240;
const QUICK: Omit<FitHierarchicalOptions, "target"> = {
  group: "shop",
  features: ["x"],
  seed: 6,
  warmup: 250,
  draws: 250,
  workers: 0,
};

/** Shops with one feature, and outcomes of all kinds that follow it with a slope of 0.5. */
function shops(): Table {
  const rng = createRng(2, "outcomes"), x = rng.normals(ROWS), eta = x.map((v) => 0.5 + 0.5 * v);
  const days = Float64Array.from({ length: ROWS }, () => 1 + rng.integer(30));
  const number = (name: string, values: Float64Array): NumberColumn => ({ kind: "number", name, values });
  return new Table("shops", [
    categoryColumn("shop", Array.from({ length: ROWS }, (_, i) => `s${i % 4}`)),
    number("x", x),
    number("logDays", days.map(Math.log)),
    number("visits", eta.map((e, i) => rng.poisson(days[i]! * Math.exp(e)))),
    number("offers", days),
    number("taken", eta.map((e, i) => rng.binomial(days[i]!, expit(e)))),
    number("spend", eta.map((e) => Math.exp(e + 0.4 * rng.normal()))),
    number("weight", Float64Array.from({ length: ROWS }, (_, i) => i < ROWS / 2 ? 1 : 0)),
  ]);
}

Deno.test("predict() scales counts by their offset, and splits their variance into luck and not knowing", async () => {
  const table = shops();
  const fit = await fitHierarchical(table, {
    ...QUICK,
    target: "visits",
    family: "poisson",
    offset: "logDays",
  });
  const slope = fit.posterior.summary("mu[x]"), sd = fit.design.columns[0]!.scale;
  almostEqual(slope.mean, 0.5 * sd, 4 * slope.sd, "the slope behind the counts");
  const { mean, noise, notKnowing } = fit.predict(table), draws = fit.predictDraws(table);
  const { lower, upper } = fit.predictIntervals(table);
  const y = table.numbers("visits");
  let inside = 0, off = 0;
  for (let i = 0; i < ROWS; i++) {
    almostEqual(noise[i]!, mean[i]!, 1e-9, "a Poisson's variance is its mean");
    const all = draws[i]!, total = noise[i]! + notKnowing[i]!;
    off += (all.reduce((sum, d) => sum + d, 0) / all.length - mean[i]!) / Math.sqrt(total / all.length);
    inside += Number(y[i]! >= lower[i]! && y[i]! <= upper[i]!);
  }
  almostEqual(off / Math.sqrt(ROWS), 0, 5, "five standard errors, as if rows were drawn apart");
  assert.ok(inside / ROWS > 0.85 && inside / ROWS < 0.98, `${inside} of ${ROWS} are in their 90 % interval`);
  const longer = table.with({
    kind: "number",
    name: "logDays",
    values: table.numbers("logDays").map((v) => v + Math.LN2),
  });
  almostEqual(
    fit.predict(longer).mean,
    mean.map((m) => 2 * m),
    { relative: 1e-12 },
    "twice the days, twice the visits",
  );
});

Deno.test("predict() counts successes of a binomial target, predictProba() gives one trial's", async () => {
  const table = shops();
  const fit = await fitHierarchical(table, {
    ...QUICK,
    target: "taken",
    family: "binomial",
    trials: "offers",
  });
  const { mean, noise, notKnowing } = fit.predict(table);
  const without = new Table("new", table.columns.filter((c) => c.name !== "offers"));
  const { probability } = fit.predictProba(without);
  mean.forEach((m, i) =>
    almostEqual(m, table.numbers("offers")[i]! * probability[i]!, 1e-9, "trials times p")
  );
  assert.ok(noise.every((v, i) => v > notKnowing[i]!), "30 offers are mostly luck");
  assert.throws(() => fit.predict(without), /offers/);
  await assert.rejects(
    () => fitHierarchical(table, { ...QUICK, target: "taken", family: "binomial" }),
    /trials must be the column of trials, current value is undefined/,
  );
  await assert.rejects(
    () => fitHierarchical(table, { ...QUICK, target: "visits", family: "poisson", trials: "offers" }),
    /trials must be left out: poisson outcomes have none/,
  );
});

Deno.test("predict() gives a log-normal's mean, which is above its median, and predictProba() refuses an amount", async () => {
  const table = shops();
  const fit = await fitHierarchical(table, { ...QUICK, target: "spend", family: "logNormal" });
  const { mean } = fit.predict(table),
    median = fit.predictLinear(table).map((eta) => Math.exp(eta.toSorted()[200]!));
  const ratios = mean.map((m, i) => Math.log(m / median[i]!));
  almostEqual(ratios.reduce((a, b) => a + b, 0) / ROWS, 0.4 ** 2 / 2, 0.03, "half of sigma squared");
  assert.throws(
    () => fit.predictProba(table),
    /family must be bernoulli or binomial, current value is "logNormal"/,
  );
});

Deno.test("fitHierarchical() forgets rows of weight 0 and counts others as often as they say", async () => {
  const table = shops(), half = table.take(Array.from({ length: ROWS / 2 }, (_, i) => i));
  const options: FitHierarchicalOptions = { ...QUICK, target: "spend", family: "logNormal" };
  const [weighted, short] = await Promise.all([
    fitHierarchical(table, { ...options, weights: "weight" }),
    fitHierarchical(half, options),
  ]);
  // Features are centred on all rows: compare predictions, which do not depend on it but through weak priors.
  const a = weighted!.predict(half), b = short!.predict(half);
  a.mean.forEach((m, i) => almostEqual(m, b.mean[i]!, 4 * Math.sqrt(b.notKnowing[i]!), "the same rows"));
  const sigma = weighted!.posterior.summary("sigma");
  almostEqual(
    sigma.sd,
    short!.posterior.summary("sigma").sd,
    { relative: 0.25 },
    "as sure as half the rows make it",
  );
});
