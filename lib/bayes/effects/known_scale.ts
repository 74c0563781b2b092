import type { Block, Coefficients } from "./block.ts";
import { evaluatePrior, type LocationPrior, type PriorValue } from "./location_prior.ts";

/**
 * Group coefficients beta_j ~ Normal(mu, sd) with a known sd: for levels that matter little themselves, where a scale of
 * their own would cost smaller steps. The point is `[mu, one beta per group]`.
 */
export function knownScaleBlock(
  column: number,
  location: LocationPrior,
  sd: number,
  groups: number,
  from: number,
): Block {
  const prior: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  return {
    from,
    dim: groups + 1,
    forward(q: Float64Array, { columns, values }: Coefficients): void {
      for (let j = 0; j < groups; j++) values[j * columns + column] = q[from + 1 + j]!;
    },
    backward(q: Float64Array, { columns, values }: Coefficients, gradient: Float64Array): number {
      const mu = q[from]!;
      evaluatePrior(location, mu, 0, prior);
      let log = prior.log, slope = prior.slope;
      for (let j = 0; j < groups; j++) {
        const z = (q[from + 1 + j]! - mu) / sd;
        log -= 0.5 * z * z;
        slope += z / sd;
        gradient[from + 1 + j] = values[j * columns + column]! - z / sd;
      }
      gradient[from] = slope;
      return log;
    },
    report(q: Float64Array, mu: Float64Array): undefined {
      mu[column] = q[from]!;
    },
  };
}
