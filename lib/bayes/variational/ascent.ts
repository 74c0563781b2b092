/**
 * Stochastic ascent of the evidence lower bound (ELBO) E_q[log p(z) − log q(z)] over a family of normals:
 *
 * - gradients by reparametrisation, z = mean + L ε (Kucukelbir et al. 2017), without the part of the score that is zero on
 *   average (Roeder, Wu and Duvenaud 2017): their noise vanishes where q equals p. Draws come in pairs ε and −ε;
 * - in the coordinates of q, with the adaptive divisor of Kucukelbir et al.: rate / (1 + √s), s a moving mean of squares;
 * - at each rate until iterates have settled by split R̂, and then their average (Dhaka et al. 2020). It starts the next
 *   stage at half the rate; the ascent ends when two successive averages agree, by their symmetrised divergence, and are
 *   known well enough, by their Monte Carlo error (Welandawe et al. 2022).
 *
 * Different from the latter: figures are pooled over dimensions and thresholds are per dimension, so that they mean the
 * same for any model, and what further stages would gain is not forecast.
 *
 * @see Kucukelbir et al. 2017, https://jmlr.org/papers/v18/16-107.html
 * @see Roeder, Wu and Duvenaud 2017, https://arxiv.org/abs/1703.09194
 * @see Dhaka et al. 2020, https://arxiv.org/abs/2009.00666; Welandawe et al. 2022, https://arxiv.org/abs/2203.15945
 * @module
 */
import type { Rng } from "../../core/mod.ts";
import type { Model } from "../model/model.ts";
import { logNormalDensity, type NormalFamily } from "./normal_family.ts";
import { SettlingWindow } from "./settling.ts";
import type { ElboPoint } from "./variational_fit.ts";

const FIRST_RATE = 0.3;
/** Steps of the first window. */
const FIRST_WINDOW = 320;
/** Windows at one rate. */
const MOST_WINDOWS = 3;
/** Steps for a point of the trace. */
const TRACE_EVERY = 80;
/** Share of the newest square in the moving mean. */
const MEMORY = 0.1;
/** Split R̂ below which iterates have settled. */
const SETTLED_R_HAT = 1.1;
/** Monte Carlo error of an average, in sds, below which it is known. */
const KNOWN = 0.05;
/** Symmetrised divergence per dimension below which a stage has changed nothing: means moved by about 0.03 sd. */
export const UNCHANGED = 1e-3;
/** Successive draws without a finite density after which there is nothing to climb. */
const MOST_FAILURES = 1000;

/** How an ascent stands: moved on in place. */
export interface AscentState<Family extends NormalFamily> {
  /** The best approximation so far: an average of iterates once a stage has ended. */
  approximation: Family;
  /** Steps so far; each takes two gradients. */
  iterations: number;
  /** How often the rate has been halved. */
  halvings: number;
  /** The ELBO on the way. */
  readonly trace: ElboPoint[];
  /** Symmetrised divergence per dimension of the last two averages; Infinity before there are two. */
  change: number;
  /** Whether the last two stages agree. */
  settled: boolean;
}

/** The state before the first step. */
export function startAscent<Family extends NormalFamily>(start: Family): AscentState<Family> {
  return {
    approximation: start,
    iterations: 0,
    halvings: 0,
    trace: [],
    change: Infinity,
    settled: false,
  };
}

/** Climbs until two stages agree or iterations run out; yields after each, so that a caller can show or stop it. */
export function* ascend<Family extends NormalFamily>(
  model: Model,
  state: AscentState<Family>,
  maxIterations: number,
  rng: Rng,
): Generator<void, void> {
  let before: Stage<Family> | undefined;
  for (; !state.settled; state.halvings++) {
    const now = yield* stage(model, state, maxIterations, rng);
    if (!now) return;
    if (before) {
      state.change = (now.average.divergence(before.average) + before.average.divergence(now.average)) /
        model.dim;
      state.settled = before.settled && now.settled && now.error < KNOWN && state.change < UNCHANGED;
    }
    state.approximation = now.average;
    before = now;
  }
}

/** What came of one rate. */
interface Stage<Family> {
  /** Average of the iterates of the last window. */
  readonly average: Family;
  /** Whether they had settled. */
  readonly settled: boolean;
  /** Monte Carlo error of the average, in sds. */
  readonly error: number;
}

/** Runs at one rate in windows that double, until one has settled or it is time for a lower rate. */
function* stage<Family extends NormalFamily>(
  model: Model,
  state: AscentState<Family>,
  maxIterations: number,
  rng: Rng,
): Generator<void, Stage<Family> | undefined> {
  const { dim } = model, current = state.approximation.copy();
  const step = createStep(model, current, FIRST_RATE / 2 ** state.halvings, rng);
  const watched = new Float64Array(2 * dim);
  for (let attempt = 0, length = FIRST_WINDOW * 2 ** state.halvings;; attempt++, length *= 2) {
    const window = new SettlingWindow(length, 2 * dim), sum = current.copy();
    sum.mean.fill(0);
    sum.scale.fill(0);
    for (let elbo = 0, n = 1; !window.full; n++) {
      if (state.iterations >= maxIterations) return undefined;
      elbo += step();
      state.iterations++;
      if (n % TRACE_EVERY === 0) {
        state.trace.push({ iteration: state.iterations, elbo: elbo / TRACE_EVERY, path: 0 });
        elbo = 0;
      }
      watch(current, watched);
      window.add(watched);
      accumulate(sum.mean, current.mean);
      accumulate(sum.scale, current.scale);
      yield;
    }
    for (const numbers of [sum.mean, sum.scale]) numbers.forEach((v, i) => numbers[i] = v / length);
    const { rHat, error } = window.judge((i) => i < dim ? sum.sd(i) : 1);
    const settled = rHat < SETTLED_R_HAT;
    if (settled || attempt === MOST_WINDOWS - 1) return { average: sum, settled, error };
  }
}

/**
 * One step of the ascent at a fixed rate; each call returns one unbiased estimate of the ELBO. Draws come as a pair ε and
 * −ε: half of the sum of their slopes moves the mean, half of the difference the scale. Where the posterior is normal the
 * sum is free of noise.
 */
function createStep(model: Model, q: NormalFamily, rate: number, rng: Rng): () => number {
  const { dim } = model;
  const z = new Float64Array(dim), gradient = new Float64Array(dim);
  const there = new Float64Array(dim), back = new Float64Array(dim);
  const shift = new Float64Array(dim), stretch = new Float64Array(dim), squares = new Float64Array(dim);
  /** Moving means of squared slopes: by the mean, and by L. */
  const meanSquares = new Float64Array(dim), scaleSquares = new Float64Array(dim);
  let first = true;

  /** Writes Lᵀ ∇(log p − log q), q held fixed; returns log p − log q, or NaN where there is no finite density. */
  function slopeAt(noise: Float64Array, slope: Float64Array): number {
    q.transform(noise, z);
    const logDensity = model.logDensity(z, gradient);
    q.pullBack(gradient, slope);
    for (let i = 0; i < dim; i++) slope[i]! += noise[i]!;
    return slope.every(Number.isFinite) ? logDensity - logNormalDensity(q, noise) : NaN;
  }

  return () => {
    for (let failures = 0; failures < MOST_FAILURES; failures++) {
      const noise = rng.normals(dim);
      const estimate = (slopeAt(noise, there) + slopeAt(noise.map((e) => -e), back)) / 2;
      if (!Number.isFinite(estimate)) continue;
      for (let i = 0; i < dim; i++) {
        shift[i] = (there[i]! + back[i]!) / 2;
        stretch[i] = (there[i]! - back[i]!) / 2;
      }
      q.squaredSlopes(stretch, noise, squares);
      const memory = first ? 1 : MEMORY;
      for (let i = 0; i < dim; i++) {
        meanSquares[i]! += memory * (shift[i]! * shift[i]! - meanSquares[i]!);
        scaleSquares[i]! += memory * (squares[i]! - scaleSquares[i]!);
        shift[i]! *= rate / (1 + Math.sqrt(meanSquares[i]!));
        stretch[i]! *= rate / (1 + Math.sqrt(scaleSquares[i]!));
      }
      first = false;
      q.move(shift, stretch, noise);
      return estimate;
    }
    throw new Error(
      `Cannot fit an approximation: ${MOST_FAILURES} draws in a row had no finite log density and gradient; ` +
        "check the support of the parameters and the data for missing values",
    );
  };
}

/** What is watched for settling: the mean, and the logarithm of every standard deviation. */
function watch(q: NormalFamily, out: Float64Array): void {
  out.set(q.mean);
  for (let i = 0; i < q.dim; i++) out[q.dim + i] = Math.log(q.sd(i));
}

function accumulate(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}
