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

/** What is ranked: population, scale, two groups, a prediction, and the joint log likelihood. */
export const RANKED = [
  "mu[slope]",
  "tau[slope]",
  "beta[1,intercept]",
  "beta[2,slope]",
  "prediction",
  "logLikelihood",
];

/** A change that must turn the calibration red. */
export type Mutant = "none" | "priorSampler" | "scaledTau" | "droppedJacobian";

type Family = "bernoulli" | "poisson";

/** All quantities of one draw, as the model reports them. */
type Truth = Float64Array;

function specOf(
  family: Family,
  groups: number,
  x: Float64Array,
  y: Float64Array,
  mutant: Mutant,
): HierarchicalSpec {
  const rows = y.length;
  return {
    family,
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
    })),
  };
}

function predictors(rows: number, rng: Rng): Float64Array {
  return Float64Array.from({ length: 2 * rows }, (_, i) => i % 2 === 0 ? 1 : rng.normal());
}

function outcomesGiven(
  family: Family,
  groups: number,
  truth: Truth,
  x: Float64Array,
  rng: Rng,
): Float64Array {
  return Float64Array.from({ length: x.length / 2 }, (_, i) => {
    const eta = linear(truth, i % groups, x[2 * i + 1]!);
    return family === "bernoulli"
      ? Number(rng.uniform() < 1 / (1 + Math.exp(-eta)))
      : rng.poisson(Math.exp(eta));
  });
}

/** Reported order: 2 mu, 2 tau, then beta by group. */
function linear(values: ArrayLike<number>, group: number, x: number): number {
  return values[4 + 2 * group]! + values[5 + 2 * group]! * x;
}

function drawPrior(groups: number, rng: Rng): Truth {
  const mu = [-0.3 + 0.6 * rng.normal(), 0.4 + 0.6 * rng.normal()];
  const tau = [0.5 * Math.abs(rng.normal()), 0.5 * Math.abs(rng.normal())];
  const beta = Array.from({ length: groups }, () => [0, 1].map((k) => mu[k]! + tau[k]! * rng.normal()))
    .flat();
  return Float64Array.from([...mu, ...tau, ...beta]);
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
function ranked(family: Family, groups: number, values: Truth, x: Float64Array, y: Float64Array): number[] {
  const none = new Float64Array(0);
  let log = 0;
  y.forEach((v, i) => log += logOutcome(family, linear(values, i % groups, x[2 * i + 1]!), v, none));
  return [values[1]!, values[3]!, values[4]!, values[7]!, linear(values, 0, 1.5), log];
}

/**
 * Ranks of the truth among posterior draws, one list per entry of {@linkcode RANKED}. In every second set the truth comes
 * not from the prior but from the posterior of a first data set, which is then part of the data that are fitted.
 */
export async function calibrationRanks(
  family: Family,
  sets: number,
  mutant: Mutant = "none",
  { groups, perGroup }: Shape = SMALL,
): Promise<number[][]> {
  const ranks: number[][] = RANKED.map(() => []);
  const first = createRng(11, `first data of ${family}`);
  const firstX = predictors(groups * perGroup, first);
  const firstY = outcomesGiven(family, groups, drawPrior(groups, first), firstX, first);
  const truths = await posteriorDraws(
    specOf(family, groups, firstX, firstY, "none"),
    12,
    Math.ceil(sets / 2),
    "none",
  );
  for (let s = 0; s < sets; s++) {
    const rng = createRng(13, `calibration of ${family}`, s);
    const around = s % 2 === 1;
    const truth = around ? truths[(s - 1) / 2]! : drawPrior(groups, rng);
    const newX = predictors(groups * perGroup, rng), newY = outcomesGiven(family, groups, truth, newX, rng);
    const x = around ? Float64Array.of(...firstX, ...newX) : newX;
    const y = around ? Float64Array.of(...firstY, ...newY) : newY;
    const draws = await posteriorDraws(specOf(family, groups, x, y, mutant), s + 1, DRAWS, mutant);
    const own = ranked(family, groups, truth, x, y),
      others = draws.map((d) => ranked(family, groups, d, x, y));
    own.forEach((value, q) => ranks[q]!.push(others.filter((o) => o[q]! < value).length));
  }
  return ranks;
}
