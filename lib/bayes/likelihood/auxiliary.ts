import type { ScalePrior } from "../effects/scale_prior.ts";
import { ensureScalePrior, logScalePrior, scalePriorSlope } from "../effects/scale_prior.ts";
import { ensure, suggest } from "../../core/mod.ts";
import type { ParameterBlock } from "./parameters.ts";

/** Prior of a positive parameter of a family. */
export type AuxiliaryPrior = ScalePrior | {
  readonly family: "gamma";
  readonly shape: number;
  readonly rate: number;
};

/** Defaults: weak on the scale of a predictor with unit sd. */
const DEFAULTS: Readonly<Record<string, AuxiliaryPrior>> = {
  sigma: { family: "halfStudent", scale: 2.5, degrees: 3 },
  phi: { family: "gamma", shape: 2, rate: 0.1 },
  shape: { family: "gamma", shape: 2, rate: 0.1 },
  nu: { family: "gamma", shape: 2, rate: 0.1 },
};

/**
 * The positive parameters of a family, by their logarithms.
 *
 * @param names Those that the family has.
 * @param priors By name; those left out get a weak default.
 * @throws {RangeError} If a prior is for none of the names, or not proper.
 */
export function auxiliaryBlock(
  family: string,
  names: readonly string[],
  priors: Readonly<Record<string, AuxiliaryPrior>>,
  from: number,
): ParameterBlock {
  ensureAuxiliaryPriors(family, names, priors);
  const own = names.map((name) => priors[name] ?? DEFAULTS[name]!);
  return {
    names,
    forward(q: Float64Array, values: Float64Array): void {
      for (let a = 0; a < own.length; a++) values[a] = Math.exp(q[from + a]!);
    },
    backward(q: Float64Array, values: Float64Array, slopes: Float64Array, gradient: Float64Array): number {
      let log = 0;
      for (let a = 0; a < own.length; a++) {
        const value = values[a]!, prior = logAuxiliaryPrior(own[a]!, value);
        log += prior.log + q[from + a]!; // the Jacobian of the logarithm
        gradient[from + a] = (slopes[a]! + prior.slope) * value + 1;
      }
      return log;
    },
  };
}

/** Checks priors of a family's parameters. @throws {RangeError} Naming the one that is unknown or not proper. */
export function ensureAuxiliaryPriors(
  family: string,
  names: readonly string[],
  priors: Readonly<Record<string, AuxiliaryPrior>>,
): void {
  for (const [name, prior] of Object.entries(priors)) {
    if (!names.includes(name)) {
      const hint = names.length > 0 ? suggest(name, names) : "it has none";
      throw new RangeError(
        `Cannot build the model: ${family} has no parameter ${JSON.stringify(name)}; ${hint}`,
      );
    }
    if (prior.family !== "gamma") ensureScalePrior(prior);
    else {
      const positive = prior.shape > 0 && prior.rate > 0;
      ensure(positive, "make a prior", "shape and rate", "positive", [prior.shape, prior.rate]);
    }
  }
}

/** The log density of a positive value and its slope. */
export function logAuxiliaryPrior(prior: AuxiliaryPrior, value: number): { log: number; slope: number } {
  if (prior.family !== "gamma") {
    return { log: logScalePrior(prior, value), slope: scalePriorSlope(prior, value) };
  }
  return {
    log: (prior.shape - 1) * Math.log(value) - prior.rate * value,
    slope: (prior.shape - 1) / value - prior.rate,
  };
}
