import type { Block, Coefficients } from "./block.ts";
import type { PriorValue } from "./location_prior.ts";
import { backMean, meanAt, type MeanPrior } from "./mean_prior.ts";

/** A coefficient that is the same in every group. */
export function pooledBlock(column: number, prior: MeanPrior, from: number): Block {
  const value: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  return {
    from,
    dim: 1,
    forward(q: Float64Array, { groups, columns, values }: Coefficients): void {
      const mean = meanAt(prior, q[from]!);
      for (let j = 0; j < groups; j++) values[j * columns + column] = mean;
    },
    backward(q: Float64Array, { groups, columns, values }: Coefficients, gradient: Float64Array): number {
      let slope = 0;
      for (let j = 0; j < groups; j++) slope += values[j * columns + column]!;
      backMean(prior, q[from]!, slope, value);
      gradient[from] = value.slope;
      return value.log;
    },
    report(q: Float64Array, mu: Float64Array): undefined {
      mu[column] = meanAt(prior, q[from]!);
    },
  };
}
