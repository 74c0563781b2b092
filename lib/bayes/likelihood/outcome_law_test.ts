import { almostEqual, createRng } from "../../core/mod.ts";
import { auxiliaryNames, type Family, logOutcome } from "./glm.ts";
import { OUTCOME_LAWS } from "./outcome_law.ts";

const FAMILIES = Object.keys(OUTCOME_LAWS) as Family[];
const PARAMETERS: Readonly<Record<string, number>> = { sigma: 0.6, nu: 9, phi: 3, shape: 2.5 };
const TRIALS = 30, ETA = 0.4;

for (const family of FAMILIES) {
  const law = OUTCOME_LAWS[family];
  const auxiliary = Float64Array.from(auxiliaryNames(family), (name) => PARAMETERS[name]!);

  Deno.test(`the law of ${family} draws outcomes of its own mean and variance`, () => {
    const rng = createRng(3, `law of ${family}`), runs = 40_000;
    const draws = Float64Array.from({ length: runs }, () => law.draw(ETA, auxiliary, TRIALS, rng));
    const mean = draws.reduce((sum, y) => sum + y, 0) / runs;
    const squares = draws.map((y) => (y - mean) ** 2), variance = squares.reduce((a, b) => a + b, 0) / runs;
    const spread = Math.sqrt(squares.reduce((sum, s) => sum + (s - variance) ** 2, 0) / runs);
    almostEqual(
      mean,
      law.mean(ETA, auxiliary, TRIALS),
      5 * Math.sqrt(variance / runs),
      "five standard errors",
    );
    almostEqual(
      variance,
      law.variance(ETA, auxiliary, TRIALS),
      5 * spread / Math.sqrt(runs),
      "five standard errors",
    );
  });

  Deno.test(`the law of ${family} has the mean of the density that is fitted`, () => {
    const whole = ["bernoulli", "binomial", "poisson", "negativeBinomial"].includes(family);
    const positive = family === "gamma" || family === "logNormal";
    const step = whole ? 1 : 0.002, low = whole || positive ? (whole ? 0 : step / 2) : -60;
    const high = family === "bernoulli" ? 1 : family === "binomial" ? TRIALS : whole ? 80 : 60;
    let mass = 0, first = 0;
    for (let y = low; y <= high; y += step) {
      const p = step * Math.exp(logOutcome(family, ETA, y, auxiliary, TRIALS));
      mass += p;
      first += p * y;
    }
    almostEqual(mass, 1, 1e-4, "a density; the grid and what is beyond it");
    almostEqual(first, law.mean(ETA, auxiliary, TRIALS), 2e-4, "its mean, to the grid's error");
  });
}
