import type { ScalePrior } from "../effects/scale_prior.ts";
import { ensureScalePrior, logScalePrior, scalePriorSlope } from "../effects/scale_prior.ts";
import { ensure, suggest } from "../../core/mod.ts";
import { auxiliaryNames, type Family } from "./glm.ts";

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

/** The parameters of a family beside the mean with their priors. @throws {RangeError} If one is not of this family. */
export function auxiliaryPriors(
  { family, auxiliary = {} }: {
    readonly family: Family;
    readonly auxiliary?: Readonly<Record<string, AuxiliaryPrior>>;
  },
): { readonly name: string; readonly prior: AuxiliaryPrior }[] {
  const names = auxiliaryNames(family);
  for (const [name, prior] of Object.entries(auxiliary)) {
    if (!names.includes(name)) {
      throw new RangeError(
        `Cannot build the model: ${family} has no parameter ${JSON.stringify(name)}; ${suggest(name, names)}`,
      );
    }
    if (prior.family !== "gamma") ensureScalePrior(prior);
    else {
      const positive = prior.shape > 0 && prior.rate > 0;
      ensure(positive, "make a prior", "shape and rate", "positive", [prior.shape, prior.rate]);
    }
  }
  return names.map((name) => ({ name, prior: auxiliary[name] ?? DEFAULTS[name]! }));
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
