import { createRng } from "../../core/mod.ts";
import type { GapPlan } from "../gaps/plan.ts";
import { thinGaps } from "../gaps/predict.ts";
import type { CoefficientSpec } from "../hierarchical/spec.ts";
import { drawNewGroup } from "./new_group.ts";
import type { Posterior } from "../sampler/posterior.ts";
import { ThinnedDraws } from "./thinned_draws.ts";

/** How many draws predictions average over: the Monte Carlo error of a probability is then a twentieth of its sd. */
const PREDICTION_DRAWS = 400;

/**
 * Thins the draws of a posterior for prediction. For a group never seen coefficients are drawn around the population of each
 * draw, correlated where the model has them so; one such group for all predictions: rows of one new business share their
 * uncertainty.
 */
export function thinDraws(
  posterior: Posterior,
  coefficients: readonly CoefficientSpec[],
  groups: readonly string[],
  parameters: readonly string[],
  gaps?: GapPlan,
): ThinnedDraws {
  const total = posterior.chains * posterior.draws, count = Math.min(total, PREDICTION_DRAWS);
  const kept = Array.from({ length: count }, (_, i) => Math.floor((i + 0.5) * total / count));
  const positions = new Map(posterior.quantities.map((name, i) => [name, i]));
  const width = posterior.quantities.length;
  const read = (name: string): number[] => {
    const at = positions.get(name)!;
    return kept.map((draw) => posterior.values[draw * width + at]!);
  };
  const own = parameters.map(read), rng = createRng(posterior.seed, "group never seen");
  const offs = drawNewGroup(coefficients, count, read, rng);
  return new ThinnedDraws({
    count,
    columns: coefficients.length,
    coefficients: [
      ...groups.map((group) =>
        Float64Array.from(coefficients.flatMap(({ name }) => read(`beta[${group},${name}]`)))
      ),
      Float64Array.from(
        coefficients.flatMap(({ name }, k) => read(`mu[${name}]`).map((mu, d) => mu + (offs[k]?.[d] ?? 0))),
      ),
    ],
    parameters: kept.map((_, i) => Float64Array.from(own, (draws) => draws[i]!)),
    ...(gaps ? { gaps: thinGaps(posterior, gaps, groups, kept) } : {}),
  });
}
