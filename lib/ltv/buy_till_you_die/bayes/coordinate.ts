import { expit, log1pExp, type Rng } from "../../../core/mod.ts";
import { trigamma } from "../../../core/distributions/mod.ts";

/** What is believed of an unconstrained number before any data. */
export interface Belief {
  /** The log density at a value, up to a constant. */
  logDensity(value: number): number;
  /** Its slope there. */
  slope(value: number): number;
  /** A draw. */
  draw(rng: Rng): number;
  /** Where the density is highest. */
  readonly centre: number;
  /** The standard deviation. */
  readonly sd: number;
}

/** One unconstrained number of a model. */
export interface Coordinate {
  readonly name: string;
  readonly belief: Belief;
  /** Whether cohorts differ in it. */
  readonly byCohort: boolean;
}

/** A normal. */
export function normalBelief(mean: number, sd: number): Belief {
  return {
    logDensity: (value) => -0.5 * ((value - mean) / sd) ** 2,
    slope: (value) => (mean - value) / sd ** 2,
    draw: (rng) => mean + sd * rng.normal(),
    centre: mean,
    sd,
  };
}

/** The log odds of a share that may be anything between 0 and 1: a standard logistic. */
export function anyShare(): Belief {
  return {
    logDensity: (value) => -log1pExp(value) - log1pExp(-value),
    slope: (value) => expit(-value) - expit(value),
    draw: (rng) => {
      const share = rng.uniform();
      return Math.log(share / (1 - share));
    },
    centre: 0,
    sd: Math.PI / Math.sqrt(3),
  };
}

/** log(κ − 1) for κ ~ Pareto(1, shape): log κ = log(1 + e^value) is exponential, and e^value a ratio of two gammas. */
export function paretoExcess(shape: number): Belief {
  return {
    logDensity: (value) => -shape * log1pExp(value) - log1pExp(-value),
    slope: (value) => expit(-value) - shape * expit(value),
    draw: (rng) => Math.log(Math.expm1(rng.exponential() / shape)),
    centre: -Math.log(shape),
    sd: Math.sqrt(trigamma(1) + trigamma(shape)),
  };
}
