/**
 * Where is the line from which variational inference pays? Fits the hierarchical logistic model to simulated businesses by
 * NUTS, by a short run of NUTS, by mean-field and full-rank ADVI and by Pathfinder, and judges all against NUTS on the same
 * held-out customers:
 *
 *     deno task bench variational
 *
 * Writes `results/variational.json` beside this file and prints it as one JSON line. Data are drawn from the model itself
 * with known population and scales, so that only the approximation is at fault for what it misses. Seconds are those of
 * the processor in this one thread.
 *
 * @module
 */
import { parseArgs } from "node:util";
import process from "node:process";
import { createRng, mean } from "../../lib/core/mod.ts";
import {
  compareWithNuts,
  convergence,
  createHierarchicalModel,
  fitVariational,
  type GroupedRows,
  type Model,
  normalPrior,
  pathfinder,
  type Posterior,
  sample,
  VariationalFit,
} from "../../lib/bayes/mod.ts";

/** Population means and scales of the truth: the intercept first. */
const MU = [-1.2, 0.6, -0.5, 0.4, 0.3, -0.2, 0.1, 0];
const TAU = [0.6, 0.3, 0.2, 0.3, 0.1, 0.2, 0.1, 0.3];

/** Businesses, and how many data sets: small ones say little each. */
const SIZES = [[5, 3], [10, 3], [20, 2], [50, 1], [100, 1], [200, 1]] as const;
const ROWS = [100, 20];
/** Held-out customers of each business. */
const HELD_OUT = 40;
/** A full-rank normal of more dimensions than this takes longer than NUTS by so much that it is left out. */
const MOST_FULL_RANK = 450;
/** Draws in predictions: every so many of NUTS. */
const PREDICTION_DRAWS = 1000;

const METHODS = ["nuts", "shortNuts", "meanField", "fullRank", "pathfinder"] as const;
type Method = typeof METHODS[number];

/** What is written for one method, number of businesses and number of rows: means over data sets. */
interface Result {
  businesses: number;
  rowsEach: number;
  dim: number;
  dataSets: number;
  method: Method;
  /** Processor seconds. */
  seconds: number;
  /** Evaluations of the density, most with its gradient. */
  evaluations: number;
  /** Pareto k̂; null for NUTS. */
  paretoK: number | null;
  /** Smallest bulk effective size of mu and tau; null for approximations, whose draws are independent. */
  smallestEss: number | null;
  /** Held-out log score per row less that of NUTS, in nats, and its standard error over all rows. */
  scoreDifference: number;
  scoreError: number;
  /** Root mean square error of posterior means, in sds of NUTS. */
  muError: number;
  tauError: number;
  /** Mean ratio of posterior sds to those of NUTS. */
  muSdRatio: number;
  tauSdRatio: number;
}

interface World {
  readonly rows: GroupedRows;
  readonly heldOut: GroupedRows;
}

function simulate(businesses: number, rowsEach: number, seed: number): World {
  const rng = createRng(seed, `${businesses} businesses of ${rowsEach}`), columns = MU.length;
  const beta = Array.from({ length: businesses }, () => MU.map((m, k) => m + TAU[k]! * rng.normal()));
  const draw = (each: number): GroupedRows => {
    const rows = businesses * each, values = new Float64Array(rows * columns), y = new Float64Array(rows);
    const group = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / each));
    for (let i = 0; i < rows; i++) {
      let eta = 0;
      for (let k = 0; k < columns; k++) {
        const x = values[i * columns + k] = k === 0 ? 1 : rng.normal();
        eta += x * beta[group[i]!]![k]!;
      }
      y[i] = Number(rng.uniform() < 1 / (1 + Math.exp(-eta)));
    }
    return { x: { rows, columns, values }, y, group, groups: businesses };
  };
  return { rows: draw(rowsEach), heldOut: draw(HELD_OUT) };
}

function modelOf(rows: GroupedRows): Model {
  return createHierarchicalModel({
    family: "bernoulli",
    rows,
    coefficients: MU.map((_, k) => ({
      name: `${k}`,
      location: normalPrior(0, 1.5),
      scale: { family: "halfNormal", scale: 1 },
    })),
  });
}

type Fit = Posterior | VariationalFit;

const FITS: Record<Method, (model: Model, seed: number) => Promise<Fit>> = {
  nuts: (model, seed) => sample(model, { seed }),
  shortNuts: (model, seed) => sample(model, { seed, warmup: 200, draws: 100 }),
  meanField: (model, seed) => fitVariational(model, { seed }),
  fullRank: (model, seed) => fitVariational(model, { seed, family: "fullRank" }),
  pathfinder: (model, seed) => pathfinder(model, { seed }),
};

function drawsIn(fit: Fit): number {
  return fit.draws * (fit instanceof VariationalFit ? 1 : fit.chains);
}

/** The log likelihood of each held-out row under evenly thinned draws. */
function logLikelihoods(fit: Fit, { x, y, group }: GroupedRows): Float64Array[] {
  const width = fit.quantities.length, from = fit.quantities.findIndex((q) => q.startsWith("beta["));
  const total = drawsIn(fit), count = Math.min(total, PREDICTION_DRAWS);
  return Array.from(y, (outcome, i) => {
    const row = x.values.subarray(i * x.columns, (i + 1) * x.columns);
    return Float64Array.from({ length: count }, (_, d) => {
      const at = Math.floor((d + 0.5) * total / count) * width + from + group[i]! * x.columns;
      const eta = row.reduce((sum, v, k) => sum + v * fit.values[at + k]!, 0);
      return -Math.log1p(Math.exp(outcome === 1 ? -eta : eta));
    });
  });
}

function smallestEss(fit: Fit): number | null {
  if (fit instanceof VariationalFit) return null;
  const population = fit.quantities.filter((q) => /^(mu|tau)\[/.test(q));
  return Math.min(...population.map((q) => convergence(fit.chainsOf(q)).essBulk));
}

async function judge(businesses: number, rowsEach: number, seed: number): Promise<Result[]> {
  const { rows, heldOut } = simulate(businesses, rowsEach, seed),
    model = modelOf(rows),
    results: Result[] = [];
  let nuts: { fit: Posterior; scores: Float64Array[] } | undefined;
  for (const method of METHODS) {
    if (method === "fullRank" && model.dim > MOST_FULL_RANK) continue;
    const before = process.cpuUsage(), fit = await FITS[method](model, seed), used = process.cpuUsage(before);
    const scores = logLikelihoods(fit, heldOut);
    nuts ??= { fit: fit as Posterior, scores };
    const { quantities, score } = compareWithNuts(fit, nuts.fit, {
      heldOut: { approximation: scores, nuts: nuts.scores },
    });
    const of = (prefix: string): typeof quantities => quantities.filter((q) => q.quantity.startsWith(prefix));
    const rms = (prefix: string): number => Math.sqrt(mean(of(prefix).map((q) => q.error ** 2)));
    const variational = fit instanceof VariationalFit;
    results.push({
      businesses,
      rowsEach,
      dim: model.dim,
      dataSets: 1,
      method,
      seconds: (used.user + used.system) / 1e6,
      evaluations: variational ? fit.evaluations : fit.gradients + fit.warmupGradients,
      paretoK: variational ? Number(fit.paretoK.value) : null,
      smallestEss: smallestEss(fit),
      scoreDifference: score!.difference,
      scoreError: score!.error,
      muError: rms("mu["),
      tauError: rms("tau["),
      muSdRatio: mean(of("mu[").map((q) => q.sdRatio)),
      tauSdRatio: mean(of("tau[").map((q) => q.sdRatio)),
    });
  }
  return results;
}

/** Means over data sets; the error of the score falls with their number. */
function averaged(results: readonly Result[]): Result {
  const first = results[0]!, n = results.length;
  const entries = Object.entries(first).map(([name, value]) => {
    const each = results.map((r) => r[name as keyof Result]);
    return [name, typeof value === "number" ? rounded(mean(each as number[])) : value];
  });
  const scoreError = Math.sqrt(results.reduce((sum, r) => sum + r.scoreError ** 2, 0)) / n;
  return { ...Object.fromEntries(entries), dataSets: n, scoreError: rounded(scoreError) } as Result;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

const { values: flags } = parseArgs({ options: { largest: { type: "string", default: "200" } } });
await judge(5, 20, 99); // compiles everything before anything is timed
const results: Result[] = [];
for (const [businesses, dataSets] of SIZES) {
  if (businesses > Number(flags.largest)) continue;
  for (const rowsEach of ROWS) {
    const all: Result[] = [];
    for (let seed = 1; seed <= dataSets; seed++) all.push(...await judge(businesses, rowsEach, seed));
    for (const same of Map.groupBy(all, (r) => r.method).values()) results.push(averaged(same));
    console.error(`${businesses} businesses of ${rowsEach}: done`);
  }
}
const report = {
  what:
    "Simulated from the hierarchical logistic model with known truth; judged against NUTS, 4 × (1000 + 1000)",
  date: new Date().toISOString().slice(0, 10),
  deno: Deno.version.deno,
  v8: Deno.version.v8,
  machine: `${Deno.build.target}, ${navigator.hardwareConcurrency} processors, one used`,
  truth: { mu: MU, tau: TAU },
  heldOutEach: HELD_OUT,
  results,
};
if (Number(flags.largest) >= 200) {
  const folder = new URL("./results/", import.meta.url);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(new URL("variational.json", folder), `${JSON.stringify(report, null, 2)}\n`);
}
console.log(JSON.stringify(report));
