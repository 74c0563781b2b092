import { expit, log1pExp } from "../../core/mod.ts";
import { gammaln } from "../../core/distributions/mod.ts";
import { type Buyers, type Distinct, distinct, ensureBuyers, typicalAge } from "./buyers.ts";
import { type BuyerModel, buyerModel } from "./buyer_model.ts";
import { ensureParameters, type Fit, fitByName } from "./fit.ts";

/** Parameters of the Pareto/NBD model. */
export interface ParetoNbdParameters {
  /** Shape of the gamma of purchase rates. */
  readonly r: number;
  /** Its rate, in units of time. */
  readonly alpha: number;
  /** Shape of the gamma of rates of leaving. */
  readonly s: number;
  /** Its rate, in units of time. */
  readonly beta: number;
}

/** The Pareto/NBD model with its parameters known. */
export type ParetoNbd = BuyerModel<ParetoNbdParameters>;

/**
 * Pareto/NBD: customers buy at a constant rate and may leave at any moment, also between purchases.
 *
 * @throws {RangeError} If a parameter is not above 0.
 * @see Schmittlein, Morrison and Colombo 1987, doi:10.1287/mnsc.33.1.1; Fader and Hardie 2005, "A note on deriving the
 * Pareto/NBD model and related expressions", http://brucehardie.com/notes/009.
 *
 * @example
 * ```ts
 * import { paretoNbd } from "credible/ltv";
 * const model = paretoNbd({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 });
 * model.expectedPurchases(52); // 1.47 repeat purchases in a year
 * ```
 */
export function paretoNbd(parameters: ParetoNbdParameters): ParetoNbd {
  ensureParameters("make a Pareto/NBD model", parameters);
  const { r, alpha, s, beta } = parameters;
  return buyerModel("Pareto/NBD", { r, alpha, s, beta }, {
    logLikelihood: (rows) => logLikelihood(parameters, rows),
    alive: (x, last, age) => expit(-goneLogOdds(parameters, x, last, age)),
    expected: (horizon) => r / alpha * expectedLifetime(s, beta, horizon),
    whileAlive: (x, age, horizon) => (r + x) / (alpha + age) * expectedLifetime(s, beta + age, horizon),
  });
}

/**
 * Fits Pareto/NBD by maximum likelihood.
 *
 * @throws {RangeError} For counts or times that cannot be.
 */
export function fitParetoNbd(buyers: Buyers): Fit<ParetoNbd> {
  ensureBuyers("fit Pareto/NBD", buyers);
  const rows = distinct(buyers), time = typicalAge(buyers) / 3;
  const start = { r: 0.6, alpha: time, s: 0.6, beta: time };
  return fitByName("Pareto/NBD", start, (parameters) => logLikelihood(parameters, rows), paretoNbd);
}

function logLikelihood(
  parameters: ParetoNbdParameters,
  { frequency, recency, age, count }: Distinct,
): number {
  const { r, alpha, s, beta } = parameters;
  const base = r * Math.log(alpha) + s * Math.log(beta) - gammaln(r);
  let total = 0;
  for (let i = 0; i < count.length; i++) {
    const x = frequency[i]!, T = age[i]!;
    const stay = gammaln(r + x) - (r + x) * Math.log(alpha + T) - s * Math.log(beta + T);
    total += count[i]! * (base + stay + log1pExp(goneLogOdds(parameters, x, recency[i]!, T)));
  }
  return total;
}

/**
 * The log odds of having left between the last purchase and now,
 * ∫ s ((α + T)/(α + u))^(r + x) ((β + T)/(β + u))^s / (β + u) du from the last purchase to T.
 *
 * The papers write it by ₂F₁(r + s + x, ·; r + s + x + 1; z), which grows without bound; Euler's transformation (DLMF 15.8.1)
 * leaves ₂F₁(1, ·; r + s + x + 1; z) with terms below zⁿ, and powers that are taken as logs.
 */
function goneLogOdds(
  { r, alpha, s, beta }: ParetoNbdParameters,
  x: number,
  last: number,
  age: number,
): number {
  const c = r + s + x + 1, slower = alpha >= beta;
  const tail = (u: number): number =>
    slower
      ? series(r + x, c, (alpha - beta) / (alpha + u))
      : series(s + 1, c, (beta - alpha) / (beta + u)) * (alpha + u) / (beta + u);
  const growth = (r + x) * Math.log((alpha + age) / (alpha + last)) +
    s * Math.log((beta + age) / (beta + last));
  const share = tail(age) / tail(last) * Math.exp(-growth);
  return Math.log(s / (r + s + x)) + growth + Math.log(tail(last)) + Math.log1p(-Math.min(1, share));
}

/** ₂F₁(1, b; c; z) for 0 < b < c and z in [0, 1): positive terms, each below zⁿ. */
function series(b: number, c: number, z: number): number {
  let term = 1, sum = 1;
  for (let n = 0; n < 1e6 && term > Number.EPSILON / 8 * (1 - z) * sum; n++) {
    term *= (b + n) / (c + n) * z;
    sum += term;
  }
  return sum;
}

/** The expected time alive within the next t, where the rate of leaving is Gamma(s, rate β); any s, 1 included. */
function expectedLifetime(s: number, beta: number, t: number): number {
  const stretch = Math.log1p(t / beta);
  return beta * (s === 1 ? stretch : -Math.expm1((1 - s) * stretch) / (s - 1));
}
