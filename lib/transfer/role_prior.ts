import { normal, studentT } from "../core/distributions/mod.ts";
import type { BaseIndustry } from "./base.ts";
import { poolRandomEffects, type RandomEffects } from "./random_effects.ts";

/** Which slope of an industry is meant: through the trees' SHAP values, or of the hierarchical model's own design. */
export type SlopeKind = "shap" | "design";

/** The slope of a role in one industry. */
export interface IndustrySlope {
  /** As the mapping file calls the industry. */
  readonly name: string;
  /** Log-odds per unit. */
  readonly slope: number;
  /** Of the slope. */
  readonly standardError: number;
}

/** The slope of a role in one family: the mean over its industries. */
export interface FamilySlope {
  /** Its name. */
  readonly family: string;
  /** Log-odds per unit. */
  readonly slope: number;
  /** Of the slope. */
  readonly standardError: number;
  /** The industries behind it. */
  readonly industries: readonly IndustrySlope[];
}

/** What families say of the slope of a role. */
export interface RoleEvidence {
  /** Its name in the dictionary. */
  readonly role: string;
  /** One entry a family that has the role. */
  readonly families: readonly FamilySlope[];
  /** Pooled over families; absent where there are fewer than three. */
  readonly pooled?: RandomEffects;
  /** `agree`: the prior has the pooled mean. Otherwise it is N(0, 0.5): families `disagree` in sign, or are too `few`. */
  readonly verdict: "agree" | "disagree" | "few";
}

/** Fewer families than this say nothing of a family that was not seen. */
export const FEWEST_FAMILIES = 3;

/** The prior of a slope of which nothing is known. */
export const WEAK = { mean: 0, sd: 0.5 } as const;

/** An informed prior is never narrower. */
const NARROWEST = 0.25;

/** Brings together what industries say of a role. A family speaks once, with the mean of its industries. */
export function roleEvidence(
  role: string,
  industries: readonly BaseIndustry[],
  kind: SlopeKind,
): RoleEvidence {
  const speaking = industries.flatMap(({ family, name, roles }) => {
    const found = roles.find((of) => of.role === role);
    if (!found) return [];
    const { slope, standardError } = found[kind];
    return [{ family, name, slope, standardError }];
  });
  const families = [...Map.groupBy(speaking, ({ family }) => family)].map((
    [family, members],
  ): FamilySlope => ({
    family,
    slope: members.reduce((sum, { slope }) => sum + slope, 0) / members.length,
    standardError: Math.hypot(...members.map(({ standardError }) => standardError)) / members.length,
    industries: members.map(({ family: _, ...one }) => one),
  }));
  if (families.length < FEWEST_FAMILIES) return { role, families, verdict: "few" };
  const slopes = families.map(({ slope }) => slope);
  // A role that a forest never read has slope 0 with no error: the rule needs a positive one.
  const errors = families.map(({ standardError }) => Math.max(standardError, 1e-3));
  const agree = slopes.every((slope) => slope > 0) || slopes.every((slope) => slope < 0);
  return { role, families, pooled: poolRandomEffects(slopes, errors), verdict: agree ? "agree" : "disagree" };
}

/** Mean, scale and degrees of freedom of the slope in a family not seen. */
export interface Predictive {
  readonly mean: number;
  readonly sd: number;
  readonly degrees: number;
}

/** The informed part of a role's prior, before it is mixed with the weak one; absent where families do not agree. */
export function predictiveOf({ families, pooled, verdict }: RoleEvidence): Predictive | undefined {
  if (verdict !== "agree") return undefined;
  return {
    mean: pooled!.mean,
    sd: Math.max(pooled!.predictiveSd, NARROWEST),
    degrees: families.length - 2,
  };
}

/** The log density of an observed slope under both parts of the mixture, widened by the slope's own error. */
export function logDensities(
  prior: Predictive,
  { slope, standardError }: FamilySlope,
): { informed: number; weak: number } {
  return {
    informed: studentT(prior.degrees, prior.mean, Math.hypot(prior.sd, standardError)).logpdf(slope),
    weak: normal(WEAK.mean, Math.hypot(WEAK.sd, standardError)).logpdf(slope),
  };
}
