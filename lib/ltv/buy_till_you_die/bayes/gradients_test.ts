import { ok } from "node:assert/strict";
import { almostEqual, createRng } from "../../../core/mod.ts";
import { checkGradient } from "../../../bayes/mod.ts";
import { type Buyers, distinct } from "../buyers.ts";
import { createCohortModel } from "./cohort_model.ts";
import { type Family, purchaseFamily, spendFamily } from "./families.ts";
import { spendRows } from "./gamma_gamma_likelihood.ts";

const MODELS = ["BG/NBD", "MBG/NBD", "Pareto/NBD"] as const;
const buyers: Buyers = {
  frequency: [0, 0, 1, 2, 5, 40, 3, 1],
  recency: [0, 0, 3, 30, 37, 39, 38.86, 0.01],
  age: [39, 12, 39, 38, 38, 39.5, 38.86, 5],
};

/** Two cohorts, so that there are taus. */
function modelOf<Rows>(
  family: Family<Rows, unknown>,
  rows: readonly Rows[],
): ReturnType<typeof createCohortModel> {
  const cohorts = rows.map((_, j) => `${j}`), likelihoods = rows.map((r) => family.likelihood(r));
  return createCohortModel({ coordinates: family.coordinates, likelihoods, cohorts, spread: 0.5 });
}

for (const name of MODELS) {
  Deno.test(`${name}: gradients are those of the density, for either order of the scales`, () => {
    const rng = createRng(1, "points");
    for (const time of [3, 39]) {
      const model = modelOf(purchaseFamily(name, time), [distinct(buyers), distinct(buyers)]);
      for (let i = 0; i < 10; i++) {
        const found = checkGradient(model, rng.normals(model.dim).map((z) => z / 2));
        ok(found.worst < 1e-6, JSON.stringify(found));
      }
    }
  });

  Deno.test(`${name}: the likelihood is that of maximum likelihood`, () => {
    const rng = createRng(2, "points"), family = purchaseFamily(name, 20), rows = distinct(buyers);
    for (let i = 0; i < 10; i++) {
      const at = rng.normals(4), log = family.likelihood(rows)(at, new Float64Array(4));
      almostEqual(log, family.model(at).model.logLikelihood(buyers), { relative: 1e-10 }, "rounding");
    }
  });
}

const spend = { frequency: [1, 2, 2, 7, 0], meanSpend: [20, 3, 70, 33, NaN] };

Deno.test("Gamma-Gamma: gradients are those of the density", () => {
  const rng = createRng(3, "points"), rows = spendRows(spend.frequency, spend.meanSpend);
  const model = modelOf(spendFamily(25), [rows, rows]);
  for (let i = 0; i < 10; i++) {
    const found = checkGradient(model, rng.normals(model.dim));
    ok(found.worst < 1e-6, JSON.stringify(found));
  }
});

Deno.test("Gamma-Gamma: the likelihood is that of maximum likelihood, but for a constant", () => {
  const rng = createRng(4, "points"), family = spendFamily(25);
  const likelihood = family.likelihood(spendRows(spend.frequency, spend.meanSpend));
  const off = Array.from({ length: 5 }, () => {
    const at = rng.normals(3);
    return likelihood(at, new Float64Array(3)) - family.model(at).logLikelihood(spend);
  });
  almostEqual(off, off.map(() => off[0]!), 1e-9, "rounding");
});
