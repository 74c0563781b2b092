import type { Rng } from "../../../core/mod.ts";
import type { Model } from "../../../bayes/mod.ts";
import type { Coordinate } from "./coordinate.ts";

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
export function pooledCoordinates(
  { coordinates, cohorts }: Pick<CohortSpec, "coordinates" | "cohorts">,
): number[] {
  return cohorts.length < 2 ? [] : [...coordinates.keys()].filter((c) => coordinates[c]!.byCohort);
}

/**
 * The posterior over a population's coordinates and, for those in which cohorts differ, the non-centred form
 *
 *   coordinate of cohort j = that of the population + τ zⱼ,   zⱼ ~ Normal(0, 1),   τ ~ half-normal,
 *
 * in which τ may go to 0: cohorts that do not differ become one. Cohorts have few customers each and the prior of τ has its mode
 * at 0, which is where this form walks well (Betancourt and Girolami 2013, https://arxiv.org/abs/1312.0906).
 */
export function createCohortModel(spec: CohortSpec): Model {
  const { coordinates, likelihoods, cohorts, spread } = spec;
  const own = coordinates.length, count = cohorts.length, pooled = pooledCoordinates(spec);
  const dim = own + pooled.length * (1 + count);
  const at = new Float64Array(own), slopes = new Float64Array(own);
  /** Where log τ of the k-th pooled coordinate stands; its z follow. */
  const scaleAt = (k: number): number => own + k * (1 + count);

  const moveTo = (q: Float64Array, cohort: number): void => {
    for (let c = 0; c < own; c++) at[c] = q[c]!;
    pooled.forEach((c, k) => at[c]! += Math.exp(q[scaleAt(k)]!) * q[scaleAt(k) + 1 + cohort]!);
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
      coordinates.forEach(({ belief }, c) => {
        log += belief.logDensity(q[c]!);
        gradient[c] = belief.slope(q[c]!);
      });
      for (let j = 0; j < count; j++) {
        moveTo(q, j);
        slopes.fill(0);
        log += likelihoods[j]!(at, slopes);
        for (let c = 0; c < own; c++) gradient[c]! += slopes[c]!;
        pooled.forEach((c, k) => {
          const scale = Math.exp(q[scaleAt(k)]!), z = scaleAt(k) + 1 + j;
          gradient[z]! += slopes[c]! * scale;
          gradient[scaleAt(k)]! += slopes[c]! * scale * q[z]!;
        });
      }
      pooled.forEach((_, k) => {
        const from = scaleAt(k), square = (Math.exp(q[from]!) / spread) ** 2;
        log += q[from]! - 0.5 * square;
        gradient[from]! += 1 - square;
        for (let z = from + 1; z <= from + count; z++) {
          log -= 0.5 * q[z]! ** 2;
          gradient[z]! -= q[z]!;
        }
      });
      return log;
    },
    report(q: Float64Array, out: Float64Array): void {
      out.set(q.subarray(0, own));
      pooled.forEach((c, k) => {
        const scale = Math.exp(q[scaleAt(k)]!), from = own + pooled.length + k * count;
        out[own + k] = scale;
        for (let j = 0; j < count; j++) out[from + j] = q[c]! + scale * q[scaleAt(k) + 1 + j]!;
      });
    },
  };
}

/** Coordinates of a population, drawn from what is believed of them. */
export function drawCoordinates(coordinates: readonly Coordinate[], rng: Rng): Float64Array {
  return Float64Array.from(coordinates, ({ belief }) => belief.draw(rng));
}
