import type { Block, Coefficients } from "./block.ts";
import { evaluatePrior, type LocationPrior, type PriorValue } from "./location_prior.ts";

/** A coefficient that is the same in every group. */
export function pooledBlock(column: number, prior: LocationPrior, from: number): Block {
  const value: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  return {
    from,
    dim: 1,
    forward(q: Float64Array, { groups, columns, values }: Coefficients): void {
      for (let j = 0; j < groups; j++) values[j * columns + column] = q[from]!;
    },
    backward(q: Float64Array, { groups, columns, values }: Coefficients, gradient: Float64Array): number {
      let slope = 0;
      for (let j = 0; j < groups; j++) slope += values[j * columns + column]!;
      evaluatePrior(prior, q[from]!, 0, value);
      gradient[from] = slope + value.slope;
      return value.log;
    },
    report(q: Float64Array, mu: Float64Array): undefined {
      mu[column] = q[from]!;
    },
  };
}
