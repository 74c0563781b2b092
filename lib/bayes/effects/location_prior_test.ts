import { almostEqual, createRng } from "../../core/mod.ts";
import { gammaln } from "../../core/distributions/mod.ts";
import {
  drawGiven,
  evaluatePrior,
  type LocationPrior,
  mixturePrior,
  studentPrior,
} from "./location_prior.ts";

function density(prior: LocationPrior, value: number, extra = 0): number {
  const out = { log: 0, slope: 0, slopeOfExtra: 0 };
  evaluatePrior(prior, value, extra, out);
  return Math.exp(out.log) / Math.sqrt(2 * Math.PI);
}

Deno.test("studentPrior() is the t density", () => {
  for (const degrees of [3, 5, 10, 50]) {
    const constant = Math.exp(gammaln((degrees + 1) / 2) - gammaln(degrees / 2)) /
      Math.sqrt(degrees * Math.PI);
    for (const t of [0, 0.5, 1, 2, 4, 8, 20]) {
      const exact = constant * (1 + t * t / degrees) ** (-(degrees + 1) / 2) / 0.3;
      const ours = density(studentPrior(1, 0.3, degrees), 1 + 0.3 * t);
      almostEqual(
        ours,
        exact,
        { absolute: 2e-6 * constant / 0.3 },
        `the promise for ${degrees} degrees at ${t}`,
      );
    }
  }
});

Deno.test("drawGiven() draws from the conditional: the mean and sd that quadrature gives", () => {
  const prior = mixturePrior([{ weight: 2, mean: -1, sd: 0.3 }, { weight: 1, mean: 1, sd: 0.5 }]);
  const value = 0.2, extra = 0.4;
  let mass = 0, first = 0, second = 0;
  for (let mu = -6; mu < 6; mu += 0.001) {
    const p = density(prior, mu) * Math.exp(-0.5 * (value - mu) ** 2 / extra);
    mass += p;
    first += p * mu;
    second += p * mu * mu;
  }
  const mean = first / mass, sd = Math.sqrt(second / mass - mean * mean);
  const rng = createRng(1, "conditional"), runs = 40_000;
  const draws = Float64Array.from({ length: runs }, () => drawGiven(prior, value, extra, rng));
  const ours = draws.reduce((a, b) => a + b, 0) / runs;
  almostEqual(ours, mean, 5 * sd / Math.sqrt(runs), "five standard errors");
  const spread = Math.sqrt(draws.reduce((sum, d) => sum + (d - ours) ** 2, 0) / runs);
  almostEqual(spread, sd, 5 * sd / Math.sqrt(runs), "five standard errors, with light tails");
});
