import assert from "node:assert/strict";
import { almostEqual, createRng, expit } from "../../core/mod.ts";
import { normalPrior } from "../effects/location_prior.ts";
import { drawScale, logScalePrior, type ScalePrior } from "../effects/scale_prior.ts";
import type { CoefficientSpec } from "../hierarchical/spec.ts";
import { priorPredictive } from "./mod.ts";

Deno.test("priorPredictive() shows that wide priors mean near-certain customers", () => {
  const specs = (sd: number): CoefficientSpec[] =>
    Array.from({ length: 11 }, (_, k) => ({
      name: `${k}`,
      location: normalPrior(0, sd),
      effect: "pooled",
    }));
  const extreme = (p: Float64Array): number => p.filter((v) => v < 0.01 || v > 0.99).length / p.length;
  const wide = priorPredictive(specs(10), { seed: 1 }), modest = priorPredictive(specs(0.3), { seed: 1 });
  assert.ok(extreme(wide.typical) > 0.8 && extreme(modest.typical) < 0.01);
  const median = priorPredictive(specs(1), { seed: 1 }).average.sort()[1000]!;
  almostEqual(median, expit(0), 0.05, "symmetric about one half; five standard errors");
});

Deno.test("priorPredictive() draws scales from their priors: the log odds have the moments of the hierarchy", () => {
  const scale: ScalePrior = { family: "exponential", scale: 0.8 };
  const of = (name: string, more: Partial<CoefficientSpec>): CoefficientSpec => ({
    name,
    location: normalPrior(0.3, 0.5),
    scale,
    ...more,
  });
  const runs = 40_000, logOdds = (p: number): number => Math.log(p / (1 - p));
  const { average, typical } = priorPredictive([
    of("intercept", {}),
    of("pooled", { effect: "pooled" }),
    of("bend 1", { effect: "smooth", sharedScale: "bend" }),
    of("bend 2", { effect: "smooth", sharedScale: "bend" }),
  ], { seed: 4, draws: runs });
  const second = average.reduce((sum, p) => sum + (logOdds(p) - 0.3) ** 2 / runs, 0);
  const own = 0.5 ** 2 + 2 * 0.8 ** 2; // the mean square of an exponential is twice its scale's
  almostEqual(second, own, 0.12, "five standard errors of a heavy-tailed square");
  const all = typical.reduce((sum, p) => sum + (logOdds(p) - 0.3) ** 2 / runs, 0);
  almostEqual(
    all,
    own + 0.5 ** 2 + 0.3 ** 2 + 2 * 2 * 0.8 ** 2,
    0.3,
    "and a pooled slope of any sign and two bends",
  );
});

for (const family of ["halfNormal", "halfCauchy", "halfStudent", "exponential"] as const) {
  Deno.test(`drawScale() draws from the density of ${family}`, () => {
    const prior: ScalePrior = family === "halfStudent"
      ? { family, scale: 0.7, degrees: 4 }
      : { family, scale: 0.7 };
    const rng = createRng(1, "scales"), runs = 20_000;
    const draws = Float64Array.from({ length: runs }, () => drawScale(prior, rng)).sort();
    let mass = 0, below = 0;
    for (let x = 0.0005; x < 2000; x += x < 5 ? 0.001 : x / 1000) {
      const p = (x < 5 ? 0.001 : x / 1000) * Math.exp(logScalePrior(prior, x));
      mass += p;
      if (x < 1) below += p;
    }
    const share = draws.findIndex((v) => v >= 1) / runs;
    almostEqual(share, below / mass, 5 * Math.sqrt(0.25 / runs), "five standard errors of a share");
  });
}
