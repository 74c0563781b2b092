import { type Check, check } from "../core/mod.ts";
import { covarianceOf, type ErrorKind } from "./covariance.ts";
import { solveDescent } from "./descent.ts";
import { type Design, withoutAliases } from "./design.ts";
import { LinearModel } from "./linear_model.ts";
import type { Loss } from "./loss.ts";
import { solveNewton } from "./newton.ts";
import type { Penalty } from "./penalty.ts";
import { separatedBy } from "./separation.ts";
import type { Problem, Solution, SolverOptions } from "./solution.ts";

/** Fits one penalty; columns that follow from others are dropped where nothing else chooses among them. */
export function fitProblem(
  problem: Problem,
  options: SolverOptions & { readonly errors?: ErrorKind; readonly usesOffsets: boolean },
  start?: Solution,
): { readonly model: LinearModel; readonly solution: Solution } {
  const { design, loss, penalty } = problem;
  const free = penalty.lambda === 0 ? withoutAliases(design) : design;
  const solved = { ...problem, design: free };
  const solve = penalty.lambda * penalty.l1Ratio > 0 ? solveDescent : solveNewton;
  const solution = solve(solved, options, start);
  const covariance = penalty.lambda === 0 && solution.converged
    ? covarianceOf(free, loss, solution, options.errors ?? "information")
    : undefined;
  const model = toModel(free, loss, solution, {
    penalty,
    usesOffsets: options.usesOffsets,
    method: penalty.lambda > 0 ? "penalised" : "maximum likelihood",
    covariance: covariance ? [...covariance.values] : null,
    checks: checksOf(free, design, solution),
  });
  return { model, solution };
}

/** A solution in the units of the columns. */
export function toModel(
  design: Design,
  loss: Loss,
  solution: Solution,
  made: {
    readonly penalty: Required<Penalty>;
    readonly usesOffsets: boolean;
    readonly method: "maximum likelihood" | "penalised" | "Firth";
    readonly covariance: readonly number[] | null;
    readonly checks: readonly Check[];
  },
): LinearModel {
  const { penalty, ...rest } = made;
  const coefficients = Array.from(solution.beta, (b, j) => b / design.scales[j]!);
  return new LinearModel({
    ...rest,
    ...penalty,
    family: loss.family,
    names: design.names,
    hasIntercept: design.intercept,
    intercept: coefficients.reduce((rest, b, j) => rest - b * design.centres[j]!, solution.intercept),
    coefficients,
    rows: design.n,
    iterations: solution.iterations,
    gap: solution.gap,
  });
}

/** Whether a fit may be used, and which columns had no say in it. */
export function checksOf(solved: Design, asked: Design, solution: Solution): Check[] {
  const checks: Check[] = [{
    code: "converged",
    title: solution.converged ? "the solver converged" : "the solver did not converge",
    status: solution.converged ? "pass" : "fail",
    value: solution.gap,
    advice: solution.converged
      ? ""
      : "The coefficients are where it stopped: fit with a penalty, or allow more steps",
  }];
  if (solution.separation) checks.push(separationCheck(solved, solution.separation));
  const constant = namesBut(asked, asked.names.map((_, j) => j).filter((j) => !asked.free.includes(j)));
  if (constant.length > 0) {
    checks.push(silent("constantColumn", "columns have one value only and got coefficient 0", constant));
  }
  const aliased = namesBut(asked, asked.free.filter((j) => !solved.free.includes(j)));
  if (aliased.length > 0) {
    checks.push(
      silent("aliasedColumn", "columns follow from the columns before them and got coefficient 0", aliased),
    );
  }
  return checks;
}

function separationCheck(design: Design, direction: Float64Array): Check {
  const { rows, columns } = separatedBy(design, direction);
  return {
    ...check({
      code: "separation",
      title: `rows whose label follows from ${columns.join(", ")} without exception`,
      value: rows,
      limit: { below: 1 },
      advice: "Maximum likelihood has no finite answer: use fitFirth, or a penalty",
    }),
    columns,
  };
}

function silent(code: string, title: string, columns: readonly string[]): Check {
  return {
    code,
    title,
    status: "warn",
    value: columns.length,
    columns,
    advice: `Leave out ${columns.join(", ")}`,
  };
}

function namesBut(design: Design, positions: readonly number[]): string[] {
  return positions.map((j) => design.names[j]!);
}
