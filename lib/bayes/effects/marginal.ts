/**
 * The form that suits groups with few rows and with many: group coefficients beta_j ~ Normal(mu, tau) written as
 *
 *     beta_j = m + tau g(tau) d_j,    m ~ Normal(mu, tau² / J) with mu integrated out,    ∑ d_j = 0,
 *
 * where d = Q w in J − 1 dimensions, Q is orthonormal and g w is standard normal. Averages of data pin m, not mu, so the
 * sampler walks on m, and mu is drawn afterwards from its exact conditional. The scale is sampled with a sign, of which
 * only |tau| is reported: there is no wall at 0 and no long tail in log tau. After each transition a slice move changes
 * log |tau| with all coefficients held fixed, which needs no new likelihood.
 *
 * g(tau) = (1 + tau² / s²)^(−1/2), with s about the standard error of a group's coefficient, is what data leave of the prior
 * sd of d: w has about unit sd in the posterior whatever tau is. Where tau is far below s this is the non-centred form, far
 * above it the centred one. With g = 1, three or four groups with much data let tau run up to where the step is too long.
 *
 * @see Yu and Meng 2011, https://doi.org/10.1198/jcgs.2011.203main (interweaving); Neal 2003 (slice sampling); Papaspiliopoulos,
 * Roberts and Sköld 2007, https://doi.org/10.1214/088342307000000014 (partial centring by what data say)
 * @module
 */
import type { Rng } from "../../core/mod.ts";
import type { Block, Coefficients, VaryingOptions } from "./block.ts";
import { drawGiven, evaluatePrior, type PriorValue } from "./location_prior.ts";
import { logScalePrior, scalePriorSlope } from "./scale_prior.ts";
import { sliceStep, SMALLEST } from "./slice.ts";

/** What the form is made of. */
export interface MarginalOptions extends VaryingOptions {
  /** About the standard error of one group's coefficient of each column; Infinity where data say nothing of it. */
  readonly errors: readonly number[];
}

/** The point is `[tau, then per column: m, w_1 … w_(J−1)]`. */
export function marginalBlock(
  { columns: mine, locations, scale, groups, from, errors }: MarginalOptions,
): Block {
  const prior: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  const precisions = errors.map((s) => 1 / (s * s));
  /** g(tau) of a column. */
  const share = (c: number, tau: number): number => 1 / Math.sqrt(1 + tau * tau * precisions[c]!);
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

  /** d / d tau of what a column adds to the density by its w: `pull` is their product with the slopes of coefficients. */
  function scaleSlope(c: number, tau: number, g: number, pull: number, squares: number): number {
    const g2 = g * g; // products: a power of 3 is a call
    return g2 * (pull * g + tau * precisions[c]! * (g2 * squares - free));
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
        const reach = tau * share(c, tau);
        for (let j = 0; j < free; j++) values[j * columns + column] = m + reach * (q[at + 1 + j]! - shift);
        values[free * columns + column] = m + reach * last;
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
        const g = share(c, tau), reach = tau * g;
        let pull = 0, squares = 0;
        for (let j = 0; j < free; j++) {
          const w = q[at + 1 + j]!, slope = values[j * columns + column]! + back;
          squares += w * w;
          pull += slope * w;
          gradient[at + 1 + j] = reach * slope - g * g * w;
        }
        log += free * Math.log(g) - 0.5 * g * g * squares;
        tauSlope += scaleSlope(c, tau, g, pull, squares);
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
      const count = mine.length * free;
      let deviations = 0;
      for (let c = 0; c < mine.length; c++) {
        const reach = tau * share(c, tau);
        for (let j = 1; j <= free; j++) deviations += (reach * q[from + 1 + c * stride + j]!) ** 2;
      }
      // With coefficients fixed: their normal density around m, and the Jacobian of log |tau|.
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
    const tau = q[from]!;
    let change = -logPriors(q, tau), tauSlope = scalePriorSlope(scale, moved);
    for (let c = 0; c < mine.length; c++) {
      const at = from + 1 + c * stride;
      evaluatePrior(locations[c]!, q[at]!, tau * tau / groups, prior);
      const likelihoodSlope = gradient[at]! - prior.slope;
      evaluatePrior(locations[c]!, q[at]!, moved * moved / groups, prior);
      gradient[at] = likelihoodSlope + prior.slope;
      tauSlope += prior.slopeOfExtra * 2 * moved / groups;
      const g = share(c, tau), h = share(c, moved), ratio = tau * g / (moved * h);
      let pull = 0, squares = 0;
      for (let j = 1; j <= free; j++) {
        const before = q[at + j]!, after = before * ratio;
        const slope = (gradient[at + j]! + g * g * before) / (tau * g);
        change += 0.5 * ((g * before) ** 2 - (h * after) ** 2);
        squares += after * after;
        pull += slope * after;
        q[at + j] = after;
        gradient[at + j] = moved * h * slope - h * h * after;
      }
      change += free * Math.log(h / g);
      tauSlope += scaleSlope(c, moved, h, pull, squares);
    }
    q[from] = moved;
    gradient[from] = tauSlope;
    return change + logPriors(q, moved);
  }
}
