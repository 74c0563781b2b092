import type { NaturalSpline } from "../fit/spline.ts";

/** What all features with gaps have. */
export interface AnyGapFeature {
  /** Name of the feature. */
  readonly name: string;
  /** The columns of x that it is told from, besides an intercept that is the business's own. */
  readonly regressors: readonly number[];
  /** The columns of x that it fills: levels, or the number and then its curve. */
  readonly columns: readonly number[];
}

/** A feature of few values, which are summed over where it is missing. */
export interface StateFeature extends AnyGapFeature {
  /** Tells the two kinds apart. */
  readonly kind: "states";
  /** Names of its values. */
  readonly states: readonly string[];
  /** What it fills its columns with: `[state][column]`. */
  readonly values: readonly (readonly number[])[];
}

/** A feature on a scale, whose missing values are parameters. */
export interface NumberFeature extends AnyGapFeature {
  /** Tells the two kinds apart. */
  readonly kind: "number";
  /** The splines of its curve, one per column after the first. */
  readonly curves: readonly NaturalSpline[];
}

/** A feature that some training rows lack. */
export type GapFeature = StateFeature | NumberFeature;

/**
 * How features with gaps are told from the others: one after the other, each from the columns without gaps and from the
 * features before it, so that together they have one joint distribution. Those of few values come first; given them, the
 * numbers are jointly normal. Plain data.
 *
 * @see Ibrahim, Lipsitz and Chen 1999, https://doi.org/10.1111/1467-9868.00162
 */
export interface GapPlan {
  /** In the order in which they are told. */
  readonly features: readonly GapFeature[];
  /** Names of the columns of x. */
  readonly names: readonly string[];
  /** Mean of each column of x where it is known; regressions use columns less their mean, over their sd. */
  readonly means: readonly number[];
  /** Standard deviation of each column of x where it is known. */
  readonly sds: readonly number[];
}

/** More ways than this to fill the features of few values in one row are refused: 2 ^ 6. */
export const MOST_WAYS = 64;

/** Standard deviation between businesses of the levels of a feature's regression, in standard deviations of the feature. */
export const LEVEL_SD = 0.3;

/** All ways to fill the missing features of few values of a row: one state for each of those features. */
export function waysToFill(plan: GapPlan, missing: readonly number[]): number[][] {
  const hidden = missing.map((f) => plan.features[f]!).filter((feature) => feature.kind === "states");
  let ways: number[][] = [[]];
  for (const { states } of hidden) ways = ways.flatMap((way) => states.map((_, s) => [...way, s]));
  return ways;
}

/** How many {@linkcode waysToFill} there are. */
export function countWays(plan: GapPlan, missing: readonly number[]): number {
  return missing.reduce((product, f) => {
    const feature = plan.features[f]!;
    return feature.kind === "states" ? product * feature.states.length : product;
  }, 1);
}

/** The features whose distribution in a row depends on what is missing: the missing ones, and those told from them. */
export function touchedBy(plan: GapPlan, missing: readonly number[]): number[] {
  const hidden = new Set(missing.flatMap((f) => plan.features[f]!.columns));
  return [...plan.features.keys()].filter((f) =>
    missing.includes(f) || plan.features[f]!.regressors.some((k) => hidden.has(k))
  );
}

/** The state that a row is in, by the columns that the feature fills: the nearest one, for a value not seen before. */
export function stateOf({ values, columns }: StateFeature, x: ArrayLike<number>, from: number): number {
  let nearest = 0, least = Infinity;
  for (let state = 0; state < values.length; state++) {
    let distance = 0;
    for (let c = 0; c < columns.length; c++) distance += (values[state]![c]! - x[from + columns[c]!]!) ** 2;
    if (distance < least) [nearest, least] = [state, distance];
  }
  return nearest;
}
