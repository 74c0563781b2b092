import type { Model } from "../model/model.ts";
import type { Position } from "../sampler/trajectory.ts";
import { type Change, Curvature, dot, updateDiagonal } from "./curvature.ts";

/** A stop on the way up: a point, and the curvature as known there. */
export interface Stop {
  readonly position: Position;
  readonly curvature: Curvature;
}

/** Options of {@linkcode climb}. */
export interface ClimbOptions {
  /** Changes remembered. */
  readonly history: number;
  /** Steps at most. */
  readonly maxSteps: number;
  /** Called for each evaluation of the density. */
  readonly counted: () => void;
}

/** A change whose curvature is smaller than this part of |z|² is not learnt from (Zhang et al. 2022, algorithm 3). */
const FLAT = 1e-12;
/** The gain of log density that a full step still promises, below which the top is reached. */
const SMALL_GAIN = 1e-8;

/**
 * Climbs to a maximum of the log density by L-BFGS; every step that teaches curvature is a stop. Ends at the top, or where
 * no step leads up.
 *
 * @see Nocedal and Wright 2006, *Numerical Optimization*, chapters 3 and 7
 */
export function* climb(model: Model, start: Position, options: ClimbOptions): Generator<Stop, void> {
  let position = start,
    curvature: Curvature | undefined,
    alpha: Float64Array = new Float64Array(model.dim).fill(1);
  const history: Change[] = [];
  for (let step = 0; step < options.maxSteps; step++) {
    const { gradient } = position;
    const direction = curvature ? curvature.apply(gradient) : gradient.slice();
    const slope = dot(direction, gradient);
    if (!(slope > 2 * SMALL_GAIN)) return;
    // Without curvature the gradient's length means nothing: try a step of length 1.
    const reach = curvature ? 1 : 1 / Math.sqrt(slope);
    const next = lineSearch(model, position, direction, reach, options.counted);
    if (!next) return;
    const change: Change = {
      s: next.q.map((v, i) => v - position.q[i]!),
      z: next.gradient.map((v, i) => position.gradient[i]! - v),
    };
    position = next;
    if (!(dot(change.s, change.z) > FLAT * dot(change.z, change.z))) continue;
    alpha = updateDiagonal(alpha, change);
    history.push(change);
    if (history.length > options.history) history.shift();
    const learnt = Curvature.of(alpha, history);
    if (!learnt) return;
    curvature = learnt;
    yield { position, curvature };
  }
}

/** Gains demanded of a step: this part of what the slope promises (Armijo), and a slope that has fallen to this part (Wolfe). */
const ARMIJO = 1e-4, WOLFE = 0.9;
const MOST_TRIES = 40;

/** A step that satisfies the Wolfe conditions, by bisection and doubling; undefined when none is found. */
function lineSearch(
  model: Model,
  { q, gradient, logDensity }: Position,
  direction: Float64Array,
  reach: number,
  counted: () => void,
): Position | undefined {
  const slope = dot(direction, gradient);
  let low = 0, high = Infinity, best: Position | undefined;
  for (let tries = 0, step = reach; tries < MOST_TRIES; tries++) {
    const tried = q.map((v, i) => v + step * direction[i]!), there = new Float64Array(q.length);
    const value = model.logDensity(tried, there);
    counted();
    const usable = Number.isFinite(value) && there.every(Number.isFinite);
    if (!usable || value < logDensity + ARMIJO * step * slope) high = step;
    else {
      best = { q: tried, gradient: there, logDensity: value };
      if (dot(there, direction) <= WOLFE * slope) return best;
      low = step;
    }
    step = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return best;
}
