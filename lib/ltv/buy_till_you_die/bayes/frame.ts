import { cholesky } from "../../../core/mod.ts";
import { maximise } from "../maximise.ts";
import type { CohortLikelihood } from "./cohort_model.ts";
import type { Coordinate } from "./coordinate.ts";

/** A linear change of coordinates: at = centre + lower · q, `lower` a lower triangle by rows. */
export interface Frame {
  readonly centre: Float64Array;
  readonly lower: Float64Array;
}

/**
 * The frame in which the posterior of a population looks most like a standard normal: around its mode, by its curvature there. The
 * numbers of a buy-till-you-die model go together (in MBG/NBD with correlations of 0.9), which a sampler that scales each number
 * alone walks badly. Without a mode that Newton's method finds, beliefs alone give centre and scale.
 */
export function findFrame(
  coordinates: readonly Coordinate[],
  likelihoods: readonly CohortLikelihood[],
): Frame {
  const k = coordinates.length, unused = new Float64Array(k);
  const centre = Float64Array.from(coordinates, ({ belief }) => belief.centre);
  const posterior = (at: Float64Array): number =>
    coordinates.reduce((log, { belief }, c) => log + belief.logDensity(at[c]!), 0) +
    likelihoods.reduce((log, likelihood) => log + likelihood(at, unused), 0);
  const found = maximise(posterior, [...centre].map(Math.exp)); // its numbers are logs of what it is given
  const lower = found.covariance && cholesky(found.covariance);
  if (lower) return { centre: found.at, lower: lower.values };
  const alone = new Float64Array(k * k);
  coordinates.forEach(({ belief }, c) => alone[c * k + c] = belief.sd);
  return { centre, lower: alone };
}

/** Where a cohort's own data alone would put its coordinate, and with which variance. */
export interface OwnEstimate {
  readonly at: number;
  readonly variance: number;
}

/** So little is said by data that say nothing. */
const NOTHING: OwnEstimate = { at: 0, variance: 1e6 };

/** One Newton step from the population's centre, for one coordinate of a cohort, the others left where they are. */
export function ownEstimate(
  likelihood: CohortLikelihood,
  centre: Float64Array,
  coordinate: number,
): OwnEstimate {
  const step = 0.05;
  const slope = (by: number): number => {
    const at = centre.slice(), slopes = new Float64Array(centre.length);
    at[coordinate]! += by;
    likelihood(at, slopes);
    return slopes[coordinate]!;
  };
  const variance = 2 * step / (slope(-step) - slope(step));
  if (!(variance > 0 && variance < NOTHING.variance)) return { ...NOTHING, at: centre[coordinate]! };
  const move = Math.max(-2, Math.min(2, slope(0) * variance));
  return { at: centre[coordinate]! + move, variance };
}
