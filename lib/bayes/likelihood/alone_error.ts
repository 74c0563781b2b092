import { mean, standardDeviation } from "../../core/mod.ts";
import type { GroupedRows } from "./likelihood.ts";

/**
 * About the standard error of the coefficient of a column with unit sd if it were alone: the noise of one outcome on the
 * scale of the linear predictor over √n.
 *
 * @see Piironen and Vehtari 2017, https://doi.org/10.1214/17-EJS1337SI, table 1 (pseudo-variances)
 */
export function errorAlone(family: string, y: Float64Array, trials?: Float64Array): number {
  const root = Math.sqrt(y.length);
  switch (family) {
    case "bernoulli":
    case "binomial": {
      const total = trials ? trials.reduce((a, b) => a + b, 0) : y.length;
      const rate = (y.reduce((a, b) => a + b, 0) + 0.5) / (total + 1);
      return 1 / Math.sqrt(total * rate * (1 - rate));
    }
    case "poisson":
    case "negativeBinomial":
      return 1 / Math.sqrt(Math.max(mean(y), 1 / y.length)) / root;
    case "gamma":
    case "logNormal":
      return (standardDeviation(y.map(Math.log)) || 1) / root;
    case "normal":
    case "student":
      return (standardDeviation(y) || 1) / root;
    default: // levels: the logit of one in two
      return 2 / root;
  }
}

/**
 * About the standard error of one group's coefficient of a column if it were alone: the root mean square over groups, so that
 * one group with much to say does not speak for the others. Infinity where a group says nothing.
 *
 * @param error That of a column with unit sd over all rows: {@linkcode errorAlone}.
 */
export function groupErrorAlone({ x, group, groups }: GroupedRows, column: number, error: number): number {
  const squares = new Float64Array(groups);
  for (let i = 0; i < x.rows; i++) squares[group[i]!]! += x.values[i * x.columns + column]! ** 2;
  const variance = squares.reduce((sum, own) => sum + (own > 0 ? x.rows / own : Infinity), 0) / groups;
  return error * Math.sqrt(variance);
}
