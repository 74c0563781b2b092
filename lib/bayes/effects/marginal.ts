/**
 * The form that suits groups with few rows and with many: group coefficients beta_j ~ Normal(mu, tau) written as
 *
 *     beta_j = m + tau d_j,    m ~ Normal(mu, tau² / J) with mu integrated out,    ∑ d_j = 0,
 *
 * where d = Q w for standard normal w in J − 1 dimensions and an orthonormal Q. Averages of data pin m, not mu, so the
 * sampler walks on m, and mu is drawn afterwards from its exact conditional. The scale is sampled with a sign, of which
 * only |tau| is reported: there is no wall at 0 and no long tail in log tau. After each transition a slice move changes
 * log |tau| with all coefficients held fixed (the other form's natural move), which needs no new likelihood.
 *
 * @see Yu and Meng 2011, https://doi.org/10.1198/jcgs.2011.203main (interweaving); Neal 2003 (slice sampling)
 * @module
 */
import type { Rng } from "../../core/mod.ts";
import type { Block, Coefficients, VaryingOptions } from "./block.ts";
import { drawGiven, evaluatePrior, type PriorValue } from "./location_prior.ts";
import { logScalePrior, scalePriorSlope } from "./scale_prior.ts";
import { sliceStep, SMALLEST } from "./slice.ts";

/** The point is `[tau, then per column: m, w_1 … w_(J−1)]`. */
export function marginalBlock({ columns: mine, locations, scale, groups, from }: VaryingOptions): Block {
  const prior: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  const free = groups - 1, root = Math.sqrt(groups);
  /** Numbers of the point per column. */
  const stride = groups;

  /** log p(m | tau) summed over columns plus log p(tau), with tau a magnitude or signed. */
  function logPriors(q: Float64Array, tau: number): number {
    let log = logScalePrior(scale, tau);
    for (let c = 0; c < mine.length; c++) {
      evaluatePrior(locations[c]!, q[from + 1 + c * stride]!, tau * tau / groups, prior);
      log += prior.log;
    }
    return log;
  }

  return {
    from,
    dim: 1 + mine.length * stride,

    forward(q: Float64Array, { columns, values }: Coefficients): void {
      const tau = q[from]!;
      for (let c = 0; c < mine.length; c++) {
        const at = from + 1 + c * stride, column = mine[c]!, m = q[at]!;
        let sum = 0;
        for (let j = 1; j <= free; j++) sum += q[at + j]!;
        const last = sum / root, shift = free === 0 ? 0 : last / (root - 1); // Householder reflection
        for (let j = 0; j < free; j++) values[j * columns + column] = m + tau * (q[at + 1 + j]! - shift);
        values[free * columns + column] = m + tau * last;
      }
    },

    backward(q: Float64Array, { columns, values }: Coefficients, gradient: Float64Array): number {
      const tau = q[from]!;
      let log = logScalePrior(scale, tau), tauSlope = scalePriorSlope(scale, tau);
      for (let c = 0; c < mine.length; c++) {
        const at = from + 1 + c * stride, column = mine[c]!;
        let sum = 0;
        for (let j = 0; j < groups; j++) sum += values[j * columns + column]!;
        const back = free === 0 ? 0 : (values[free * columns + column]! - sum / root) / (root - 1);
        for (let j = 0; j < free; j++) {
          const w = q[at + 1 + j]!, slope = values[j * columns + column]! + back;
          log -= 0.5 * w * w;
          tauSlope += slope * w;
          gradient[at + 1 + j] = tau * slope - w;
        }
        evaluatePrior(locations[c]!, q[at]!, tau * tau / groups, prior);
        log += prior.log;
        tauSlope += prior.slopeOfExtra * 2 * tau / groups;
        gradient[at] = sum + prior.slope;
      }
      gradient[from] = tauSlope;
      return log;
    },

    report(q: Float64Array, mu: Float64Array, rng: Rng): number {
      const extra = q[from]! * q[from]! / groups;
      mine.forEach((column, c) =>
        mu[column] = drawGiven(locations[c]!, q[from + 1 + c * stride]!, extra, rng)
      );
      return Math.abs(q[from]!);
    },

    refresh(q: Float64Array, gradient: Float64Array, rng: Rng): number {
      const tau = q[from]!;
      if (!(Math.abs(tau) >= SMALLEST) || !Number.isFinite(tau)) return 0;
      let squares = 0;
      for (let c = 0; c < mine.length; c++) {
        for (let j = 1; j <= free; j++) squares += q[from + 1 + c * stride + j]! ** 2;
      }
      const deviations = squares * tau * tau, count = mine.length * free;
      // With coefficients fixed, w = deviations / tau: its normal density, its Jacobian, and that of log |tau|.
      const target = (l: number): number =>
        Math.exp(l) < SMALLEST
          ? -Infinity
          : (1 - count) * l - 0.5 * deviations * Math.exp(-2 * l) + logPriors(q, Math.exp(l));
      const moved = Math.sign(tau) * Math.exp(sliceStep(target, Math.log(Math.abs(tau)), rng));
      return moveScale(q, gradient, moved);
    },
  };

  /** Sets the scale and all w so that coefficients stay, and carries the gradient along; returns the change of log density. */
  function moveScale(q: Float64Array, gradient: Float64Array, moved: number): number {
    const tau = q[from]!, ratio = tau / moved;
    let change = -logPriors(q, tau), tauSlope = scalePriorSlope(scale, moved);
    for (let c = 0; c < mine.length; c++) {
      const at = from + 1 + c * stride;
      evaluatePrior(locations[c]!, q[at]!, tau * tau / groups, prior);
      const likelihoodSlope = gradient[at]! - prior.slope;
      evaluatePrior(locations[c]!, q[at]!, moved * moved / groups, prior);
      gradient[at] = likelihoodSlope + prior.slope;
      tauSlope += prior.slopeOfExtra * 2 * moved / groups;
      for (let j = 1; j <= free; j++) {
        const before = q[at + j]!, after = before * ratio;
        const slope = (gradient[at + j]! + before) / tau;
        change += 0.5 * (before * before - after * after);
        tauSlope += slope * after;
        q[at + j] = after;
        gradient[at + j] = moved * slope - after;
      }
    }
    q[from] = moved;
    gradient[from] = tauSlope;
    return change + logPriors(q, moved);
  }
}
