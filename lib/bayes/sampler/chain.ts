import { ensure, type Rng } from "../../core/mod.ts";
import type { Model } from "../model/model.ts";
import { DoublingWindows, DrawsAndGradients, type MetricState } from "./metric.ts";
import { DualAveraging, reasonableStep } from "./step_size.ts";
import { type Position, Trajectory, type TransitionInfo, type Tuning } from "./trajectory.ts";

/** How chains adapt and move. */
export interface SamplerOptions {
  /** Transitions of adaptation, thrown away. @default {1000} */
  readonly warmup?: number;
  /** Transitions kept, per chain. @default {1000} */
  readonly draws?: number;
  /** Mean acceptance aimed at, in (0, 1); closer to 1 means smaller steps and fewer divergences. @default {0.8} */
  readonly targetAcceptance?: number;
  /** Trajectories are doubled at most so often. @default {10} */
  readonly maxDepth?: number;
  /** How the metric is learnt: from draws and gradients, or in Stan's doubling windows. @default {"gradients"} */
  readonly metric?: "gradients" | "windows";
}

/** Options with every default filled in. */
export type ResolvedOptions = Required<SamplerOptions>;

/** Checks options and fills in defaults. @throws {RangeError} Naming the option that is out of range. */
export function resolveOptions(options: SamplerOptions): ResolvedOptions {
  const { warmup = 1000, draws = 1000, targetAcceptance = 0.8, maxDepth = 10, metric = "gradients" } =
    options;
  const action = "sample";
  ensure(Number.isInteger(warmup) && warmup >= 20, action, "warmup", "an integer, 20 or more", warmup);
  ensure(Number.isInteger(draws) && draws >= 4, action, "draws", "an integer, 4 or more", draws);
  ensure(
    targetAcceptance > 0 && targetAcceptance < 1,
    action,
    "targetAcceptance",
    "in (0, 1)",
    targetAcceptance,
  );
  ensure(
    Number.isInteger(maxDepth) && maxDepth >= 1 && maxDepth <= 20,
    action,
    "maxDepth",
    "in 1 to 20",
    maxDepth,
  );
  return { warmup, draws, targetAcceptance, maxDepth, metric };
}

/** A chain between two transitions, in warm-up or after. */
export interface ChainState {
  /** Where it stands. */
  readonly position: Position;
  /** How it will move. */
  readonly tuning: Tuning;
}

/** One transition of a running chain. */
export interface ChainStep {
  readonly iteration: number;
  readonly state: ChainState;
  readonly info: TransitionInfo;
}

/** How often a starting point is drawn before giving up. */
const MAX_STARTS = 100;

/**
 * A starting point at which density and gradient are finite: uniform on (−1, 1) in every unconstrained number, drawn
 * again, closer and closer to 0, while it is not.
 *
 * @throws {Error} If no such point is found.
 */
export function initialPosition(model: Model, rng: Rng): Position {
  const gradient = new Float64Array(model.dim);
  for (let tries = 0; tries < MAX_STARTS; tries++) {
    const width = 0.9 ** Math.max(0, tries - 10);
    const q = rng.uniforms(model.dim).map((u) => width * (2 * u - 1));
    const logDensity = model.logDensity(q, gradient);
    if (Number.isFinite(logDensity) && gradient.every(Number.isFinite)) return { q, gradient, logDensity };
  }
  throw new Error(
    `Cannot start a chain: in ${MAX_STARTS} tries no point with finite log density and gradient was found; ` +
      "check the support of the parameters and the data for missing values",
  );
}

/**
 * Pure transitions of one model: `step` takes a state and a stream of random numbers and gives the next state and what
 * happened on the way. The state it was given is not changed.
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { createSampler, defineModel, real } from "credible/bayes";
 * const normal = defineModel({ x: real() }, ({ x }, gradient) => {
 *   gradient.x[0] = -x[0]!;
 *   return -0.5 * x[0]! ** 2;
 * });
 * const sampler = createSampler(normal);
 * const rng = createRng(7, "one step");
 * const tuning = { stepSize: 0.5, inverseMetric: Float64Array.of(1) };
 * const [next, info] = sampler.step({ position: sampler.init(rng), tuning }, rng);
 * if (info.gradients < 1 || next.tuning !== tuning) throw new Error("a step moves and keeps its tuning");
 * ```
 */
export function createSampler(model: Model, options: { readonly maxDepth?: number } = {}): {
  init(rng: Rng): Position;
  step(state: ChainState, rng: Rng): [ChainState, TransitionInfo];
} {
  const trajectory = new Trajectory(model, options.maxDepth ?? 10);
  return {
    init: (rng) => initialPosition(model, rng),
    step({ position, tuning }: ChainState, rng: Rng): [ChainState, TransitionInfo] {
      const [moved, info] = trajectory.next(position, tuning, rng);
      return [{ position: refreshed(model, moved, rng), tuning }, info];
    },
  };
}

/** Makes the model's own extra move, on copies that the trajectory has just made. */
function refreshed(model: Model, position: Position, rng: Rng): Position {
  if (!model.refresh) return position;
  const { q, gradient } = position;
  return { q, gradient, logDensity: model.refresh(q, gradient, position.logDensity, rng) };
}

/** A chain between two transitions with all that it has learnt, as plain data: what a checkpoint keeps. */
export interface ChainSnapshot {
  /** Transitions made. */
  readonly iteration: number;
  readonly position: Position;
  readonly metric: MetricState;
  readonly steps: readonly number[];
}

/** A transition, and the chain as it stands after it. */
export interface RunningStep extends ChainStep {
  /** To be called before the chain goes on. */
  snapshot(): ChainSnapshot;
}

/**
 * Runs one chain, warm-up and draws; yields after each transition, so that a caller can store, show or stop it.
 *
 * @param rng The chain's stream; with `from`, standing where it stood when the snapshot was taken.
 * @param from Where to go on, with the same model and options.
 */
export function* runChain(
  model: Model,
  options: ResolvedOptions,
  rng: Rng,
  from?: ChainSnapshot,
): Generator<RunningStep, void> {
  const { warmup, draws, targetAcceptance, maxDepth } = options;
  const sampler = createSampler(model, { maxDepth });
  let position = from?.position ?? sampler.init(rng);
  const metric = options.metric === "windows"
    ? new DoublingWindows(warmup, model.dim)
    : new DrawsAndGradients(warmup, position.gradient);
  if (from) metric.restore(from.metric);
  const firstStep = from ? 1 : reasonableStep(model, position, metric.inverse, rng);
  const steps = new DualAveraging(firstStep, targetAcceptance);
  if (from) steps.restore(from.steps);
  for (let iteration = from?.iteration ?? 0; iteration < warmup + draws; iteration++) {
    const warming = iteration < warmup;
    const stepSize = warming ? steps.current : steps.averaged;
    const tuning = { stepSize, inverseMetric: metric.inverse };
    const [state, info] = sampler.step({ position, tuning }, rng);
    position = state.position;
    if (warming) {
      steps.update(info.acceptance);
      const usable = info.outcome !== "divergent" && info.outcome !== "badDensity";
      const change = metric.update(iteration, position.q, position.gradient, usable);
      if (change === "large") steps.restart(reasonableStep(model, position, metric.inverse, rng));
    }
    yield {
      iteration,
      state,
      info,
      snapshot: () => ({
        iteration: iteration + 1,
        position: state.position,
        metric: metric.state(),
        steps: steps.state(),
      }),
    };
  }
}
