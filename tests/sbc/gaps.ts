/** Simulation-based calibration of the model of rows with gaps: features, gaps and outcomes from the model, truth ranked. */
import { createRng, expit, type Rng } from "../../lib/core/mod.ts";
import { type GapPlan, normalPrior, sample } from "../../lib/bayes/mod.ts";
import { createGapModel } from "../../lib/bayes/gaps/model.ts";

/** Ranks take the values 0 to DRAWS. */
export const DRAWS = 63;

const THIN = 8, GROUPS = 3, WIDTH = 4;

/** Columns of x: intercept, a (always there), b (yes or no), d (a number). Nothing is scaled. */
const PLAN: GapPlan = {
  names: ["intercept", "a", "b", "d"],
  features: [
    { kind: "states", name: "b", columns: [2], states: ["no", "yes"], values: [[0], [1]], regressors: [1] },
    { kind: "number", name: "d", columns: [3], curves: [], regressors: [1, 2] },
  ],
  means: [0, 0, 0, 0],
  sds: [1, 1, 1, 1],
};

/** What is ranked; the likelihood is that of rows without gaps. */
export const RANKED = [
  "mu[a]",
  "mu[b]",
  "mu[d]",
  "b ~ mu[a]",
  "b ~ beta[1,intercept]",
  "d ~ mu[b]",
  "d ~ beta[2,intercept]",
  "d ~ sigma",
  "logLikelihood",
] as const;

type Values = Readonly<Record<string, number>>;

/** Parameters from their priors, under the names that the model reports. */
function drawPrior(rng: Rng): Values {
  const own = ["a", "b", "d"].map((name) => [`mu[${name}]`, 0.7 * rng.normal()]);
  const level = ["b", "d"].flatMap((name) => {
    const mu = (name === "b" ? 2.5 : 1) * rng.normal();
    return Array.from(
      { length: GROUPS },
      (_, j) => [`${name} ~ beta[${j + 1},intercept]`, mu + 0.3 * rng.normal()],
    );
  });
  const slopes = ["b ~ mu[a]", "d ~ mu[a]", "d ~ mu[b]"].map((name) => [name, rng.normal()]);
  const others = [["mu[intercept]", 0.7 * rng.normal()], ["d ~ sigma", Math.abs(rng.normal())]];
  return Object.fromEntries([...own, ...level, ...slopes, ...others]);
}

interface Data {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly missing: readonly (readonly number[])[];
}

/** Gaps depend on `a` and on the outcome, which are never missing: at random, but not completely. */
function simulate(truth: Values, rows: number, rng: Rng): Data {
  const x = new Float64Array(rows * WIDTH), y = new Float64Array(rows), missing: number[][] = [];
  for (let i = 0; i < rows; i++) {
    const j = i % GROUPS + 1, a = rng.normal();
    const b = Number(rng.uniform() < expit(truth[`b ~ beta[${j},intercept]`]! + truth["b ~ mu[a]"]! * a));
    const centre = truth[`d ~ beta[${j},intercept]`]! + truth["d ~ mu[a]"]! * a + truth["d ~ mu[b]"]! * b;
    const d = centre + truth["d ~ sigma"]! * rng.normal();
    x.set([1, a, b, d], i * WIDTH);
    y[i] = Number(rng.uniform() < expit(linear(truth, [1, a, b, d])));
    const agree = a * (2 * y[i]! - 1),
      lost = (shift: number): boolean => rng.uniform() < expit(shift + 2 * agree);
    missing.push([...(lost(-1) ? [0] : []), ...(lost(-0.5) ? [1] : [])]);
  }
  return { x, y, missing };
}

function linear(values: Values, x: ArrayLike<number>): number {
  return PLAN.names.reduce((sum, name, k) => sum + values[`mu[${name}]`]! * x[k]!, 0);
}

function ranked(values: Values, { x, y, missing }: Data): number[] {
  let log = 0;
  y.forEach((v, i) => {
    if (missing[i]!.length > 0) return;
    const row = x.subarray(i * WIDTH, (i + 1) * WIDTH), eta = linear(values, row), j = i % GROUPS + 1;
    const centre = values[`d ~ beta[${j},intercept]`]! + values["d ~ mu[a]"]! * row[1]! +
      values["d ~ mu[b]"]! * row[2]!;
    const odds = values[`b ~ beta[${j},intercept]`]! + values["b ~ mu[a]"]! * row[1]!,
      sigma = values["d ~ sigma"]!;
    log += Math.log(expit(v === 1 ? eta : -eta)) + Math.log(expit(row[2] === 1 ? odds : -odds)) -
      0.5 * ((row[3]! - centre) / sigma) ** 2 - Math.log(sigma);
  });
  return RANKED.map((name) => name === "logLikelihood" ? log : values[name]!);
}

/**
 * Ranks of the truth among posterior draws, one list per entry of {@linkcode RANKED}.
 *
 * @param mutant `completeRows` leaves out the rows with gaps, as one should not.
 */
export async function gapRanks(sets: number, mutant: "none" | "completeRows" = "none"): Promise<number[][]> {
  const ranks: number[][] = RANKED.map(() => []);
  for (let s = 0; s < sets; s++) {
    const rng = createRng(17, "calibration of gaps", s),
      truth = drawPrior(rng),
      whole = simulate(truth, 60, rng);
    const kept = [...whole.y.keys()].filter((i) => mutant === "none" || whole.missing[i]!.length === 0);
    const model = createGapModel({
      plan: PLAN,
      missing: kept.map((i) => whole.missing[i]!),
      outcome: {
        family: "bernoulli",
        rows: {
          x: {
            rows: kept.length,
            columns: WIDTH,
            values: Float64Array.from(kept.flatMap((i) => [...whole.x.subarray(i * WIDTH, (i + 1) * WIDTH)])),
          },
          y: Float64Array.from(kept, (i) => whole.y[i]!),
          group: Int32Array.from(kept, (i) => i % GROUPS),
          groups: GROUPS,
        },
        coefficients: PLAN.names.map((name) => ({ name, location: normalPrior(0, 0.7), effect: "pooled" })),
      },
    });
    const { values, quantities } = await sample(model, {
      seed: s + 1,
      chains: 1,
      warmup: 300,
      draws: THIN * DRAWS,
    });
    const draws = Array.from({ length: DRAWS }, (_, d) => {
      const at = (THIN * (d + 1) - 1) * quantities.length;
      return ranked(Object.fromEntries(quantities.map((name, q) => [name, values[at + q]!])), whole);
    });
    ranked(truth, whole).forEach((value, q) => ranks[q]!.push(draws.filter((o) => o[q]! < value).length));
  }
  return ranks;
}
