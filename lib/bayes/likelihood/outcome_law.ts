import { expit, type Rng } from "../../core/mod.ts";
import type { Family } from "./glm.ts";

/** One outcome whose linear predictor and parameters are known: what to expect of it, and one draw. */
export interface OutcomeLaw {
  /** Expected value, on the outcome's own scale. */
  mean(eta: number, auxiliary: ArrayLike<number>, trials: number): number;
  /** Variance; Infinity where there is none, as for a Student-t with 2 or fewer degrees of freedom. */
  variance(eta: number, auxiliary: ArrayLike<number>, trials: number): number;
  /** A draw. */
  draw(eta: number, auxiliary: ArrayLike<number>, trials: number, rng: Rng): number;
}

/** Means above this are returned for their draws: their noise is below a hundred-thousandth of them. */
const LARGEST_POISSON = 2 ** 31;

function drawPoisson(mean: number, rng: Rng): number {
  return mean < LARGEST_POISSON ? rng.poisson(mean) : mean;
}

/** The law of each family; parameters are those of {@linkcode auxiliaryNames}, in that order. */
export const OUTCOME_LAWS: Readonly<Record<Family, OutcomeLaw>> = {
  bernoulli: {
    mean: expit,
    variance: (eta) => expit(eta) * expit(-eta),
    draw: (eta, _auxiliary, _trials, rng) => rng.uniform() < expit(eta) ? 1 : 0,
  },
  binomial: {
    mean: (eta, _auxiliary, trials) => trials * expit(eta),
    variance: (eta, _auxiliary, trials) => trials * expit(eta) * expit(-eta),
    draw: (eta, _auxiliary, trials, rng) => rng.binomial(trials, expit(eta)),
  },
  normal: {
    mean: (eta) => eta,
    variance: (_eta, auxiliary) => auxiliary[0]! ** 2,
    draw: (eta, auxiliary, _trials, rng) => eta + auxiliary[0]! * rng.normal(),
  },
  student: {
    mean: (eta) => eta, // its centre, where one degree of freedom or less leaves no mean
    variance: (_eta, auxiliary) => {
      const sigma = auxiliary[0]!, nu = auxiliary[1]!;
      return nu > 2 ? sigma * sigma * nu / (nu - 2) : Infinity;
    },
    draw: (eta, auxiliary, _trials, rng) => {
      const half = auxiliary[1]! / 2;
      return eta + auxiliary[0]! * rng.normal() / Math.sqrt(rng.gamma(half, half));
    },
  },
  poisson: {
    mean: Math.exp,
    variance: Math.exp,
    draw: (eta, _auxiliary, _trials, rng) => drawPoisson(Math.exp(eta), rng),
  },
  negativeBinomial: {
    mean: Math.exp,
    variance: (eta, auxiliary) => Math.exp(eta) + Math.exp(2 * eta) / auxiliary[0]!,
    draw: (eta, auxiliary, _trials, rng) =>
      drawPoisson(Math.exp(eta) * rng.gamma(auxiliary[0]!, auxiliary[0]!), rng),
  },
  gamma: {
    mean: Math.exp,
    variance: (eta, auxiliary) => Math.exp(2 * eta) / auxiliary[0]!,
    draw: (eta, auxiliary, _trials, rng) => Math.exp(eta) * rng.gamma(auxiliary[0]!, auxiliary[0]!),
  },
  logNormal: {
    mean: (eta, auxiliary) => Math.exp(eta + auxiliary[0]! ** 2 / 2),
    variance: (eta, auxiliary) => Math.expm1(auxiliary[0]! ** 2) * Math.exp(2 * eta + auxiliary[0]! ** 2),
    draw: (eta, auxiliary, _trials, rng) => Math.exp(eta + auxiliary[0]! * rng.normal()),
  },
};
