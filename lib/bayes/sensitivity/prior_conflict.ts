import { type Check, check } from "../../core/mod.ts";
import { placeOf } from "../effects/mean_prior.ts";
import type { HierarchicalFit } from "../fit/fitted.ts";
import { type InformedPriors, slopePriorOf } from "../fit/priors.ts";

/** How far an informed prior lies from what the data say without it. */
export interface PriorConflict {
  /** The feature. */
  readonly name: string;
  /** Distance of the two, in sds of both together: above 3 they contradict each other. */
  readonly distance: number;
}

/**
 * Do the data contradict the priors? A narrow prior draws the posterior to itself, so a fit with the priors cannot tell. Here they are held
 * against a fit of the same rows with weak priors, in which the data speak alone.
 *
 * @param alone A fit with weak priors.
 * @returns One entry a feature that both have, the farthest first.
 * @see Presanis et al. 2013, https://doi.org/10.1214/13-STS426 (node splitting); Evans and Moshonov 2006, https://doi.org/10.1214/06-BA129
 */
export function priorConflict(priors: InformedPriors, alone: HierarchicalFit): PriorConflict[] {
  return alone.coefficients.flatMap(({ name }) => {
    if (!Object.hasOwn(priors.features, name)) return [];
    const { mean, sd } = alone.posterior.summary(`mu[${name}]`);
    const { centre, spread } = placeOf(slopePriorOf(priors.features[name]!));
    return [{ name, distance: Math.abs(mean - centre) / Math.hypot(sd, spread) }];
  }).sort((a, b) => b.distance - a.distance);
}

/** The farthest prior as a check. @throws {RangeError} If there is none. */
export function conflictCheck([farthest]: readonly PriorConflict[]): Check {
  if (!farthest) throw new RangeError("Cannot check priors: no feature of the fit has an informed prior");
  return distanceCheck(`Distance of the prior of ${farthest.name} from what the data say alone`, farthest);
}

/** A check of how far prior and data are apart, by whichever fit that was found. */
export function distanceCheck(title: string, { name, distance }: PriorConflict): Check {
  return check({
    code: "priorConflict",
    title,
    value: distance,
    limit: { below: 5 },
    warn: { below: 3 },
    advice: `The prior of ${name} says what the data deny: widen it, or find out why.`,
    columns: [name],
  });
}
