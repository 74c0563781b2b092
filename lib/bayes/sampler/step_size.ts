import type { Rng } from "../../core/mod.ts";
import type { Model } from "../model/model.ts";
import { createPhase, energyOf, leapfrog } from "./phase.ts";
import type { Position } from "./trajectory.ts";

/**
 * Adapts the step of the integrator so that the mean acceptance meets its target.
 *
 * @see Hoffman and Gelman 2014, section 3.2; the constants are Stan's.
 */
export class DualAveraging {
  readonly #target: number;
  #centre = 0;
  #count = 0;
  #meanError = 0;
  #logStep = 0;
  #logAverage = 0;

  constructor(initialStep: number, target: number) {
    this.#target = target;
    this.restart(initialStep);
  }

  /** Forgets what was learnt and starts from a step; it looks mostly at steps up to ten times as large. */
  restart(step: number): void {
    this.#centre = Math.log(10 * step);
    this.#logStep = Math.log(step);
    this.#logAverage = 0;
    this.#count = this.#meanError = 0;
  }

  /** Takes the acceptance of one transition into account. */
  update(acceptance: number): void {
    const n = ++this.#count;
    const weight = 1 / (n + 10);
    this.#meanError = (1 - weight) * this.#meanError + weight * (this.#target - acceptance);
    this.#logStep = this.#centre - Math.sqrt(n) / 0.05 * this.#meanError;
    const decay = n ** -0.75;
    this.#logAverage = decay * this.#logStep + (1 - decay) * this.#logAverage;
  }

  /** Where the adaptation stands, for a checkpoint. */
  state(): number[] {
    return [this.#centre, this.#count, this.#meanError, this.#logStep, this.#logAverage];
  }

  /** Goes on from where another with the same target stood. */
  restore(state: readonly number[]): void {
    [this.#centre, this.#count, this.#meanError, this.#logStep, this.#logAverage] = state as [
      number,
      number,
      number,
      number,
      number,
    ];
  }

  /** The step to try next. */
  get current(): number {
    return Math.exp(this.#logStep);
  }

  /** The step to keep when warm-up ends. */
  get averaged(): number {
    return this.#count === 0 ? this.current : Math.exp(this.#logAverage);
  }
}

/** A step at which one leapfrog is accepted about four times in five: doubled or halved until that line is crossed. */
export function reasonableStep(
  model: Model,
  position: Position,
  inverseMetric: Float64Array,
  rng: Rng,
): number {
  const p = Float64Array.from(inverseMetric, (m) => rng.normal() / Math.sqrt(m));
  const gainOf = (step: number): number => {
    const phase = { ...createPhase(model.dim), logDensity: position.logDensity };
    phase.q.set(position.q);
    phase.p.set(p);
    phase.gradient.set(position.gradient);
    const before = energyOf(phase, inverseMetric);
    return before - leapfrog(model, phase, step, inverseMetric);
  };
  const accepts = (step: number): boolean => gainOf(step) > Math.log(0.8);
  let step = 1;
  const grow = accepts(step);
  for (let tries = 0; tries < 50 && accepts(grow ? 2 * step : step) === grow; tries++) step *= grow ? 2 : 0.5;
  return step;
}
