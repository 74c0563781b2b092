import { type Check, ensure } from "../../core/mod.ts";
import { gammaln } from "../../core/distributions/mod.ts";
import type { Numbers } from "./buyers.ts";
import { ensureParameters, type Fit, fitByName } from "./fit.ts";

/** Parameters of the Gamma-Gamma model. */
export interface GammaGammaParameters {
  /** Shape of a purchase's spend around the customer's mean. */
  readonly p: number;
  /** Shape of the gamma from which customers' rates come. */
  readonly q: number;
  /** Its rate, in the currency. */
  readonly v: number;
}

/** What customers spent. */
export interface Spend {
  /** Purchases that the mean is of. */
  readonly frequency: Numbers;
  /** Their mean, above 0 where there are any; what it is elsewhere does not matter. */
  readonly meanSpend: Numbers;
}

/** The Gamma-Gamma model with its parameters known. */
export interface GammaGamma {
  /** Its parameters, named as in the note. */
  readonly parameters: Readonly<GammaGammaParameters>;
  /** The mean of all customers: p v / (q − 1), and Infinity for q of 1 or less. */
  readonly populationMean: number;
  /** The log likelihood of customers with at least one purchase. @throws {RangeError} For spend that is not above 0. */
  logLikelihood(spend: Spend): number;
  /** The expected spend of each customer's next purchase; the population's mean for those without one. */
  expectedSpend(spend: Spend): Float64Array;
}

/**
 * Gamma-Gamma: spend varies around a mean of each customer's own, which does not depend on how often they buy.
 *
 * @throws {RangeError} If a parameter is not above 0.
 * @see Fader and Hardie 2013, "The Gamma-Gamma model of monetary value", http://brucehardie.com/notes/025; Fader, Hardie and
 * Lee 2005, doi:10.1509/jmkr.2005.42.4.415.
 *
 * @example
 * ```ts
 * import { gammaGamma } from "credible/ltv";
 * const model = gammaGamma({ p: 6.25, q: 3.74, v: 15.4 });
 * model.expectedSpend({ frequency: [0, 2], meanSpend: [NaN, 22.35] }); // [35.1, 24.6]
 * ```
 */
export function gammaGamma(parameters: GammaGammaParameters): GammaGamma {
  ensureParameters("make a Gamma-Gamma model", parameters);
  const { p, q, v } = parameters;
  const populationMean = q > 1 ? p * v / (q - 1) : Infinity;
  return {
    parameters: Object.freeze({ p, q, v }),
    populationMean,
    logLikelihood: (spend) => {
      ensureSpend("compute a likelihood", spend);
      return logLikelihood(parameters, buyersOf(spend));
    },
    expectedSpend: (spend) => {
      ensureSpend("forecast spend", spend);
      return Float64Array.from(spend.frequency, (x, i) => {
        if (x === 0) return populationMean;
        const shape = p * x + q - 1;
        return shape > 0 ? p * (v + x * spend.meanSpend[i]!) / shape : Infinity;
      });
    },
  };
}

/**
 * Fits Gamma-Gamma by maximum likelihood to the customers with at least one purchase. A second check warns where the mean of
 * all customers is infinite (q of 1 or less).
 *
 * @throws {RangeError} For spend that is not above 0 (take out customers whose returns exceed what they bought), or nobody
 * with a purchase.
 */
export function fitGammaGamma(spend: Spend): Fit<GammaGamma> {
  ensureSpend("fit Gamma-Gamma", spend);
  const rows = buyersOf(spend);
  ensure(rows.length > 0, "fit Gamma-Gamma", "frequency", "above 0 for somebody", "0 for everybody");
  const middle = rows.reduce((sum, [, m]) => sum + m, 0) / rows.length;
  const fit = fitByName(
    "Gamma-Gamma",
    { p: 5, q: 4, v: middle / 2 },
    (at) => logLikelihood(at, rows),
    gammaGamma,
  );
  return fit.model ? { ...fit, checks: [...fit.checks, finiteMean(fit.model)] } : fit;
}

type Row = readonly [frequency: number, mean: number];

function buyersOf({ frequency, meanSpend }: Spend): Row[] {
  return Array.from(frequency, (x, i) => [x, meanSpend[i]!] as const).filter(([x]) => x > 0);
}

function logLikelihood({ p, q, v }: GammaGammaParameters, rows: readonly Row[]): number {
  const base = q * Math.log(v) - gammaln(q);
  let total = 0;
  for (const [x, m] of rows) {
    const shape = p * x;
    total += base + gammaln(shape + q) - gammaln(shape) + shape * Math.log(x * m) - Math.log(m) -
      (shape + q) * Math.log(x * m + v);
  }
  return total;
}

function finiteMean({ parameters: { q } }: GammaGamma): Check {
  const finite = q > 1;
  return {
    code: "finiteMean",
    title: finite
      ? "the mean spend of all customers is finite"
      : "the mean spend of all customers is infinite",
    status: finite ? "pass" : "fail",
    value: q,
    limit: { above: 1 },
    advice: finite ? "" : "A few whales carry the mean: give no value to customers without a purchase",
  };
}

/** Throws unless frequencies count, and whoever bought paid something. */
export function ensureSpend(action: string, { frequency, meanSpend }: Spend): void {
  const n = frequency.length;
  ensure(meanSpend.length === n, action, "meanSpend", `${n} long, as frequency is`, meanSpend.length);
  for (let i = 0; i < n; i++) {
    const [x, m] = [frequency[i]!, meanSpend[i]!];
    ensure(Number.isInteger(x) && x >= 0, action, `frequency[${i}]`, "a count of purchases", x);
    ensure(x === 0 || (m > 0 && m < Infinity), action, `meanSpend[${i}]`, "above 0", m);
  }
}
