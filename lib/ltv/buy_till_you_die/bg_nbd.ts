import { expit } from "../../core/mod.ts";
import { betaln, gammaln } from "../../core/distributions/mod.ts";
import { betaGeometricLogLikelihood, goneLogOdds } from "./beta_geometric.ts";
import { type Buyers, distinct, ensureBuyers, typicalAge } from "./buyers.ts";
import { type BuyerModel, buyerModel } from "./buyer_model.ts";
import { ensureHorizon, ensureParameters, type Fit, fitByName } from "./fit.ts";
import { purchasesWhileAlive } from "./purchases_while_alive.ts";

/** Parameters of the BG/NBD model. */
export interface BgNbdParameters {
  /** Shape of the gamma of purchase rates. */
  readonly r: number;
  /** Its rate, in units of time. */
  readonly alpha: number;
  /** First parameter of the beta of the probability to leave after a purchase. */
  readonly a: number;
  /** Its second parameter. */
  readonly b: number;
}

/** The BG/NBD model with its parameters known. */
export interface BgNbd extends BuyerModel<BgNbdParameters> {
  /** The probability that a new customer repeats `count` times within `horizon`. */
  countProbability(count: number, horizon: number): number;
}

/**
 * BG/NBD: customers buy at a constant rate and may leave right after a repeat purchase. Who never repeated cannot have left, so
 * their probability to be alive is 1; where that is wrong take {@linkcode mbgNbd}.
 *
 * @throws {RangeError} If a parameter is not above 0.
 * @see Fader, Hardie and Lee 2005, "Counting your customers" the easy way, doi:10.1287/mksc.1040.0098.
 *
 * @example
 * ```ts
 * import { bgNbd } from "credible/ltv";
 * const model = bgNbd({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 });
 * model.aliveProbability({ frequency: [2], recency: [30.43], age: [38.86] }); // 0.73
 * ```
 */
export function bgNbd(parameters: BgNbdParameters): BgNbd {
  ensureParameters("make a BG/NBD model", parameters);
  const { r, alpha, a, b } = parameters;
  const model = buyerModel("BG/NBD", { r, alpha, a, b }, {
    logLikelihood: (rows) => betaGeometricLogLikelihood(parameters, rows, 0),
    alive: (x, last, age) => x === 0 ? 1 : expit(-goneLogOdds(parameters, x, last, age, 0)),
    expected: (horizon) => purchasesWhileAlive(r, alpha, a, b, horizon),
    whileAlive: (x, age, horizon) => purchasesWhileAlive(r + x, alpha + age, a, b + x, horizon),
  });
  return { ...model, countProbability: (count, horizon) => countProbability(parameters, count, horizon) };
}

/**
 * Fits BG/NBD by maximum likelihood.
 *
 * @throws {RangeError} For counts or times that cannot be.
 */
export function fitBgNbd(buyers: Buyers): Fit<BgNbd> {
  ensureBuyers("fit BG/NBD", buyers);
  const rows = distinct(buyers), start = { r: 0.5, alpha: typicalAge(buyers) / 4, a: 0.7, b: 2 };
  return fitByName("BG/NBD", start, (parameters) => betaGeometricLogLikelihood(parameters, rows, 0), bgNbd);
}

/** Equation 8. */
function countProbability({ r, alpha, a, b }: BgNbdParameters, x: number, t: number): number {
  ensureHorizon(t);
  const stay = Math.log(alpha / (alpha + t)), buy = Math.log(t / (alpha + t));
  const negativeBinomial = (j: number): number =>
    Math.exp(gammaln(r + j) - gammaln(r) - gammaln(j + 1) + r * stay + (j > 0 ? j * buy : 0));
  const alive = Math.exp(betaln(a, b + x) - betaln(a, b)) * negativeBinomial(x);
  if (x === 0) return alive;
  let fewer = 0;
  for (let j = 0; j < x; j++) fewer += negativeBinomial(j);
  return alive + Math.exp(betaln(a + 1, b + x - 1) - betaln(a, b)) * (1 - fewer);
}
