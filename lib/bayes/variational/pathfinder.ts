import { check, createRng, ensure, mean, type Rng } from "../../core/mod.ts";
import { paretoSmooth } from "../diagnostics/pareto_smoothing.ts";
import { loadModel, type Model, type ModelSource } from "../model/model.ts";
import { initialPosition } from "../sampler/chain.ts";
import { climb, type Stop } from "./climb.ts";
import { drive } from "./drive.ts";
import type { VariationalProgress } from "./fit_variational.ts";
import { type ElboPoint, meanWithError, paretoCheck, TRUSTED_K, VariationalFit } from "./variational_fit.ts";

/** Options of {@linkcode pathfinder}. */
export interface PathfinderOptions {
  /** Independent climbs. @default {4} */
  readonly paths?: number;
  /** Names the streams of random numbers. @default {1} */
  readonly seed?: number;
  /** Draws of the result. @default {1000} */
  readonly draws?: number;
  /** Draws for each estimate of the ELBO on the way. @default {25} */
  readonly elboDraws?: number;
  /** Changes of the gradient that L-BFGS remembers. @default {6} */
  readonly history?: number;
  /** Steps of a climb at most. @default {1000} */
  readonly maxSteps?: number;
  /** Stops the fit: what has been reached is returned, marked incomplete. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second. */
  readonly onProgress?: (progress: VariationalProgress) => void;
}

/** What one path comes to: the normal with the highest ELBO among its stops, and draws from it. */
interface PathResult {
  /** The best ELBO of a stop. */
  readonly elbo: number;
  readonly points: readonly Float64Array[];
  /** Log importance ratio of each draw; −Infinity outside the support. */
  readonly logRatios: Float64Array;
}

/** What all paths share while they run. */
interface Journey {
  readonly trace: ElboPoint[];
  readonly results: PathResult[];
  evaluations: number;
}

/**
 * Pathfinder: climbs to a maximum of the density from several starts, takes at every stop the normal that L-BFGS knows of
 * there, and keeps of each path the one with the highest ELBO. With more than one path their draws are pooled and drawn
 * again by Pareto smoothed importance weights; where k̂ is above 0.7 weights would rest on a handful of draws, and those of
 * the path with the highest ELBO are given as they are.
 *
 * A rough posterior from some hundred gradients and some thousand densities. Its normal is that of the curvature near one
 * peak: fine where the posterior is near normal, and far off for the scales of a hierarchical model, whose density has its
 * peak where its mass is not.
 *
 * @returns Draws with k̂; trouble is in its checks, not thrown.
 * @throws {RangeError} If an option is out of range.
 * @throws {Error} If no path finds a start, or none a stop.
 * @see Zhang, Carpenter, Gelman and Vehtari 2022, https://jmlr.org/papers/v23/21-0889.html
 *
 * @example
 * ```ts
 * import { defineModel, pathfinder, real } from "credible/bayes";
 * const normal = defineModel({ x: real(2) }, ({ x }, gradient) => {
 *   gradient.x.set([-x[0]!, -4 * x[1]!]);
 *   return -0.5 * (x[0]! ** 2 + 4 * x[1]! ** 2);
 * });
 * const fit = await pathfinder(normal, { seed: 7 });
 * const { sd } = fit.summary("x[2]"); // about 0.5
 * if (Math.abs(sd - 0.5) > 0.1 || fit.paretoK.status !== "pass") throw new Error(`${sd}`);
 * ```
 */
export async function pathfinder(
  model: Model | ModelSource,
  options: PathfinderOptions = {},
): Promise<VariationalFit> {
  const settings = resolveOptions(options), { paths, seed, draws } = settings;
  const made = "logDensity" in model ? model : await loadModel(model);
  const journey: Journey = { trace: [], results: [], evaluations: 0 };
  const complete = await drive(walk(made, settings, journey), options, () => ({
    iterations: journey.trace.length,
    elbo: journey.trace.at(-1)?.elbo ?? NaN,
  }));
  const { results, trace, evaluations } = journey;
  if (complete && results.length === 0) {
    throw new Error(
      "Cannot find a path: no climb led up from its start; check the gradient with checkGradient",
    );
  }
  const best = results.reduce<PathResult>((a, b) => b.elbo > a.elbo ? b : a, results[0] ?? NO_PATH);
  const pooled = Float64Array.from(results.flatMap(({ logRatios }) => [...logRatios]));
  const { k, logWeights } = pooled.length === 0 ? { k: NaN, logWeights: pooled } : paretoSmooth(pooled);
  const rng = createRng(seed, "pathfinder draws");
  const chosen = paths > 1 && k < TRUSTED_K
    ? resample(results.flatMap((r) => r.points), logWeights, draws, rng)
    : best.points;
  const width = made.quantities.length, values = new Float64Array(chosen.length * width);
  chosen.forEach((z, d) => made.report(z, values.subarray(d * width, (d + 1) * width), rng));
  return new VariationalFit({
    method: "pathfinder",
    quantities: made.quantities,
    draws: chosen.length,
    values,
    trace,
    elbo: meanWithError(best.logRatios),
    paretoK: paretoCheck(k),
    settled: check({
      code: "settled",
      title: `Paths of ${paths} that led to a normal`,
      value: results.length,
      limit: { above: 0 },
      warn: { above: paths / 2 },
      advice: "Most climbs ended at their start: look at the support of the parameters and at the gradient.",
    }),
    evaluations,
    complete,
    seed,
  });
}

const NO_PATH: PathResult = { elbo: -Infinity, points: [], logRatios: new Float64Array(0) };

type Settings = Required<Omit<PathfinderOptions, "signal" | "onProgress">>;

function resolveOptions(options: PathfinderOptions): Settings {
  const { paths = 4, seed = 1, draws = 1000, elboDraws = 25, history = 6, maxSteps = 1000 } = options;
  const smallest = { paths: 1, draws: 100, elboDraws: 1, history: 1, maxSteps: 1 };
  for (const [name, value] of Object.entries({ paths, draws, elboDraws, history, maxSteps })) {
    const least = smallest[name as keyof typeof smallest];
    ensure(
      Number.isInteger(value) && value >= least,
      "find a path",
      name,
      `an integer, ${least} or more`,
      value,
    );
  }
  return { paths, seed, draws, elboDraws, history, maxSteps };
}

/** Walks all paths, one after the other; yields after each stop. */
function* walk(model: Model, settings: Settings, journey: Journey): Generator<void, void> {
  for (let path = 0; path < settings.paths; path++) {
    const rng = createRng(settings.seed, "pathfinder path", path);
    const start = initialPosition(model, rng);
    // All stops are judged on the same noise: the best one is not the luckiest one.
    const noise = noises(settings.elboDraws, model.dim, rng);
    let best: { stop: Stop; elbo: number } | undefined, iteration = 0;
    const counted = (): void => void journey.evaluations++;
    for (const stop of climb(model, start, { ...settings, counted })) {
      const elbo = mean(drawAround(model, stop, noise).logRatios);
      journey.evaluations += noise.length;
      journey.trace.push({ iteration: ++iteration, elbo, path });
      if (elbo > (best?.elbo ?? -Infinity)) best = { stop, elbo };
      yield;
    }
    if (!best) continue;
    const drawn = drawAround(model, best.stop, noises(settings.draws, model.dim, rng));
    journey.results.push({ elbo: best.elbo, ...drawn });
    journey.evaluations += settings.draws;
    yield;
  }
}

function noises(count: number, dim: number, rng: Rng): Float64Array[] {
  return Array.from({ length: count }, () => rng.normals(dim));
}

/** Draws from the normal of a stop: around the top of the parabola that is known there. */
function drawAround(
  model: Model,
  { position, curvature }: Stop,
  noise: readonly Float64Array[],
): Omit<PathResult, "elbo"> {
  const step = curvature.apply(position.gradient), unused = new Float64Array(model.dim);
  const logRatios = new Float64Array(noise.length);
  const points = noise.map((own, d) => {
    const z = new Float64Array(model.dim), log = curvature.draw(own, z);
    for (let i = 0; i < z.length; i++) z[i]! += position.q[i]! + step[i]!;
    const logDensity = model.logDensity(z, unused);
    logRatios[d] = Number.isNaN(logDensity) ? -Infinity : logDensity - log;
    return z;
  });
  return { points, logRatios };
}

/** Stratified resampling: one draw from each of `count` equal slices of the total weight. */
function resample(
  points: readonly Float64Array[],
  logWeights: Float64Array,
  count: number,
  rng: Rng,
): Float64Array[] {
  let at = 0, reached = Math.exp(logWeights[0]!);
  return Array.from({ length: count }, (_, slice) => {
    const wanted = (slice + rng.uniform()) / count;
    while (reached < wanted && at < points.length - 1) reached += Math.exp(logWeights[++at]!);
    return points[at]!;
  });
}
