import type { SlopePrior } from "../bayes/mod.ts";
import { ensure, mean } from "../core/mod.ts";
import { ROLE_NAMES } from "../features/mod.ts";
import type { Base, BaseIndustry } from "./base.ts";
import { excessLoss } from "./excess_loss.ts";
import {
  FEWEST_FAMILIES,
  logDensities,
  type Predictive,
  predictiveOf,
  type RoleEvidence,
  roleEvidence,
  type SlopeKind,
  WEAK,
} from "./role_prior.ts";
import { TransferPriors } from "./transfer_priors.ts";

/** Options of {@linkcode extractPriors}. */
export interface ExtractPriorsOptions {
  /** Families, or industries that stand for theirs, that must have no say: those that the priors will be judged on. @default none */
  readonly leaveOut?: string | readonly string[];
  /** Whether tables that are made up have a say. @default {true} */
  readonly simulated?: boolean;
}

/** The mixture never rests wholly on other industries. */
const MOST_WEIGHT = 0.8;

/** The spread of slopes between businesses is not that between industries, which are less alike. */
const TAU = { family: "halfNormal", scale: 0.5 } as const;

/**
 * Turns what industries teach into priors for the slopes of an industry not seen. Bayesian random effects over families, the
 * predictive distribution for a new family where all agree in sign, N(0, 0.5) where they do not or are fewer than three; mixed with N(0, 0.5)
 * by a weight, and from one of two kinds of slopes, both chosen by leaving out one family after the other. There is no prior for the
 * intercept: base rates do not travel.
 *
 * @throws {RangeError} If a family to leave out is unknown, or fewer than three are left.
 * @see Schmidli et al. 2014, https://doi.org/10.1111/biom.12242
 *
 * @example
 * ```ts
 * import { extractPriors, loadBase } from "credible/transfer";
 * const priors = extractPriors(await loadBase(), { leaveOut: "retail" });
 * priors.features["supportContacts"]; // more contacts, more churn, in every family that counts them
 * ```
 */
export function extractPriors(base: Base, options: ExtractPriorsOptions = {}): TransferPriors {
  const { leaveOut = [], simulated = true } = options;
  const asked = base.without(typeof leaveOut === "string" ? [leaveOut] : leaveOut);
  const industries = simulated ? asked : asked.filter(({ source }) => source.origin !== "simulated");
  const families = familiesOf(industries);
  const rule = `${FEWEST_FAMILIES} or more`;
  ensure(
    families.length >= FEWEST_FAMILIES,
    "extract priors",
    "the number of families",
    rule,
    families.length,
  );
  const gain = { shap: gainOf(industries, "shap"), design: gainOf(industries, "design") };
  const kind: SlopeKind = gain.shap > gain.design ? "shap" : "design";
  const evidence = evidenceOf(industries, kind);
  const weight = weightOf(industries, kind);
  const features = Object.fromEntries(
    evidence.map((of) => [of.role, slopePrior(predictiveOf(of), weight)] as const),
  );
  return new TransferPriors({
    scale: base.settings.scale,
    features,
    tau: TAU,
    families,
    slopes: kind,
    gain,
    evidence,
    sources: industries.map(({ name, family, source, rows }) => ({
      industry: name,
      family,
      ...source,
      used: rows,
    })),
    base: base.settings,
  });
}

function slopePrior(informed: Predictive | undefined, weight: number): SlopePrior {
  return informed && weight > 0 ? { ...informed, weight } : WEAK;
}

function familiesOf(industries: readonly BaseIndustry[]): string[] {
  return [...new Set(industries.map(({ family }) => family))];
}

function evidenceOf(industries: readonly BaseIndustry[], kind: SlopeKind): RoleEvidence[] {
  return ROLE_NAMES
    .filter((role) => industries.some(({ roles }) => roles.some((of) => of.role === role)))
    .map((role) => roleEvidence(role, industries, kind));
}

/**
 * By how much prior means of the other families lessen the log loss of a family, against slopes of 0 and with an intercept of its own:
 * the mean over families. Taken from the quadratic that the log likelihood of each industry's own design is near its top.
 */
function gainOf(industries: readonly BaseIndustry[], kind: SlopeKind): number {
  return mean(
    familiesOf(industries).map((family) => {
      const others = evidenceOf(industries.filter((one) => one.family !== family), kind);
      const means = new Map(others.map((of) => [of.role, predictiveOf(of)?.mean ?? 0]));
      return mean(
        industries.filter((one) => one.family === family).map((one) =>
          excessLoss(one, () => 0) - excessLoss(one, (role) => means.get(role) ?? 0)
        ),
      );
    }),
  );
}

/**
 * The weight of what other families say, by the log density that the mixture gives to the slopes of a family left out. One weight for all
 * roles: a role alone has a handful of families. 0 where no role has families enough to leave one out.
 */
function weightOf(industries: readonly BaseIndustry[], kind: SlopeKind): number {
  const densities = familiesOf(industries).flatMap((family) => {
    const others = evidenceOf(industries.filter((one) => one.family !== family), kind);
    const own = evidenceOf(industries.filter((one) => one.family === family), kind);
    return own.flatMap(({ role, families: [observed] }) => {
      const of = others.find((other) => other.role === role);
      const informed = of && predictiveOf(of);
      return informed ? [logDensities(informed, observed!)] : [];
    });
  });
  const grid = Array.from({ length: 81 }, (_, k) => MOST_WEIGHT * k / 80);
  const scores = grid.map((w) =>
    densities.reduce(
      (sum, { informed, weak }) => sum + Math.log(w * Math.exp(informed) + (1 - w) * Math.exp(weak)),
      0,
    )
  );
  return grid[scores.indexOf(Math.max(...scores))]!;
}
