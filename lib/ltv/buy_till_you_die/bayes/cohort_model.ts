import type { Rng } from "../../../core/mod.ts";
import type { Model } from "../../../bayes/mod.ts";
import type { Coordinate } from "./coordinate.ts";
import { findFrame, ownEstimate } from "./frame.ts";

/** The likelihood of a cohort's customers, by the coordinates of a model. */
export interface CohortLikelihood {
  /** The log likelihood at these coordinates; its slopes are added to `slopes`. */
  (at: Float64Array, slopes: Float64Array): number;
}

/** A model whose coordinates are partially pooled over cohorts. */
export interface CohortSpec {
  readonly coordinates: readonly Coordinate[];
  /** What each cohort's customers did. */
  readonly likelihoods: readonly CohortLikelihood[];
  /** The names of the cohorts. */
  readonly cohorts: readonly string[];
  /** The sd of the half-normal prior of how much cohorts differ. */
  readonly spread: number;
}

/** The name of a cohort's own coordinate among the quantities of a posterior. */
export function ofCohort(coordinate: string, cohort: string): string {
  return `${coordinate}[${cohort}]`;
}

/** The coordinates in which cohorts differ: none where there is one cohort only. */
function pooledCoordinates({ coordinates, cohorts }: CohortSpec): number[] {
  return cohorts.length < 2 ? [] : [...coordinates.keys()].filter((c) => coordinates[c]!.byCohort);
}

/**
 * The posterior over a population's coordinates and, for those in which cohorts differ,
 *
 *   coordinate of cohort j = μ + τ uⱼ,   uⱼ ~ Normal(0, 1),   τ ~ half-normal.
 *
 * τ may go to 0: cohorts that do not differ become one. Walking in u itself (the non-centred form) is right for cohorts of few
 * customers, in the coordinate itself for cohorts of many. So a cohort walks in the number that is standard normal given μ and τ,
 * were its likelihood a normal around eⱼ with variance sⱼ²,
 *
 *   zⱼ   with   uⱼ = τ (eⱼ − μ) / (τ² + sⱼ²) + sⱼ zⱼ / √(τ² + sⱼ²),
 *
 * which is one or the other where sⱼ is large or small. τ is walked with a sign, which changes nothing but that of all u: 0 is a
 * place like any other then, and not infinitely far as on the log scale. The population's coordinates are walked in their
 * {@linkcode findFrame}.
 */
export function createCohortModel(spec: CohortSpec): Model {
  const { coordinates, likelihoods, cohorts, spread } = spec;
  const own = coordinates.length, count = cohorts.length, pooled = pooledCoordinates(spec);
  const dim = own + pooled.length * (1 + count);
  const population = new Float64Array(own), byPopulation = new Float64Array(own);
  const at = new Float64Array(own), slopes = new Float64Array(own), unit = new Float64Array(own);
  const { centre, lower } = findFrame(coordinates, likelihoods);
  const estimates = pooled.map((c) => likelihoods.map((likelihood) => ownEstimate(likelihood, centre, c)));
  /** Where τ of the k-th pooled coordinate stands; its z follow. */
  const scaleAt = (k: number): number => own + k * (1 + count);

  const locate = (q: Float64Array): void => {
    for (let c = 0; c < own; c++) {
      population[c] = centre[c]!;
      for (let d = 0; d <= c; d++) population[c]! += lower[c * own + d]! * q[d]!;
    }
  };
  /** Fills `at` and, for its pooled coordinates, `unit` with the cohort's u. */
  const moveTo = (q: Float64Array, cohort: number): void => {
    at.set(population);
    pooled.forEach((c, k) => {
      const tau = q[scaleAt(k)]!,
        z = q[scaleAt(k) + 1 + cohort]!,
        { at: e, variance } = estimates[k]![cohort]!;
      const both = tau * tau + variance;
      unit[c] = tau * (e - population[c]!) / both + z * Math.sqrt(variance / both);
      at[c]! += tau * unit[c]!;
    });
  };

  return {
    dim,
    quantities: [
      ...coordinates.map(({ name }) => name),
      ...pooled.map((c) => `tau[${coordinates[c]!.name}]`),
      ...pooled.flatMap((c) => cohorts.map((cohort) => ofCohort(coordinates[c]!.name, cohort))),
    ],
    logDensity(q: Float64Array, gradient: Float64Array): number {
      let log = 0;
      gradient.fill(0);
      locate(q);
      coordinates.forEach(({ belief }, c) => {
        log += belief.logDensity(population[c]!);
        byPopulation[c] = belief.slope(population[c]!);
      });
      for (let j = 0; j < count; j++) {
        moveTo(q, j);
        slopes.fill(0);
        log += likelihoods[j]!(at, slopes);
        for (let c = 0; c < own; c++) byPopulation[c]! += slopes[c]!;
        pooled.forEach((c, k) => {
          const scale = scaleAt(k),
            tau = q[scale]!,
            z = scale + 1 + j,
            { at: e, variance } = estimates[k]![j]!;
          const both = tau * tau + variance, share = Math.sqrt(variance / both), u = unit[c]!;
          const byUnit = slopes[c]! * tau - u;
          log -= 0.5 * (u * u + Math.log(both)); // the second from the change of u to z
          gradient[z] = byUnit * share;
          byPopulation[c]! -= byUnit * tau / both;
          const unitByTau = ((e - population[c]!) * (variance - tau * tau) / both - share * q[z]! * tau) /
            both;
          gradient[scale]! += slopes[c]! * u + byUnit * unitByTau - tau / both;
        });
      }
      for (let c = 0; c < own; c++) {
        for (let d = 0; d <= c; d++) gradient[d]! += lower[c * own + d]! * byPopulation[c]!;
      }
      pooled.forEach((_, k) => {
        const tau = q[scaleAt(k)]! / spread;
        log -= 0.5 * tau * tau;
        gradient[scaleAt(k)]! -= tau / spread;
      });
      return log;
    },
    report(q: Float64Array, out: Float64Array): void {
      locate(q);
      out.set(population);
      for (let j = 0; j < count; j++) {
        moveTo(q, j);
        pooled.forEach((c, k) => out[own + pooled.length + k * count + j] = at[c]!);
      }
      pooled.forEach((_, k) => out[own + k] = Math.abs(q[scaleAt(k)]!));
    },
  };
}

/** Coordinates of a population, drawn from what is believed of them. */
export function drawCoordinates(coordinates: readonly Coordinate[], rng: Rng): Float64Array {
  return Float64Array.from(coordinates, ({ belief }) => belief.draw(rng));
}
