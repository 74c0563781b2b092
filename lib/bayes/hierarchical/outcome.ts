import { ensure } from "../../core/mod.ts";
import { auxiliaryBlock } from "../likelihood/auxiliary.ts";
import { auxiliaryNames, glmLikelihood } from "../likelihood/glm.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { logisticLikelihood } from "../likelihood/logistic.ts";
import { multinomialLikelihood } from "../likelihood/multinomial.ts";
import { cutpointBlock, orderedLikelihood } from "../likelihood/ordered.ts";
import type { ParameterBlock } from "../likelihood/parameters.ts";
import type { CoefficientSpec, HierarchicalSpec } from "./spec.ts";

/** What a family makes of the rows. */
export interface Outcome {
  readonly likelihood: Likelihood;
  /** One per coefficient of a group: those of the spec, or as many times over as there are linear predictors. */
  readonly coefficients: readonly CoefficientSpec[];
  /** The family's own parameters, for a point in which their numbers start here. */
  parameters(from: number): ParameterBlock;
}

/** The likelihood of a spec, the coefficients it has, and the parameters beside them. */
export function outcomeOf(spec: HierarchicalSpec): Outcome {
  const { family, rows, coefficients, weights, auxiliary = {} } = spec;
  if (family === "ordered") {
    const levels = levelsOf(spec);
    return {
      likelihood: orderedLikelihood(rows, levels.length, weights),
      coefficients,
      parameters: (from) => cutpointBlock(levels, auxiliary, from),
    };
  }
  if (family === "multinomial") {
    const levels = levelsOf(spec);
    return {
      likelihood: multinomialLikelihood(rows, levels.length, weights),
      coefficients: perLevel(coefficients, levels),
      parameters: (from) => auxiliaryBlock(family, [], auxiliary, from),
    };
  }
  return {
    likelihood: family === "bernoulli" && !weights
      ? logisticLikelihood(rows)
      : glmLikelihood(rows, { ...spec, family }),
    coefficients,
    parameters: (from) => auxiliaryBlock(family, auxiliaryNames(family), auxiliary, from),
  };
}

/** The coefficients of levels without an order: those of each level but the first, named `income,level`. */
export function perLevel<Spec extends { readonly name: string }>(
  coefficients: readonly Spec[],
  levels: readonly string[],
): Spec[] {
  return levels.slice(1).flatMap((level) => coefficients.map((c) => ({ ...c, name: `${c.name},${level}` })));
}

/** The names of the levels of an outcome. */
function levelsOf({ rows, levels }: HierarchicalSpec): readonly string[] {
  if (levels) {
    ensure(new Set(levels).size === levels.length, "build the model", "levels", "unique", levels);
    return levels;
  }
  const largest = rows.y.reduce((a, b) => Math.max(a, b), 0);
  return Array.from({ length: largest + 1 }, (_, k) => `${k}`);
}
