import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { drawHorseshoe, horseshoePrior } from "./horseshoe.ts";
import { mixturePrior } from "./location_prior.ts";
import { drawMean, logMeanPrior, type MeanPrior, oneSidedPrior, placeOf } from "./mean_prior.ts";

const PRIORS: Readonly<Record<string, MeanPrior>> = {
  "a mixture": mixturePrior([{ weight: 0.7, mean: 0.4, sd: 0.2 }, { weight: 0.3, mean: -1, sd: 1 }]),
  "a half-normal": oneSidedPrior({ family: "halfNormal", scale: 0.7 }),
  "a half-Cauchy": oneSidedPrior({ family: "halfCauchy", scale: 0.5 }, "negative"),
  "a half-t": oneSidedPrior({ family: "halfStudent", scale: 0.5, degrees: 3 }),
  "an exponential": oneSidedPrior({ family: "exponential", scale: 0.4 }, "negative"),
};

for (const [what, prior] of Object.entries(PRIORS)) {
  Deno.test(`logMeanPrior() is a density and drawMean() draws from it: ${what}`, () => {
    // By x = t / (1 − t²), which reaches everywhere.
    const step = 1e-4;
    let mass = 0, below = 0;
    for (let t = -1 + step / 2; t < 1; t += step) {
      const x = t / (1 - t * t), width = step * (1 + t * t) / (1 - t * t) ** 2;
      const p = width * Math.exp(logMeanPrior(prior, x));
      mass += p;
      if (Math.abs(x) < 0.5) below += p;
    }
    almostEqual(mass, 1, 1e-3, "quadrature across the edge at 0");
    const rng = createRng(1, "means"), runs = 20_000;
    const near = Array.from({ length: runs }, () =>
      drawMean(prior, rng)).filter((v) => Math.abs(v) < 0.5).length;
    almostEqual(near / runs, below / mass, 5 * Math.sqrt(0.25 / runs) + 1e-3, "five standard errors");
  });
}

Deno.test("placeOf() gives the moments of a mixture, and the scale of a one-sided prior", () => {
  const { centre, spread } = placeOf(PRIORS["a mixture"]!);
  almostEqual(centre, 0.7 * 0.4 - 0.3, 1e-15, "mean");
  almostEqual(spread ** 2, 0.7 * (0.2 ** 2 + 0.42 ** 2) + 0.3 * (1 + 0.98 ** 2), 1e-12, "total variance");
  assert.deepEqual(placeOf(PRIORS["a half-Cauchy"]!), { centre: 0, spread: 0.5 });
});

Deno.test("drawHorseshoe() is the slab where everything matters, and hardly more than 0 where little does", () => {
  const rng = createRng(2, "horseshoe"), runs = 4000;
  const draw = (relevant: number, error: number): number[] =>
    Array.from(
      { length: runs },
      () => drawHorseshoe(horseshoePrior({ relevant, slabScale: 2, slabDegrees: 1e6 }), 10, error, rng)[0]!,
    );
  const wide = draw(9.99, 1e6), square = wide.reduce((sum, v) => sum + v * v, 0) / runs;
  almostEqual(square, 4, 5 * 4 * Math.sqrt(2 / runs), "Normal(0, 2): five standard errors of its variance");
  const narrow = draw(0.1, 0.1).map(Math.abs).sort((a, b) => a - b);
  // tau0 = 0.1 / 9.9 · 0.1 = 0.001, and the median of two half-Cauchys and a normal multiplied is about 0.6 of it.
  assert.ok(
    narrow[runs / 2]! < 0.0015 && narrow[runs - 1]! > 0.05,
    `${narrow[runs / 2]}, ${narrow[runs - 1]}`,
  );
});
