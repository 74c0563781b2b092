/**
 * Multinomial no-U-turn sampling: a trajectory is doubled forwards or backwards in time until it turns back on itself,
 * and the next state is drawn from all its points by their density.
 *
 * @see Hoffman and Gelman 2014, https://jmlr.org/papers/v15/hoffman14a.html (doubling);
 * Betancourt 2017, https://arxiv.org/abs/1701.02434, appendix A (multinomial draws, the generalised criterion);
 * https://discourse.mc-stan.org/t/nuts-misses-u-turns-runs-in-circles/9727 (the checks across two halves).
 * @module
 */
import type { Rng } from "../../core/mod.ts";
import type { Model } from "../model/model.ts";
import { copyPhase, createPhase, energyOf, leapfrog, type Phase } from "./phase.ts";

/** Where a chain stands. Treat as immutable. */
export interface Position {
  /** The unconstrained point. */
  readonly q: Float64Array;
  /** The gradient of the log density there. */
  readonly gradient: Float64Array;
  /** The log density there. */
  readonly logDensity: number;
}

/** How to move: adapted in warm-up, then fixed. */
export interface Tuning {
  /** Step of the integrator in units of the metric. */
  readonly stepSize: number;
  /** About the variance of each unconstrained number. */
  readonly inverseMetric: Float64Array;
}

/** Why a trajectory ended. All but `turning` are worth a look when they are many. */
export type Outcome = "turning" | "maxDepth" | "divergent" | "badDensity";

/** What is known about one transition beside where it went. */
export interface TransitionInfo {
  /** Why the trajectory ended. */
  readonly outcome: Outcome;
  /** How often the trajectory was doubled. */
  readonly depth: number;
  /** Evaluations of the density and its gradient. */
  readonly gradients: number;
  /** Mean acceptance over all points tried, for the adaptation of the step. */
  readonly acceptance: number;
  /** The Hamiltonian at the chosen point. */
  readonly energy: number;
}

/** A run of neighbouring points of the trajectory, in the order in which they were made. */
interface Stretch {
  first: Float64Array;
  last: Float64Array;
  readonly momentumSum: Float64Array;
  logWeight: number;
  chosen: Phase;
  chosenEnergy: number;
}

/** Energy error beyond which the integrator has lost the trajectory; Stan's limit. */
const MAX_ENERGY_ERROR = 1000;

/** Makes trajectories of one model; owns the buffers, so that nothing is allocated while a trajectory grows. */
export class Trajectory {
  readonly #model: Model;
  readonly #maxDepth: number;
  readonly #ends: readonly [Phase, Phase];
  readonly #whole: Stretch;
  readonly #halves: Stretch[];
  #rng!: Rng;
  #inverseMetric!: Float64Array;
  #step = 0;
  #startEnergy = 0;
  #gradients = 0;
  #acceptance = 0;
  #outcome: Outcome = "turning";

  constructor(model: Model, maxDepth: number) {
    const { dim } = model;
    this.#model = model;
    this.#maxDepth = maxDepth;
    this.#ends = [createPhase(dim), createPhase(dim)];
    this.#whole = createStretch(dim);
    this.#halves = Array.from({ length: maxDepth + 1 }, () => createStretch(dim));
  }

  /** Draws the next position of the chain. */
  next(position: Position, tuning: Tuning, rng: Rng): [Position, TransitionInfo] {
    this.#start(position, tuning, rng);
    const whole = this.#whole;
    let depth = 0;
    this.#outcome = "maxDepth";
    while (depth < this.#maxDepth) {
      const forwards = rng.uniform() < 0.5;
      const added = this.#halves[depth]!;
      this.#step = forwards ? tuning.stepSize : -tuning.stepSize;
      const valid = this.#extend(this.#ends[forwards ? 1 : 0], depth, added);
      depth++;
      if (!valid) break;
      // Prefers the new half: the chain moves further (biased progressive sampling).
      if (Math.log(rng.uniform()) < added.logWeight - whole.logWeight) swapChosen(whole, added);
      if (!forwards) reverse(whole);
      const goesOn = this.#join(whole, added);
      if (!forwards) reverse(whole);
      if (!goesOn) {
        this.#outcome = "turning";
        break;
      }
    }
    const { q, gradient, logDensity } = whole.chosen;
    return [
      { q: q.slice(), gradient: gradient.slice(), logDensity },
      {
        outcome: this.#outcome,
        depth,
        gradients: this.#gradients,
        acceptance: this.#gradients === 0 ? 0 : this.#acceptance / this.#gradients,
        energy: whole.chosenEnergy,
      },
    ];
  }

  #start(position: Position, tuning: Tuning, rng: Rng): void {
    const [back, front] = this.#ends, whole = this.#whole;
    this.#rng = rng;
    this.#inverseMetric = tuning.inverseMetric;
    this.#gradients = this.#acceptance = 0;
    front.q.set(position.q);
    front.gradient.set(position.gradient);
    front.logDensity = position.logDensity;
    for (let i = 0; i < front.p.length; i++) front.p[i] = rng.normal() / Math.sqrt(tuning.inverseMetric[i]!);
    copyPhase(front, back);
    copyPhase(front, whole.chosen);
    whole.first.set(front.p);
    whole.last.set(front.p);
    whole.momentumSum.set(front.p);
    whole.logWeight = 0;
    this.#startEnergy = whole.chosenEnergy = energyOf(front, tuning.inverseMetric);
  }

  /** Goes 2^depth steps on from an end of the trajectory; false when it diverged or turned within. */
  #extend(end: Phase, depth: number, out: Stretch): boolean {
    if (depth === 0) return this.#leaf(end, out);
    if (!this.#extend(end, depth - 1, out)) return false;
    const second = this.#halves[depth - 1]!;
    if (!this.#extend(end, depth - 1, second)) return false;
    const total = logAddExp(out.logWeight, second.logWeight);
    if (Math.log(this.#rng.uniform()) < second.logWeight - total) swapChosen(out, second);
    const goesOn = this.#join(out, second);
    if (!goesOn) this.#outcome = "turning";
    return goesOn;
  }

  #leaf(end: Phase, out: Stretch): boolean {
    const energy = leapfrog(this.#model, end, this.#step, this.#inverseMetric);
    this.#gradients++;
    const gain = this.#startEnergy - energy;
    if (!(gain > -MAX_ENERGY_ERROR)) {
      this.#outcome = Number.isFinite(energy) ? "divergent" : "badDensity";
      return false;
    }
    this.#acceptance += gain > 0 ? 1 : Math.exp(gain);
    copyPhase(end, out.chosen);
    out.chosenEnergy = energy;
    out.logWeight = gain;
    out.first.set(end.p);
    out.last.set(end.p);
    out.momentumSum.set(end.p);
    return true;
  }

  /**
   * Appends `b` to `a`. False when the joined stretch turns back: as a whole, or from either half to the near end of the
   * other. A stretch turns when the velocity at an end points against the sum of its momenta.
   */
  #join(a: Stretch, b: Stretch): boolean {
    const metric = this.#inverseMetric, sumA = a.momentumSum, sumB = b.momentumSum;
    const firstA = a.first, lastA = a.last, firstB = b.first, lastB = b.last;
    let wholeFirst = 0, wholeLast = 0, leftFirst = 0, leftLast = 0, rightFirst = 0, rightLast = 0;
    for (let i = 0; i < metric.length; i++) {
      const m = metric[i]!, whole = sumA[i]! + sumB[i]!;
      const left = m * (sumA[i]! + firstB[i]!), right = m * (sumB[i]! + lastA[i]!);
      wholeFirst += m * whole * firstA[i]!;
      wholeLast += m * whole * lastB[i]!;
      leftFirst += left * firstA[i]!;
      leftLast += left * firstB[i]!;
      rightFirst += right * lastA[i]!;
      rightLast += right * lastB[i]!;
      sumA[i] = whole;
    }
    a.logWeight = logAddExp(a.logWeight, b.logWeight);
    [a.last, b.last] = [b.last, a.last];
    return wholeFirst > 0 && wholeLast > 0 && leftFirst > 0 && leftLast > 0 && rightFirst > 0 &&
      rightLast > 0;
  }
}

function createStretch(dim: number): Stretch {
  return {
    first: new Float64Array(dim),
    last: new Float64Array(dim),
    momentumSum: new Float64Array(dim),
    logWeight: 0,
    chosen: createPhase(dim),
    chosenEnergy: 0,
  };
}

/** Looks at a stretch in the other direction of time. */
function reverse(stretch: Stretch): void {
  [stretch.first, stretch.last] = [stretch.last, stretch.first];
}

function swapChosen(a: Stretch, b: Stretch): void {
  [a.chosen, b.chosen] = [b.chosen, a.chosen];
  [a.chosenEnergy, b.chosenEnergy] = [b.chosenEnergy, a.chosenEnergy];
}

function logAddExp(a: number, b: number): number {
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}
