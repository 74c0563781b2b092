import { expit } from "../../../core/mod.ts";
import type { BgNbdParameters } from "../bg_nbd.ts";
import type { Distinct } from "../buyers.ts";
import { type GammaGamma, gammaGamma, type GammaGammaParameters } from "../gamma_gamma.ts";
import type { ParetoNbdParameters } from "../pareto_nbd.ts";
import { bgNbdLikelihood, bgNbdRows } from "./bg_nbd_likelihood.ts";
import type { CohortLikelihood } from "./cohort_model.ts";
import { anyShare, type Coordinate, normalBelief, paretoExcess } from "./coordinate.ts";
import { gammaGammaLikelihood, type SpendRows } from "./gamma_gamma_likelihood.ts";
import { paretoNbdLikelihood } from "./pareto_nbd_likelihood.ts";
import { type PurchaseModelName, type PurchaseStory, purchaseStory } from "./story.ts";

/** A model in coordinates that a sampler likes. */
export interface Family<Rows, Made> {
  /** Its coordinates. */
  readonly coordinates: readonly Coordinate[];
  /** The paper's parameters at a point. */
  parameters(at: ArrayLike<number>): Readonly<Record<string, number>>;
  /** The model there. */
  model(at: ArrayLike<number>): Made;
  /** The likelihood of a cohort. */
  likelihood(rows: Rows): CohortLikelihood;
}

/** A model of purchases in coordinates. */
export type PurchaseFamily = Family<Distinct, PurchaseStory>;

/**
 * BG/NBD and MBG/NBD in log(r/α), the mean rate of purchases; logit φ for φ = a/(a + b), the mean probability to leave; log r; and
 * log(κ − 1) for κ = a + b. Beliefs: a mean rate of about one purchase in `time`, a factor of 20 either way in 95 %; any φ; r
 * from 1/7 to 7; κ ~ Pareto(1, 1.5), as Gelman et al. (Bayesian Data Analysis, section 5.3) advise for a beta's counts.
 */
function beta(time: number, mayLeaveAtFirst: boolean): PurchaseFamily {
  const first = mayLeaveAtFirst ? 1 : 0;
  const parameters = (at: ArrayLike<number>): BgNbdParameters => {
    const r = Math.exp(at[2]!), kappa = 1 + Math.exp(at[3]!), share = expit(at[1]!);
    return { r, alpha: r / Math.exp(at[0]!), a: kappa * share, b: kappa * expit(-at[1]!) };
  };
  return {
    coordinates: [
      { name: "log rate", belief: normalBelief(-Math.log(time), 1.5), byCohort: true },
      { name: "logit leave", belief: anyShare(), byCohort: true },
      { name: "log r", belief: normalBelief(0, 1), byCohort: false },
      { name: "log(kappa − 1)", belief: paretoExcess(1.5), byCohort: false },
    ],
    parameters: (at) => ({ ...parameters(at) }),
    model: (at) => purchaseStory(mayLeaveAtFirst ? "MBG/NBD" : "BG/NBD", parameters(at)),
    likelihood(rows): CohortLikelihood {
      const prepared = bgNbdRows(rows, first), by = { r: 0, alpha: 0, a: 0, b: 0 };
      return (at, slopes) => {
        const { r, alpha, a, b } = parameters(at), kappa = a + b;
        const log = bgNbdLikelihood(r, alpha, a, b, prepared, by);
        slopes[0]! -= by.alpha * alpha;
        slopes[1]! += a * b / kappa * (by.a - by.b);
        slopes[2]! += by.r * r + by.alpha * alpha;
        slopes[3]! += (kappa - 1) * (by.a * a + by.b * b) / kappa;
        return log;
      };
    },
  };
}

/** Pareto/NBD in log(r/α), log(s/β), the mean rates of purchases and of leaving, and log r and log s. */
function pareto(time: number): PurchaseFamily {
  const parameters = (at: ArrayLike<number>): ParetoNbdParameters => {
    const r = Math.exp(at[2]!), s = Math.exp(at[3]!);
    return { r, alpha: r / Math.exp(at[0]!), s, beta: s / Math.exp(at[1]!) };
  };
  return {
    coordinates: [
      { name: "log rate", belief: normalBelief(-Math.log(time), 1.5), byCohort: true },
      { name: "log leaving rate", belief: normalBelief(-Math.log(time), 1.5), byCohort: true },
      { name: "log r", belief: normalBelief(0, 1), byCohort: false },
      { name: "log s", belief: normalBelief(0, 1), byCohort: false },
    ],
    parameters: (at) => ({ ...parameters(at) }),
    model: (at) => purchaseStory("Pareto/NBD", parameters(at)),
    likelihood(rows): CohortLikelihood {
      const by = { r: 0, alpha: 0, s: 0, beta: 0 };
      return (at, slopes) => {
        const { r, alpha, s, beta } = parameters(at);
        const log = paretoNbdLikelihood(r, alpha, s, beta, rows, by);
        slopes[0]! -= by.alpha * alpha;
        slopes[1]! -= by.beta * beta;
        slopes[2]! += by.r * r + by.alpha * alpha;
        slopes[3]! += by.s * s + by.beta * beta;
        return log;
      };
    },
  };
}

/** The coordinates of a model of purchases. @param time A time within which a purchase or so is expected. */
export function purchaseFamily(model: PurchaseModelName, time: number): PurchaseFamily {
  return model === "Pareto/NBD" ? pareto(time) : beta(time, model === "MBG/NBD");
}

/**
 * Gamma-Gamma in the log of the mean spend p v/(q − 1), log p and log(q − 1): the mean is finite. Beliefs: a mean spend within a
 * factor of 20 of `amount` in 95 %; p and q − 1 from 0.4 to 20.
 */
export function spendFamily(amount: number): Family<SpendRows, GammaGamma> {
  const parameters = (at: ArrayLike<number>): GammaGammaParameters => {
    const p = Math.exp(at[1]!), above = Math.exp(at[2]!);
    return { p, q: 1 + above, v: Math.exp(at[0]!) * above / p };
  };
  return {
    coordinates: [
      { name: "log mean spend", belief: normalBelief(Math.log(amount), 1.5), byCohort: true },
      { name: "log p", belief: normalBelief(1, 1), byCohort: false },
      { name: "log(q − 1)", belief: normalBelief(1, 1), byCohort: false },
    ],
    parameters: (at) => ({ ...parameters(at) }),
    model: (at) => gammaGamma(parameters(at)),
    likelihood(rows): CohortLikelihood {
      const by = { p: 0, q: 0, v: 0 };
      return (at, slopes) => {
        const { p, q, v } = parameters(at), log = gammaGammaLikelihood(p, q, v, rows, by);
        slopes[0]! += by.v * v;
        slopes[1]! += by.p * p - by.v * v;
        slopes[2]! += by.q * (q - 1) + by.v * v;
        return log;
      };
    },
  };
}
