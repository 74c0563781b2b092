import type { InformedPriors, SlopePrior } from "../../bayes/mod.ts";
import { createRng } from "../../core/mod.ts";
import { type Base, type BaseIndustry, extractPriors, type RoleEvidence } from "../../transfer/mod.ts";

/** What other industries know, as contenders take it. */
export interface Knowledge {
  /** Priors of the slopes, with the honest sd of a family not seen. */
  readonly priors: InformedPriors;
  /** By role, what each family says. */
  readonly evidence: readonly RoleEvidence[];
  /** The industries themselves, with their trees. */
  readonly others: readonly BaseIndustry[];
}

/** What a base knows without a family. @throws {RangeError} As `extractPriors` does. */
export function knowledgeFor(base: Base, family: string): Knowledge {
  const priors = extractPriors(base, { leaveOut: family });
  return { priors, evidence: priors.state.evidence, others: base.without([family]) };
}

/** The same priors with other means. */
export function withMeans(priors: InformedPriors, mean: (of: number) => number): InformedPriors {
  return withSlopes(priors, ([role, prior]) => [role, { ...prior, mean: mean(prior.mean) }]);
}

/** The mean of all families, as sure of it as its standard error: what forgets that a new family differs. */
export function narrow({ priors, evidence }: Knowledge): InformedPriors {
  const pooled = new Map(evidence.map((of) => [of.role, of.pooled]));
  return withSlopes(priors, ([role, prior]) => {
    const of = pooled.get(role);
    return [role, of ? { mean: of.mean, sd: of.standardError } : prior];
  });
}

/** A slope that is known very well elsewhere is still not known better than this. */
const SMALLEST_SD = 0.05;

/** What one other industry, drawn by the seed, says of itself: priors from the wrong industry. */
export function wrongIndustry({ priors, others }: Knowledge, seed: number): InformedPriors {
  const one = others[createRng(seed, "wrong industry").integer(others.length)]!;
  const slopes = new Map(one.roles.map(({ role, design }) => [role, design]));
  return withSlopes(priors, ([role, prior]) => {
    const own = slopes.get(role);
    return [role, own ? { mean: own.slope, sd: Math.max(own.standardError, SMALLEST_SD) } : prior];
  });
}

function withSlopes(
  { scale, features, tau }: InformedPriors,
  change: (entry: [string, SlopePrior]) => [string, SlopePrior],
): InformedPriors {
  return {
    scale,
    features: Object.fromEntries(Object.entries(features).map(change)),
    ...(tau ? { tau } : {}),
  };
}
