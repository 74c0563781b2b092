import { ensure } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import type { HorseshoePrior } from "../effects/horseshoe.ts";
import { missingnessChecks } from "../gaps/check.ts";
import { gapSource } from "../gaps/model.ts";
import type { CoefficientPrior, GroupEffect } from "../hierarchical/spec.ts";
import { hierarchicalSource } from "../hierarchical/source.ts";
import type { Family } from "../likelihood/glm.ts";
import type { SampleOptions } from "../sampler/sample.ts";
import type { VariationalMethod } from "../variational/variational_fit.ts";
import { approximate } from "./approximate.ts";
import { dataChecks } from "./data_checks.ts";
import { applyDesign, fitDesign, gaplessNumbers, outcomes, type SplineOptions, trialsOf } from "./design.ts";
import { HierarchicalFit } from "./fitted.ts";
import { coefficientSpecs, type InformedPriors, stepsFor } from "./priors.ts";
import { sampleAgain } from "./sample_again.ts";

/** Options of {@linkcode fitHierarchical}. */
export interface FitHierarchicalOptions extends SampleOptions {
  /** The column to predict: 0 and 1, or two texts, for a probability; numbers for other families. */
  readonly target: string;
  /** The column that names each customer's business. Without it all are of one. */
  readonly group?: string;
  /** The columns to predict from. @default {all but target, group and dates} */
  readonly features?: readonly string[];
  /** For a target of two texts: the one that counts as 1. @default {the one that says yes, or the rarer} */
  readonly positive?: string;
  /** Distribution of the target. @default {"bernoulli"} */
  readonly family?: Family;
  /** For `binomial`: the column of trials, of which the target counts the successes. */
  readonly trials?: string;
  /** A column that is added to the linear predictor as it is, such as the logarithm of an exposure. */
  readonly offset?: string;
  /** A column that says how often each row counts. */
  readonly weights?: string;
  /** Informed priors; the features that they name must be on their scale and are taken as they are. */
  readonly priors?: InformedPriors;
  /** Name and version of the scale of the features, to be compared with that of the priors. */
  readonly scale?: string;
  /** Expected rate of the target, for the prior of the intercept. @default {0.2} */
  readonly rate?: number;
  /** How coefficients differ between businesses: one word, or one by name. @default {"auto"} */
  readonly effect?: GroupEffect | Readonly<Record<string, GroupEffect>>;
  /**
   * Coefficients whose differences between businesses are correlated, such as the intercept and a slope: where levels are
   * high, slopes may be steep. At least two.
   */
  readonly correlated?: readonly string[];
  /** Priors given by hand, by coefficient. Columns named here are taken as they are. */
  readonly locations?: Readonly<Record<string, CoefficientPrior>>;
  /**
   * For many features of which a few matter: the prior of all slopes that have none by hand. They are the same in every
   * business. Steps are small, for an acceptance of 0.99, unless `targetAcceptance` says otherwise.
   */
  readonly horseshoe?: HorseshoePrior;
  /**
   * Features whose effect may bend: beside the slope that each business has of its own, all share a natural cubic spline,
   * as smooth as the data ask. Knots are at quantiles of the training rows, 5 unless given by name.
   */
  readonly splines?: SplineOptions;
  /**
   * A column with the linear predictor (log odds) of another model, such as boosting pooled over the businesses, for rows
   * that it was not fitted on. It is taken as it is; its slope is Normal(1, 0.5) and each business has its own.
   */
  readonly score?: string;
  /**
   * How the posterior is found. `nuts` walks in it; the others approximate it, with k̂ in the verdict, and take of the
   * sampler's options only `seed`, `draws` and `signal`. {@linkcode fitVariational} says when that pays.
   *
   * @default {"nuts"}
   */
  readonly method?: "nuts" | VariationalMethod;
  /**
   * What becomes of missing features. `indicator` gives them the training mean and a column of their own: fast, and right for
   * prediction as long as values go missing for the same reasons. `parameters` makes them part of the model, told from the
   * other features: missing numbers are sampled, missing categories summed over, at most 64 ways a row. It uses what rows
   * with gaps know, and needs that whether a value is missing depends on what is not. @default {"indicator"}
   */
  readonly gaps?: "indicator" | "parameters";
  /** Shows a progress bar while NUTS walks. @default {false} */
  readonly progress?: boolean;
}

/**
 * Fits a hierarchical model over businesses: each has coefficients of its own, which lean on those of the others as far as
 * the data say that businesses are alike.
 *
 * Where transitions diverge and no `targetAcceptance` is given, the fit is made again with smaller steps, and says so.
 *
 * @param customers Training rows, one per customer. Features may be missing: see `gaps`.
 * @returns The fit with its verdict. Statistical trouble is in the verdict, not thrown.
 * @throws {RangeError} If a column is not there, an outcome is missing or not allowed by the family, or priors are for
 * another scale.
 *
 * @example
 * ```ts
 * import { fitHierarchical } from "credible/bayes";
 * import { createRng } from "credible/core";
 * import { categoryColumn, Table } from "credible/data";
 * const rng = createRng(7, "shops");
 * const city = Array.from({ length: 120 }, (_, i) => ["Bonn", "Köln", "Ulm"][i % 3]!);
 * const visits = rng.normals(120);
 * const left = visits.map((v) => Number(rng.uniform() < 1 / (1 + Math.exp(1 + v))));
 * const shops = new Table("shops", [
 *   categoryColumn("city", city),
 *   { kind: "number", name: "visits", values: visits },
 *   { kind: "number", name: "left", values: left },
 * ]);
 * const model = await fitHierarchical(shops, { target: "left", group: "city", seed: 7, warmup: 200, draws: 200 });
 * const { probability } = model.predictProba(shops);
 * if (probability.length !== 120) throw new Error("one probability a customer");
 * ```
 */
export async function fitHierarchical(
  customers: Table,
  options: FitHierarchicalOptions,
): Promise<HierarchicalFit> {
  const { family = "bernoulli", priors } = options;
  const design = fitDesign(customers, {
    ...options,
    asGiven: [...Object.keys(options.locations ?? {}), ...Object.keys(priors?.features ?? {})],
  });
  ensure(
    family === "binomial" || options.trials === undefined,
    "fit",
    "trials",
    `left out: ${family} outcomes have none`,
    options.trials,
  );
  const y = outcomes(design, customers);
  const { group: groups, missing = [], ...rows } = applyDesign(design, customers);
  const coefficients = coefficientSpecs(design, y, { ...options, family });
  const spec = {
    family,
    rows: { ...rows, y, group: groups, groups: design.groups.length },
    coefficients,
    groupNames: design.groups,
    ...(family === "binomial" ? { trials: trialsOf({ design, family }, customers) } : {}),
    ...(options.weights === undefined ? {} : { weights: gaplessNumbers(customers, options.weights) }),
  };
  const source = design.gaps
    ? gapSource({ outcome: spec, plan: design.gaps, missing })
    : hierarchicalSource(spec);
  const { method = "nuts" } = options;
  const found = method === "nuts"
    ? await sampleAgain(source, { ...stepsFor(options), ...options })
    : await approximate(source, method, options);
  return HierarchicalFit.of({
    design,
    family,
    coefficients,
    ...found,
    data: {
      name: customers.name,
      rows: customers.rows,
      counts: countsOf(groups, y, design.groups.length),
      checks: dataChecks({ ...spec, grouped: design.group !== undefined }),
      ...(design.gaps ? { missingness: missingnessChecks(design.gaps, missing, spec.rows) } : {}),
    },
  });
}

/** Rows and mean outcome of each group. */
function countsOf(group: Int32Array, y: Float64Array, groups: number): { rows: number; mean: number }[] {
  const rows = new Float64Array(groups), sums = new Float64Array(groups);
  group.forEach((g, i) => {
    rows[g]!++;
    sums[g]! += y[i]!;
  });
  return Array.from(rows, (n, g) => ({ rows: n, mean: n === 0 ? NaN : sums[g]! / n }));
}
