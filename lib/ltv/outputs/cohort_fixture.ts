import { createRng, expit, type Matrix, matrix } from "../../core/mod.ts";
import { fitElasticNet, fitLogistic } from "../../linear/mod.ts";
import { smearedMean, smearingFactor } from "./smearing.ts";

/** One row a customer: two features, the week, what came, and what was to be expected. */
export interface Cohort {
  readonly features: Matrix;
  readonly weeks: Float64Array;
  readonly revenue: Float64Array;
  readonly truth: { readonly probability: Float64Array; readonly meanLog: Float64Array };
}

/** How a made-up world differs from the plain one. */
export interface World {
  readonly weeks: number;
  readonly customers: number;
  /** How far weeks lie apart, in logs, in buying and in spending. */
  readonly tau?: number;
  /** Spread of log spending. */
  readonly sigma?: number;
  readonly base?: number;
}

/** Weeks of customers of known truth: P = expit(base + x₁ + week), log R ~ N(1 + x₁ / 2 + 2 x₂ / 5 + week, σ²). */
export function simulateCohort(world: World, seed: number): Cohort {
  const { weeks, customers, tau = 0.15, sigma = 1.2, base = -2.6 } = world, n = weeks * customers;
  const rng = createRng(seed, "cohort");
  const buying = rng.normals(weeks).map((z) => tau * z), spending = rng.normals(weeks).map((z) => tau * z);
  const features = matrix(n, 2, rng.normals(2 * n));
  const week = Float64Array.from({ length: n }, (_, i) => Math.floor(i / customers));
  const probability = week.map((w, i) => expit(base + features.values[2 * i]! + buying[w]!));
  const centre = week.map((w, i) =>
    1 + 0.5 * features.values[2 * i]! + 0.4 * features.values[2 * i + 1]! + spending[w]!
  );
  const revenue = probability.map((p, i) =>
    rng.bernoulli(p) ? Math.exp(centre[i]! + sigma * rng.normal()) : 0
  );
  return { features, weeks: week, revenue, truth: { probability, meanLog: centre } };
}

/** What two small models, fitted on the first weeks, say of all customers. */
export interface Said {
  readonly probability: Float64Array;
  /** Mean of log1p R given a purchase. */
  readonly meanLog: Float64Array;
  readonly expectedRevenue: Float64Array;
  /** Spread of log1p R given a purchase. */
  readonly sigma: number;
}

/** Fits a logistic and a linear regression on weeks before `until`, with smearing, and predicts every row. */
export function forecastCohort({ features, weeks, revenue }: Cohort, until: number): Said {
  const rows = [...weeks.keys()].filter((i) => weeks[i]! < until),
    buyers = rows.filter((i) => revenue[i]! > 0);
  const take = (own: readonly number[]): Matrix =>
    matrix(
      own.length,
      2,
      Float64Array.from(own.flatMap((i) => [features.values[2 * i]!, features.values[2 * i + 1]!])),
    );
  const buying = fitLogistic(take(rows), rows.map((i) => Number(revenue[i]! > 0)), { lambda: 0 });
  const spending = fitElasticNet(take(buyers), buyers.map((i) => Math.log1p(revenue[i]!)), { lambda: 0 });
  const probability = buying.predict(features), meanLog = spending.predict(features);
  const residuals = buyers.map((i) => Math.log1p(revenue[i]!) - meanLog[i]!);
  const spend = smearedMean(meanLog, smearingFactor(residuals));
  return {
    probability,
    meanLog,
    expectedRevenue: spend.map((s, i) => Math.max(s, 0.01) * probability[i]!),
    sigma: Math.sqrt(residuals.reduce((a, r) => a + r * r, 0) / (residuals.length - 3)),
  };
}
