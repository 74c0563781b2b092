import { ensure } from "../../core/mod.ts";
import { type HorseshoePrior, isHorseshoe } from "../effects/horseshoe.ts";
import { isOneSided, type MeanPrior } from "../effects/mean_prior.ts";
import { ensureScalePrior, type ScalePrior } from "../effects/scale_prior.ts";
import type { AuxiliaryPrior } from "../likelihood/auxiliary.ts";
import type { Family, FamilyOptions } from "../likelihood/glm.ts";
import type { GroupedRows } from "../likelihood/likelihood.ts";

/**
 * How a coefficient differs between groups: not at all, in one of the textbook forms, or in the form that suits groups of
 * any size (the default). Where a mean's sign is known or group effects are correlated, `auto` is `nonCentred`.
 */
export type GroupEffect = "pooled" | "centred" | "nonCentred" | "auto";

/** Prior of a coefficient's mean over groups: of any sign, one-sided, or a horseshoe shared with others. */
export type CoefficientPrior = MeanPrior | HorseshoePrior;

/** One column of predictors: its prior, and how it varies. */
export interface CoefficientSpec {
  /** Name of the column, such as `intercept` or `tenure`. */
  readonly name: string;
  /** Prior of the population mean. */
  readonly location: CoefficientPrior;
  /**
   * How it differs between groups; `smooth` is the same in every group, and those with the same `sharedScale` have the first
   * one's `location` in common, one part of its mixture for all: the columns of a curve.
   *
   * @default {"auto", or "pooled" under a horseshoe}
   */
  readonly effect?: GroupEffect | "smooth";
  /** Prior of its standard deviation between groups. */
  readonly scale?: ScalePrior;
  /** Its standard deviation between groups where that is known, in the place of `effect` and `scale`. */
  readonly knownScale?: number;
  /** Coefficients with the same word here share one standard deviation; the first one's prior counts. */
  readonly sharedScale?: string;
  /** Coefficients with the same word here, or `true`, have group effects that are correlated. */
  readonly correlated?: true | string;
}

/**
 * Outcomes that are levels, with a logit link: `ordered` for levels in an order (proportional odds), `multinomial` for levels
 * without one, each of which but the first has coefficients of its own, named `income,level`.
 */
export type LevelFamily = "ordered" | "multinomial";

/** A hierarchical generalised linear model: everything that a worker needs to build it. */
export interface HierarchicalSpec extends Omit<FamilyOptions, "family"> {
  /** Distribution of the outcome. */
  readonly family: Family | LevelFamily;
  /** Data, with one column of `x` per coefficient. */
  readonly rows: GroupedRows;
  /** One per column of `rows.x`, in its order. */
  readonly coefficients: readonly CoefficientSpec[];
  /** Names of the groups. @default {"1", "2", …} */
  readonly groupNames?: readonly string[];
  /** Names of the levels of a {@linkcode LevelFamily}; `y` holds their positions. @default {"0" to the largest outcome} */
  readonly levels?: readonly string[];
  /** Priors of the family's own parameters by name, such as `sigma`, or `gap` between the cutpoints of `ordered`. */
  readonly auxiliary?: Readonly<Record<string, AuxiliaryPrior>>;
  /** Shape of the LKJ prior of correlations: 1 is flat over matrices, more favours none. @default {2} */
  readonly lkjShape?: number;
}

/** The form in which a coefficient is sampled. */
export function effectOf(
  { location, effect, correlated }: CoefficientSpec,
): GroupEffect | "smooth" {
  if (isHorseshoe(location)) return effect ?? "pooled";
  const needsForm = isOneSided(location) || correlated !== undefined;
  return effect === undefined || effect === "auto" ? (needsForm ? "nonCentred" : "auto") : effect;
}

/** Whether a coefficient is one of each group, around a mean. */
export function variesByGroup(coefficient: CoefficientSpec): boolean {
  const effect = effectOf(coefficient);
  return effect !== "pooled" && effect !== "smooth";
}

/** Checks everything but the data. @throws {RangeError} Naming the coefficient or group that is wrong. */
export function checkSpec({ rows, coefficients, groupNames }: HierarchicalSpec): void {
  const action = "build the model", width = rows.x.columns;
  ensure(coefficients.length === width, action, "coefficients", `${width} long`, coefficients.length);
  const names = new Set<string>();
  for (const { name } of coefficients) {
    ensure(!names.has(name), action, "a coefficient's name", "unique", name);
    names.add(name);
  }
  for (const coefficient of coefficients) checkCoefficient(coefficient, coefficients);
  if (!groupNames) return;
  ensure(groupNames.length === rows.groups, action, "groupNames", `${rows.groups} long`, groupNames.length);
  ensure(new Set(groupNames).size === rows.groups, action, "groupNames", "unique", groupNames);
}

function checkCoefficient(
  own: CoefficientSpec,
  all: readonly CoefficientSpec[],
): void {
  const action = "build the model", { name, scale, sharedScale, correlated, location } = own;
  if (scale) ensureScalePrior(scale);
  if (own.knownScale !== undefined) {
    const alone = own.effect === undefined && sharedScale === undefined && correlated === undefined &&
      Array.isArray(location);
    ensure(own.knownScale > 0, action, `knownScale of ${name}`, "positive", own.knownScale);
    ensure(alone, action, `knownScale of ${name}`, "left out where it has another form", own.knownScale);
  }
  if (own.effect === "smooth") {
    ensure(Array.isArray(location), action, `the prior of ${name}`, "of any sign, to be smooth", "one-sided");
  }
  for (const partner of all) {
    const shares = sharedScale !== undefined && partner.sharedScale === sharedScale;
    const together = correlated !== undefined && partner.correlated === correlated;
    if (!shares && !together) continue;
    const rule = `that of ${name}, ${shares ? "whose scale it shares" : "with which it is correlated"}`;
    const same = (partner.effect ?? "auto") === (own.effect ?? "auto");
    ensure(same, action, `the effect of ${partner.name}`, rule, partner.effect);
  }
  if (correlated !== undefined) {
    const rule = "one that varies, to be correlated";
    ensure(variesByGroup(own), action, `the effect of ${name}`, rule, own.effect);
    ensure(
      sharedScale === undefined,
      action,
      `sharedScale of ${name}`,
      "left out where it is correlated",
      sharedScale,
    );
  }
  if (isHorseshoe(location)) {
    ensure(
      effectOf(own) === "pooled",
      action,
      `the effect of ${name}`,
      "pooled under a horseshoe",
      own.effect,
    );
  }
}
