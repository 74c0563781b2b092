import { ensure } from "../../core/mod.ts";
import type { Block, Coefficients } from "./block.ts";
import { backCorrelation, correlationFactor, pairsOf } from "./lkj.ts";
import type { PriorValue } from "./location_prior.ts";
import { backMean, meanAt, type MeanPrior } from "./mean_prior.ts";
import { logScalePrior, type ScalePrior, scalePriorSlope } from "./scale_prior.ts";

/** What a block of coefficients with correlated differences between groups is made of. */
export interface CorrelatedOptions {
  /** The columns whose group effects are correlated. */
  readonly columns: readonly number[];
  /** Their names, for `tau[…]` and `corr[…,…]`. */
  readonly names: readonly string[];
  /** A prior for each population mean. */
  readonly locations: readonly MeanPrior[];
  /** A prior for each standard deviation between groups. */
  readonly scales: readonly ScalePrior[];
  /** The LKJ prior's shape: 1 is flat over correlation matrices, more favours none. */
  readonly eta: number;
  /** How many groups. */
  readonly groups: number;
  /** Where the block's numbers start in the point. */
  readonly from: number;
}

/**
 * Coefficients of a group that come from one multivariate normal, beta_j ~ Normal(mu, diag(tau) R diag(tau)) with
 * R ~ LKJ(eta): businesses with a high level may be those with a steep slope. Centred samples beta; non-centred samples z
 * with beta = mu + diag(tau) L z, where R = L Lᵀ. The point is `[mu…, log tau…, the pairs of R, then per group: its numbers]`.
 *
 * @throws {RangeError} If eta is not positive or there are fewer than two columns.
 */
export function correlatedBlock(form: "centred" | "nonCentred", options: CorrelatedOptions): Block {
  const { columns: mine, names, locations, scales, eta, groups, from } = options;
  const size = mine.length, centred = form === "centred";
  ensure(eta > 0 && eta < Infinity, "correlate coefficients", "eta", "positive and finite", eta);
  ensure(size >= 2, "correlate coefficients", "the number of coefficients", "2 or more", size);
  const logTau = from + size, pairs = logTau + size, own = pairs + pairsOf(size);
  const prior: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  const mu = new Float64Array(size), tau = new Float64Array(size), factor = new Float64Array(size * size);
  const muSlopes = new Float64Array(size),
    tauSlopes = new Float64Array(size),
    factorSlopes = new Float64Array(size * size);
  /** The slopes of one group's coefficients, and what its centred form solves for. */
  const slopes = new Float64Array(size), z = new Float64Array(size), w = new Float64Array(size);

  function population(q: Float64Array): void {
    for (let k = 0; k < size; k++) {
      mu[k] = meanAt(locations[k]!, q[from + k]!);
      tau[k] = Math.exp(q[logTau + k]!);
    }
    correlationFactor(q, pairs, size, factor);
  }

  /** Carries a group's slopes back to its z; returns the log density of z. */
  function backNonCentred(q: Float64Array, at: number, gradient: Float64Array): number {
    let log = 0;
    for (let k = 0; k < size; k++) {
      const zk = q[at + k]!;
      log -= 0.5 * zk * zk;
      gradient[at + k] = -zk;
    }
    for (let i = 0; i < size; i++) {
      const slope = slopes[i]!, scaled = slope * tau[i]!;
      let deviation = 0;
      for (let k = 0; k <= i; k++) {
        deviation += factor[i * size + k]! * q[at + k]!;
        gradient[at + k]! += scaled * factor[i * size + k]!;
        factorSlopes[i * size + k]! += scaled * q[at + k]!;
      }
      muSlopes[i]! += slope;
      tauSlopes[i]! += slope * deviation;
    }
    return log;
  }

  /** Carries a group's slopes back to its beta; returns the log density of beta. */
  function backCentred(q: Float64Array, at: number, gradient: Float64Array): number {
    let log = 0;
    for (let i = 0; i < size; i++) { // L z = (beta − mu) / tau
      let rest = (q[at + i]! - mu[i]!) / tau[i]!;
      for (let k = 0; k < i; k++) rest -= factor[i * size + k]! * z[k]!;
      z[i] = rest / factor[i * size + i]!;
      log -= 0.5 * z[i]! * z[i]! + q[logTau + i]! + Math.log(factor[i * size + i]!);
    }
    for (let i = size - 1; i >= 0; i--) { // Lᵀ w = z
      let rest = z[i]!;
      for (let k = i + 1; k < size; k++) rest -= factor[k * size + i]! * w[k]!;
      w[i] = rest / factor[i * size + i]!;
    }
    for (let i = 0; i < size; i++) {
      const pull = w[i]! / tau[i]!;
      gradient[at + i] = slopes[i]! - pull;
      muSlopes[i]! += pull;
      tauSlopes[i]! += (pull * (q[at + i]! - mu[i]!) - 1) / tau[i]!;
      for (let k = 0; k <= i; k++) factorSlopes[i * size + k]! += w[i]! * z[k]!;
      factorSlopes[i * size + i]! -= 1 / factor[i * size + i]!;
    }
    return log;
  }

  return {
    from,
    dim: own - from + groups * size,

    forward(q: Float64Array, { columns, values }: Coefficients): void {
      population(q);
      for (let j = 0, at = own; j < groups; j++, at += size) {
        for (let i = 0; i < size; i++) {
          let value = q[at + i]!;
          if (!centred) {
            value = 0;
            for (let k = 0; k <= i; k++) value += factor[i * size + k]! * q[at + k]!;
            value = mu[i]! + tau[i]! * value;
          }
          values[j * columns + mine[i]!] = value;
        }
      }
    },

    backward(q: Float64Array, { columns, values }: Coefficients, gradient: Float64Array): number {
      population(q);
      muSlopes.fill(0);
      tauSlopes.fill(0);
      factorSlopes.fill(0);
      let log = 0;
      for (let j = 0, at = own; j < groups; j++, at += size) {
        for (let i = 0; i < size; i++) slopes[i] = values[j * columns + mine[i]!]!;
        log += (centred ? backCentred : backNonCentred)(q, at, gradient);
      }
      for (let k = 0; k < size; k++) {
        backMean(locations[k]!, q[from + k]!, muSlopes[k]!, prior);
        gradient[from + k] = prior.slope;
        log += prior.log + logScalePrior(scales[k]!, tau[k]!) + q[logTau + k]!; // the Jacobian of log tau
        gradient[logTau + k] = (tauSlopes[k]! + scalePriorSlope(scales[k]!, tau[k]!)) * tau[k]! + 1;
      }
      return log + backCorrelation(q, pairs, size, eta, factor, factorSlopes, gradient);
    },

    report(q: Float64Array, out: Float64Array): undefined {
      mine.forEach((column, k) => out[column] = meanAt(locations[k]!, q[from + k]!));
    },

    extras: {
      names: [
        ...names.map((name) => `tau[${name}]`),
        ...names.flatMap((a, i) => names.slice(0, i).map((b) => `corr[${b},${a}]`)),
      ],
      values(q: Float64Array): number[] {
        population(q);
        const entry = (i: number, j: number): number => {
          let sum = 0;
          for (let k = 0; k <= j; k++) sum += factor[i * size + k]! * factor[j * size + k]!;
          return sum;
        };
        return [...tau, ...names.flatMap((_, i) => Array.from({ length: i }, (_, j) => entry(i, j)))];
      },
    },
  };
}
