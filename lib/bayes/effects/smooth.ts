import type { Block, Coefficients } from "./block.ts";
import type { LocationPrior } from "./location_prior.ts";

/**
 * Coefficients that are the same in every group and lean on their prior together: one part of a mixture of normals holds for
 * all of them. With the parts of a Student-t, which differ in scale, that is a multivariate t: a penalised spline that
 * chooses its own smoothness, with the scale summed out. The point is the coefficients.
 */
export function smoothBlock(mine: readonly number[], prior: LocationPrior, from: number): Block {
  const logs = new Float64Array(prior.length);
  return {
    from,
    dim: mine.length,

    forward(q: Float64Array, { groups, columns, values }: Coefficients): void {
      for (let c = 0; c < mine.length; c++) {
        for (let j = 0; j < groups; j++) values[j * columns + mine[c]!] = q[from + c]!;
      }
    },

    backward(q: Float64Array, { groups, columns, values }: Coefficients, gradient: Float64Array): number {
      let largest = -Infinity, total = 0;
      for (let k = 0; k < prior.length; k++) {
        const { weight, mean, sd } = prior[k]!;
        let squares = 0;
        for (let c = 0; c < mine.length; c++) squares += (q[from + c]! - mean) ** 2;
        logs[k] = Math.log(weight) - mine.length * Math.log(sd) - 0.5 * squares / (sd * sd);
        largest = Math.max(largest, logs[k]!);
      }
      for (let k = 0; k < prior.length; k++) total += logs[k] = Math.exp(logs[k]! - largest);
      for (let c = 0; c < mine.length; c++) {
        let slope = 0;
        for (let j = 0; j < groups; j++) slope += values[j * columns + mine[c]!]!;
        for (let k = 0; k < prior.length; k++) {
          const { mean, sd } = prior[k]!;
          slope -= logs[k]! / total * (q[from + c]! - mean) / (sd * sd);
        }
        gradient[from + c] = slope;
      }
      return largest + Math.log(total);
    },

    report(q: Float64Array, mu: Float64Array): undefined {
      for (let c = 0; c < mine.length; c++) mu[mine[c]!] = q[from + c]!;
    },
  };
}
