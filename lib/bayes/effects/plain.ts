import type { Block, Coefficients, VaryingOptions } from "./block.ts";
import type { PriorValue } from "./location_prior.ts";
import { backMean, meanAt, type MeanPrior } from "./mean_prior.ts";
import { logScalePrior, scalePriorSlope } from "./scale_prior.ts";

/**
 * The two textbook forms of beta_j ~ Normal(mu, tau). Centred samples the beta themselves and suits groups with many rows;
 * non-centred samples z with beta = mu + tau z and suits groups with few. The point is `[log tau, then per column: mu, one
 * number per group]`, with the logarithm of mu in the place of one whose sign is known.
 *
 * @see Papaspiliopoulos, Roberts and Sköld 2007, https://doi.org/10.1214/088342307000000014
 */
export function plainBlock(form: "centred" | "nonCentred", options: VaryingOptions<MeanPrior>): Block {
  const { columns: mine, locations, scale, groups, from } = options;
  const centred = form === "centred", stride = groups + 1;
  const prior: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  return {
    from,
    dim: 1 + mine.length * stride,
    forward(q: Float64Array, { columns, values }: Coefficients): void {
      const tau = Math.exp(q[from]!);
      for (let c = 0; c < mine.length; c++) {
        const at = from + 1 + c * stride, column = mine[c]!, mu = meanAt(locations[c]!, q[at]!);
        for (let j = 0; j < groups; j++) {
          const own = q[at + 1 + j]!;
          values[j * columns + column] = centred ? own : mu + tau * own;
        }
      }
    },
    backward(q: Float64Array, { columns, values }: Coefficients, gradient: Float64Array): number {
      const tau = Math.exp(q[from]!);
      let log = logScalePrior(scale, tau) + q[from]!; // the Jacobian of log tau
      let tauSlope = scalePriorSlope(scale, tau);
      for (let c = 0; c < mine.length; c++) {
        const at = from + 1 + c * stride, column = mine[c]!, mu = meanAt(locations[c]!, q[at]!);
        let muSlope = 0;
        for (let j = 0; j < groups; j++) {
          const own = q[at + 1 + j]!, slope = values[j * columns + column]!;
          const z = centred ? (own - mu) / tau : own;
          log -= 0.5 * z * z;
          if (centred) {
            muSlope += z / tau;
            tauSlope += z * z / tau;
            gradient[at + 1 + j] = slope - z / tau;
          } else {
            muSlope += slope;
            tauSlope += slope * z;
            gradient[at + 1 + j] = slope * tau - z;
          }
        }
        if (centred) {
          log -= groups * q[from]!;
          tauSlope -= groups / tau;
        }
        backMean(locations[c]!, q[at]!, muSlope, prior);
        log += prior.log;
        gradient[at] = prior.slope;
      }
      gradient[from] = tauSlope * tau + 1;
      return log;
    },
    report(q: Float64Array, mu: Float64Array): number {
      mine.forEach((column, c) => mu[column] = meanAt(locations[c]!, q[from + 1 + c * stride]!));
      return Math.exp(q[from]!);
    },
  };
}
