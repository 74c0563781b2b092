import { ensure } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import type { HierarchicalSpec, LevelFamily } from "../hierarchical/spec.ts";
import { hierarchicalSource } from "../hierarchical/source.ts";
import { perLevel } from "../hierarchical/outcome.ts";
import type { SampleOptions } from "../sampler/sample.ts";
import { applyDesign, fitDesign, gaplessNumbers } from "./design.ts";
import type { FitHierarchicalOptions } from "./fit.ts";
import { LevelFit } from "./level_fit.ts";
import { levelPositions, levelsOf } from "./level_outcomes.ts";
import { coefficientSpecs, stepsFor } from "./priors.ts";
import { sampleAgain } from "./sample_again.ts";

/** Options of {@linkcode fitLevels}; those that it shares with {@linkcode fitHierarchical} mean the same. */
export interface FitLevelsOptions extends
  SampleOptions,
  Pick<
    FitHierarchicalOptions,
    | "target"
    | "group"
    | "features"
    | "effect"
    | "correlated"
    | "locations"
    | "horseshoe"
    | "splines"
    | "weights"
    | "progress"
  > {
  /** `ordered` for levels in an order (proportional odds), `multinomial` for levels without one. */
  readonly family: LevelFamily;
  /**
   * The levels: in order from the lowest, or the reference first. Needed for texts in an order.
   *
   * @default {numbers in their order, texts alphabetically}
   */
  readonly levels?: readonly string[];
}

/**
 * Fits a hierarchical model of levels over businesses, such as a rating from 1 to 5 (`ordered`) or the reason for leaving
 * (`multinomial`). Slopes are Normal(0, 0.5) per standard deviation and the intercept Normal(0, 1.5) on the log-odds scale,
 * of each level but the first against the reference where levels have no order.
 *
 * @param customers Training rows, one per customer. Missing features are allowed, as in {@linkcode fitHierarchical}.
 * @returns The fit with its verdict. Statistical trouble is in the verdict, not thrown.
 * @throws {RangeError} If a column is not there, an outcome is missing or none of the levels, or texts are to be ordered and
 * no order is given.
 *
 * @example
 * ```ts
 * import { fitLevels } from "credible/bayes";
 * import { createRng } from "credible/core";
 * import { categoryColumn, Table } from "credible/data";
 * const rng = createRng(7, "plans"), n = 90, usage = rng.normals(n);
 * const plans = usage.map((u) => u + rng.normal()), names = ["small", "medium", "large"];
 * const customers = new Table("plans", [
 *   { kind: "number", name: "usage", values: usage },
 *   categoryColumn("plan", Array.from(plans, (p) => names[p < -0.5 ? 0 : p < 0.8 ? 1 : 2]!)),
 * ]);
 * const fit = await fitLevels(customers, {
 *   target: "plan",
 *   family: "ordered",
 *   levels: names,
 *   seed: 7,
 *   warmup: 200,
 *   draws: 200,
 * });
 * const { probability } = fit.predictProba(customers);
 * if (probability.columns !== 3) throw new Error("one probability a level");
 * ```
 */
export async function fitLevels(customers: Table, options: FitLevelsOptions): Promise<LevelFit> {
  const { target, family, weights, locations = {} } = options;
  ensure(
    family === "ordered" || family === "multinomial",
    `fit on ${customers.name}`,
    "family",
    "ordered or multinomial",
    family,
  );
  const levels = levelsOf(customers, target, family, options.levels);
  const design = fitDesign(customers, { ...options, asGiven: Object.keys(locations) });
  const y = levelPositions(customers, target, levels);
  const { group, ...rows } = applyDesign(design, customers);
  const coefficients = coefficientSpecs(design, y, { ...options, family: "bernoulli", rate: 0.5 });
  const spec: HierarchicalSpec = {
    family,
    levels,
    rows: { ...rows, y, group, groups: design.groups.length },
    coefficients,
    groupNames: design.groups,
    ...(weights === undefined ? {} : { weights: gaplessNumbers(customers, weights) }),
  };
  const sampled = await sampleAgain(hierarchicalSource(spec), { ...stepsFor(options), ...options });
  return LevelFit.of({
    design,
    family,
    levels,
    coefficients: family === "ordered" ? coefficients : perLevel(coefficients, levels),
    ...sampled,
    data: { name: customers.name, rows: customers.rows },
  });
}
