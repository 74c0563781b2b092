/** Simulation-based calibration of the hierarchical models: data from the model, fitted by the model, truth ranked. */
import { createRng, type Rng } from "../../lib/core/mod.ts";
import {
  createHierarchicalModel,
  type HierarchicalSpec,
  type Model,
  normalPrior,
  sample,
} from "../../lib/bayes/mod.ts";
import { logOutcome } from "../../lib/bayes/likelihood/glm.ts";

/** Ranks take the values 0 to DRAWS. */
export const DRAWS = 63;

const THIN = 8;

/** How many groups the data have, and how many rows each. */
export interface Shape {
  readonly groups: number;
  readonly perGroup: number;
}

const SMALL: Shape = { groups: 5, perGroup: 12 };
const NAMES = ["intercept", "slope"];
const LKJ_SHAPE = 2;

/** A model to calibrate: two families, and Poisson counts whose levels and slopes are correlated between groups. */
export type Calibrated = "bernoulli" | "poisson" | "correlated";

/** What is ranked: population, scale, two groups, a prediction, the joint log likelihood, and a correlation if there is one. */
export function rankedNames(model: Calibrated): string[] {
  return [
    "mu[slope]",
    "tau[slope]",
    "beta[1,intercept]",
    "beta[2,slope]",
    "prediction",
    "logLikelihood",
    ...(model === "correlated" ? ["corr[intercept,slope]"] : []),
  ];
}

/** A change that must turn the calibration red. */
export type Mutant = "none" | "priorSampler" | "scaledTau" | "droppedJacobian";

/** All quantities of one draw, as the model reports them. */
type Truth = Float64Array;

function specOf(
  model: Calibrated,
  groups: number,
  x: Float64Array,
  y: Float64Array,
  mutant: Mutant,
): HierarchicalSpec {
  const rows = y.length;
  return {
    family: model === "bernoulli" ? "bernoulli" : "poisson",
    rows: {
      x: { rows, columns: 2, values: x },
      y,
      group: Int32Array.from({ length: rows }, (_, i) => i % groups),
      groups,
    },
    ...(mutant === "priorSampler" ? { weights: new Float64Array(rows) } : {}),
    coefficients: NAMES.map((name, k) => ({
      name,
      location: normalPrior(k === 0 ? -0.3 : 0.4, 0.6),
      scale: { family: "halfNormal", scale: 0.5 },
      effect: mutant === "droppedJacobian" ? "nonCentred" : "auto",
      ...(model === "correlated" ? { correlated: true } : {}),
    })),
    lkjShape: LKJ_SHAPE,
  };
}

function predictors(rows: number, rng: Rng): Float64Array {
  return Float64Array.from({ length: 2 * rows }, (_, i) => i % 2 === 0 ? 1 : rng.normal());
}

function outcomesGiven(
  model: Calibrated,
  groups: number,
  truth: Truth,
  x: Float64Array,
  rng: Rng,
): Float64Array {
  return Float64Array.from({ length: x.length / 2 }, (_, i) => {
    const eta = linear(truth, groups, i % groups, x[2 * i + 1]!);
    return model === "bernoulli"
      ? Number(rng.uniform() < 1 / (1 + Math.exp(-eta)))
      : rng.poisson(Math.exp(eta));
  });
}

/** Reported order: 2 mu, 2 tau, a correlation if there is one, then beta by group. */
function linear(values: ArrayLike<number>, groups: number, group: number, x: number): number {
  const at = values.length - 2 * (groups - group);
  return values[at]! + values[at + 1]! * x;
}

function drawPrior(model: Calibrated, groups: number, rng: Rng): Truth {
  const mu = [-0.3 + 0.6 * rng.normal(), 0.4 + 0.6 * rng.normal()];
  const tau = [0.5 * Math.abs(rng.normal()), 0.5 * Math.abs(rng.normal())];
  // The correlation of two is 2 B − 1 with B ~ Beta(eta, eta).
  const correlation = model === "correlated" ? [2 * rng.beta(LKJ_SHAPE, LKJ_SHAPE) - 1] : [];
  const r = correlation[0] ?? 0;
  const beta = Array.from({ length: groups }, () => {
    const u = rng.normal(), v = r * u + Math.sqrt(1 - r * r) * rng.normal();
    return [mu[0]! + tau[0]! * u, mu[1]! + tau[1]! * v];
  }).flat();
  return Float64Array.from([...mu, ...tau, ...correlation, ...beta]);
}

/** Thinned draws of all quantities, each a row. */
async function posteriorDraws(
  spec: HierarchicalSpec,
  seed: number,
  count: number,
  mutant: Mutant,
): Promise<Truth[]> {
  const model = mutant === "droppedJacobian"
    ? withoutJacobian(createHierarchicalModel(spec))
    : createHierarchicalModel(spec);
  const { values, quantities } = await sample(model, {
    seed,
    chains: 1,
    warmup: 300,
    draws: THIN * count,
    // Without its Jacobian log tau has no lower end, and trajectories would look for one.
    ...(mutant === "droppedJacobian" ? { maxDepth: 5 } : {}),
  });
  const width = quantities.length;
  return Array.from({ length: count }, (_, d) => {
    const row = values.slice((THIN * d + THIN - 1) * width, (THIN * d + THIN) * width);
    if (mutant === "scaledTau") row[3]! *= 1.1;
    return row;
  });
}

/** Forgets that log tau was sampled, not tau: the first block of the non-centred form starts with it. */
function withoutJacobian(model: Model): Model {
  const second = model.dim / 2;
  return {
    ...model,
    logDensity(q: Float64Array, gradient: Float64Array): number {
      const log = model.logDensity(q, gradient) - q[0]! - q[second]!;
      gradient[0]! -= 1;
      gradient[second]! -= 1;
      return log;
    },
  };
}

/** The ranked quantities of one draw, given the data of its set. */
function ranked(
  model: Calibrated,
  groups: number,
  values: Truth,
  x: Float64Array,
  y: Float64Array,
): number[] {
  const none = new Float64Array(0);
  let log = 0;
  const family = model === "bernoulli" ? "bernoulli" : "poisson", from = values.length - 2 * groups;
  y.forEach((v, i) => log += logOutcome(family, linear(values, groups, i % groups, x[2 * i + 1]!), v, none));
  return [
    values[1]!,
    values[3]!,
    values[from]!,
    values[from + 3]!,
    linear(values, groups, 0, 1.5),
    log,
    ...(model === "correlated" ? [values[4]!] : []),
  ];
}

/**
 * Ranks of the truth among posterior draws, one list per entry of {@linkcode rankedNames}. In every second set the truth comes
 * not from the prior but from the posterior of a first data set, which is then part of the data that are fitted.
 */
export async function calibrationRanks(
  model: Calibrated,
  sets: number,
  mutant: Mutant = "none",
  { groups, perGroup }: Shape = SMALL,
): Promise<number[][]> {
  const ranks: number[][] = rankedNames(model).map(() => []);
  const first = createRng(11, `first data of ${model}`);
  const firstX = predictors(groups * perGroup, first);
  const firstY = outcomesGiven(model, groups, drawPrior(model, groups, first), firstX, first);
  const truths = await posteriorDraws(
    specOf(model, groups, firstX, firstY, "none"),
    12,
    Math.ceil(sets / 2),
    "none",
  );
  for (let s = 0; s < sets; s++) {
    const rng = createRng(13, `calibration of ${model}`, s);
    const around = s % 2 === 1;
    const truth = around ? truths[(s - 1) / 2]! : drawPrior(model, groups, rng);
    const newX = predictors(groups * perGroup, rng), newY = outcomesGiven(model, groups, truth, newX, rng);
    const x = around ? Float64Array.of(...firstX, ...newX) : newX;
    const y = around ? Float64Array.of(...firstY, ...newY) : newY;
    const draws = await posteriorDraws(specOf(model, groups, x, y, mutant), s + 1, DRAWS, mutant);
    const own = ranked(model, groups, truth, x, y),
      others = draws.map((d) => ranked(model, groups, d, x, y));
    own.forEach((value, q) => ranks[q]!.push(others.filter((o) => o[q]! < value).length));
  }
  return ranks;
}
