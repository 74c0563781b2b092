import { type Check, check, mean, standardDeviation } from "../../core/mod.ts";
import { paretoSmooth } from "../diagnostics/mod.ts";
import { isHorseshoe } from "../effects/horseshoe.ts";
import { logMeanPrior, placeOf } from "../effects/mean_prior.ts";
import type { HierarchicalFit } from "../fit/fitted.ts";
import { distanceCheck } from "./prior_conflict.ts";

/** How much the prior of one coefficient has to say in its posterior. */
export interface PriorSensitivity {
  /** Name of the coefficient. */
  readonly name: string;
  /**
   * Change of the posterior mean, in posterior sds, for each doubling of the prior's weight. Above 0.05 the prior has a
   * say; above 0.3 it drives the answer.
   */
  readonly shift: number;
  /** Pareto k of the reweighting; above 0.7 the shift is a rough figure. */
  readonly k: number;
  /**
   * Distance of the posterior mean from the prior's, in sds of both together: above 3 they contradict each other. A narrow prior draws the
   * posterior to itself and hides a conflict, which {@linkcode priorConflict} then shows.
   */
  readonly conflict: number;
}

/** How far the weight of a prior is raised and lowered. */
const POWER = 1.25;

/**
 * Which prior drives the answer? Each population mean's prior is raised to a power a little above and a little below 1, and
 * the draws are reweighted for it; nothing is fitted again.
 *
 * @returns One entry per coefficient with a prior of its own, not a horseshoe; the most sensitive first.
 * @see Kallioinen et al. 2024, https://doi.org/10.1007/s11222-023-10366-5 (power-scaling)
 */
export function priorSensitivity(fit: HierarchicalFit): PriorSensitivity[] {
  return fit.coefficients.flatMap(({ name, location }) => {
    if (isHorseshoe(location)) return [];
    const draws = fit.posterior.drawsOf(`mu[${name}]`);
    const logPrior = draws.map((mu) => logMeanPrior(location, mu));
    const up = reweighted(draws, logPrior, POWER - 1), down = reweighted(draws, logPrior, 1 / POWER - 1);
    const sd = standardDeviation(draws), prior = placeOf(location);
    return {
      name,
      shift: Math.abs(up.mean - down.mean) / sd / (2 * Math.log2(POWER)),
      k: Math.max(up.k, down.k),
      conflict: Math.abs(mean(draws) - prior.centre) / Math.hypot(sd, prior.spread),
    };
  }).sort((a, b) => b.shift - a.shift);
}

/** The sensitivities that deserve a word, as checks: a prior that contradicts the data, and one that drives the answer. */
export function priorChecks(sensitivities: readonly PriorSensitivity[]): Check[] {
  const conflict = sensitivities.reduce((a, b) => b.conflict > a.conflict ? b : a);
  const shift = sensitivities[0]!;
  return [
    distanceCheck(`Distance of prior and posterior, of ${conflict.name}`, {
      name: conflict.name,
      distance: conflict.conflict,
    }),
    check({
      code: "priorDriven",
      title: `Shift of the posterior mean per doubling of its prior, of ${shift.name}`,
      value: shift.shift,
      limit: { below: 1 },
      warn: { below: 0.3 },
      advice: `The prior of ${shift.name} has a large say in its answer: report it with the result.`,
      columns: [shift.name],
      source: "Kallioinen et al. 2024, https://doi.org/10.1007/s11222-023-10366-5",
    }),
  ];
}

function reweighted(draws: Float64Array, logPrior: Float64Array, power: number): { mean: number; k: number } {
  const { logWeights, k } = paretoSmooth(logPrior.map((l) => power * l));
  return { mean: draws.reduce((sum, v, i) => sum + v * Math.exp(logWeights[i]!), 0), k };
}
