import { ensure, mean, standardDeviation, suggest } from "../../core/mod.ts";
import { type LocationPrior, mixturePrior, normalPrior, studentPrior } from "../effects/location_prior.ts";
import { HORSESHOE_ACCEPTANCE, type HorseshoePrior, isHorseshoe } from "../effects/horseshoe.ts";
import type { ScalePrior } from "../effects/scale_prior.ts";
import type { CoefficientPrior, CoefficientSpec, GroupEffect } from "../hierarchical/spec.ts";
import type { Family } from "../likelihood/glm.ts";
import type { SamplerOptions } from "../sampler/chain.ts";
import type { Design } from "./design.ts";

/** What other industries say about the slope of one feature. */
export interface SlopePrior {
  /** Mean slope per one unit of the harmonised feature. */
  readonly mean: number;
  /** Predictive standard deviation for an industry that was not seen. */
  readonly sd: number;
  /** Degrees of freedom of the t; Infinity or left out for a normal. */
  readonly degrees?: number;
  /** Share of the prior on this; the rest is Normal(0, 0.5). @default {1} */
  readonly weight?: number;
}

/** Informed priors, as `priors.json` holds them. There is none for the intercept: base rates do not travel. */
export interface InformedPriors {
  /** Name and version of the scale on which slopes are per one unit. */
  readonly scale: string;
  /** By feature; features without one get the weak default. */
  readonly features: Readonly<Record<string, SlopePrior>>;
  /** Prior of the slopes' standard deviation between groups. */
  readonly tau?: ScalePrior;
  /** Families of industries that they were learnt from. */
  readonly families?: readonly string[];
}

/** How weak the default slope is, and the part of an informed prior that stands for being wrong. */
const WEAK_SD = 0.5;

/** The slope of another model's linear predictor: 1 if it is right, less if it is too sure. */
const SCORE = normalPrior(1, 0.5);

/** What {@linkcode coefficientSpecs} goes by. */
export interface PriorOptions {
  readonly family: Family;
  readonly priors?: InformedPriors;
  /** Name and version of the scale of the features at hand. */
  readonly scale?: string;
  /** Expected rate of the outcome, for the intercept. */
  readonly rate?: number;
  readonly effect?: GroupEffect | Readonly<Record<string, GroupEffect>>;
  /** Coefficients whose differences between groups are correlated. */
  readonly correlated?: readonly string[];
  /** Priors given by hand, by coefficient: they come before all others. */
  readonly locations?: Readonly<Record<string, CoefficientPrior>>;
  /** Prior of all slopes that have none by hand. */
  readonly horseshoe?: HorseshoePrior;
  /** The feature that is another model's linear predictor. */
  readonly score?: string;
}

/**
 * The prior of every coefficient: informed where there is one, else weak. For a probability, slopes are Normal(0, 0.5) per
 * unit and the intercept Normal(logit(rate), 1.5); for an amount both are relative to its mean and sd, or on its logarithm.
 * A score's slope is Normal(1, 0.5), and beside it the intercept is around 0: together they leave the score as it is. Columns
 * of a curve are a multivariate t, so that what it adds to the line is of mean square s² with median of s 0.28.
 *
 * @throws {RangeError} If informed priors are for another scale than the features have, or name no feature at hand.
 */
export function coefficientSpecs(design: Design, y: Float64Array, options: PriorOptions): CoefficientSpec[] {
  const { priors, effect = "auto", correlated = [], locations = {}, score, horseshoe } = options;
  const known = ["intercept", ...design.columns.filter((c) => !c.curve).map((c) => c.name)];
  for (const name of correlated) {
    if (!known.includes(name)) {
      throw new RangeError(`Cannot correlate ${JSON.stringify(name)}: ${suggest(name, known)}`);
    }
  }
  for (const name of Object.keys(locations)) {
    if (!known.includes(name)) {
      throw new RangeError(`Cannot use the prior of ${JSON.stringify(name)}: ${suggest(name, known)}`);
    }
  }
  if (priors) {
    ensure(
      priors.scale === options.scale,
      "use these priors",
      "the scale of the features",
      `the priors' own, ${JSON.stringify(priors.scale)}`,
      options.scale,
    );
    const names = Object.keys(priors.features);
    const shared = names.filter((name) => design.columns.some((c) => c.name === name));
    ensure(shared.length > 0, "use these priors", "features", `some of ${names.join(", ")}`, "none of them");
  }
  const { intercept, unit } = locationOf(options.family, y, options.rate);
  const weak = normalPrior(0, WEAK_SD * unit);
  const bend = studentPrior(0, 0.25 * unit, 3);
  const tau = priors?.tau ?? { family: "halfNormal", scale: 0.5 * unit };
  const effectOf = (name: string): GroupEffect =>
    typeof effect === "string" ? effect : effect[name] ?? "auto";
  const together = (name: string): { correlated?: true } =>
    correlated.includes(name) ? { correlated: true } : {};
  return [
    {
      name: "intercept",
      location: locations["intercept"] ?? normalPrior(score === undefined ? intercept : 0, 1.5 * unit),
      scale: { family: "halfNormal", scale: unit },
      effect: effectOf("intercept"),
      ...together("intercept"),
    },
    ...design.columns.map(({ name, source, curve }): CoefficientSpec => {
      if (curve) return { name, location: bend, effect: "smooth", sharedScale: `${source} curve` };
      const fallback = name === score ? SCORE : horseshoe ?? slopePriorOf(priors?.features[name], weak);
      const location = locations[name] ?? fallback;
      if (isHorseshoe(location)) return { name, location, effect: "pooled" };
      return { name, location, scale: tau, effect: effectOf(name), ...together(name) };
    }),
  ];
}

/** Options of the sampler that a prior asks for. */
export function stepsFor({ horseshoe }: { readonly horseshoe?: HorseshoePrior }): SamplerOptions {
  return horseshoe === undefined ? {} : { targetAcceptance: HORSESHOE_ACCEPTANCE };
}

/** An informed prior mixed with the weak one as its weight says; the weak one where there is none. */
export function slopePriorOf(
  prior: SlopePrior | undefined,
  weak: LocationPrior = normalPrior(0, WEAK_SD),
): LocationPrior {
  if (!prior) return weak;
  const { mean, sd, degrees = Infinity, weight = 1 } = prior;
  ensure(weight >= 0 && weight <= 1, "use these priors", "weight", "in [0, 1]", weight);
  const own = degrees === Infinity ? normalPrior(mean, sd) : studentPrior(mean, sd, degrees);
  return mixturePrior([
    ...own.map((part) => ({ ...part, weight: part.weight * weight })),
    ...weak.map((part) => ({ ...part, weight: part.weight * (1 - weight) })),
  ]);
}

/** Where the linear predictor lies, and what counts as one unit of it. */
function locationOf(family: Family, y: Float64Array, rate = 0.2): { intercept: number; unit: number } {
  switch (family) {
    case "bernoulli":
    case "binomial":
      ensure(rate > 0 && rate < 1, "use these priors", "rate", "in (0, 1)", rate);
      return { intercept: Math.log(rate / (1 - rate)), unit: 1 };
    case "normal":
    case "student":
      return { intercept: mean(y), unit: Math.max(standardDeviation(y) || 0, 1e-6) };
    case "logNormal":
      return { intercept: mean(y.map(Math.log)), unit: 1 };
    case "poisson":
    case "negativeBinomial":
    case "gamma":
      return { intercept: Math.log(Math.max(mean(y), 1e-3)), unit: 1 };
  }
}
