import { ensure, type Matrix } from "../core/mod.ts";
import type { Values } from "../evaluate/mod.ts";
import { largestLambda } from "./descent.ts";
import type { Design, DesignOptions } from "./design.ts";
import { squaredDesign } from "./elastic_net.ts";
import { fitProblem } from "./fit.ts";
import type { LinearModel } from "./linear_model.ts";
import { logisticDesign } from "./logistic.ts";
import { LOGISTIC, type Loss, SQUARED } from "./loss.ts";
import { readPenalty } from "./penalty.ts";
import type { Solution, SolverOptions } from "./solution.ts";

/** Options of {@linkcode fitLogisticPath} and {@linkcode fitElasticNetPath}. */
export interface PathOptions extends DesignOptions, SolverOptions {
  /** Share of the absolute penalty, in [0, 1]: 0 is ridge, 1 is lasso. @default {1} */
  readonly l1Ratio?: number;
  /** Strengths to fit; they are taken from strong to weak. @default `count` of them, from the first that lets a column in */
  readonly lambdas?: readonly number[];
  /** How many strengths. @default {100} */
  readonly count?: number;
  /** The weakest as a share of the strongest. @default 1e-4, and 1e-2 with fewer rows than columns */
  readonly ratio?: number;
  /** Ends the work between strengths. */
  readonly signal?: AbortSignal;
}

/** Fits from strong to weak, each started where the one before ended. */
export interface LinearPath {
  /** The strengths, descending. */
  readonly lambdas: readonly number[];
  /** A fit for each. */
  readonly models: readonly LinearModel[];
}

/**
 * The logistic elastic net at many strengths.
 *
 * @param x n × p, finite.
 * @param y n labels, 0 or 1, some of each.
 * @throws {RangeError} As {@linkcode fitLogistic}.
 * @see Friedman, Hastie and Tibshirani 2010, doi:10.18637/jss.v033.i01.
 */
export function fitLogisticPath(x: Matrix, y: Values, options: PathOptions = {}): LinearPath {
  return fitPath(logisticDesign("fit a logistic path", x, y, options, true), LOGISTIC, options);
}

/**
 * The linear elastic net at many strengths.
 *
 * @param x n × p, finite.
 * @param y n values.
 * @throws {RangeError} As {@linkcode fitElasticNet}.
 */
export function fitElasticNetPath(x: Matrix, y: Values, options: PathOptions = {}): LinearPath {
  return fitPath(squaredDesign(x, y, options, true), SQUARED, options);
}

function fitPath(design: Design, loss: Loss, options: PathOptions): LinearPath {
  const { l1Ratio = 1 } = options;
  const lambdas = options.lambdas
    ? options.lambdas.toSorted((a, b) => b - a)
    : lambdaGrid(design, loss, l1Ratio, options);
  let start: Solution | undefined;
  const models = lambdas.map((lambda) => {
    options.signal?.throwIfAborted();
    const penalty = readPenalty("fit a path", { lambda, l1Ratio });
    const usesOffsets = options.offsets !== undefined;
    const { model, solution } = fitProblem({ design, loss, penalty }, { ...options, usesOffsets }, start);
    start = solution;
    return model;
  });
  return { lambdas, models };
}

function lambdaGrid(design: Design, loss: Loss, l1Ratio: number, options: PathOptions): number[] {
  const { count = 100, ratio = design.n < design.p ? 1e-2 : 1e-4 } = options;
  ensure(Number.isInteger(count) && count > 0, "fit a path", "count", "a positive integer", count);
  ensure(ratio > 0 && ratio < 1, "fit a path", "ratio", "in (0, 1)", ratio);
  readPenalty("fit a path", { lambda: 0, l1Ratio });
  const strongest = largestLambda({ design, loss }, l1Ratio);
  ensure(strongest > 0, "fit a path", "x", "related to y in some column", "constant, or y is");
  return Array.from({ length: count }, (_, k) => strongest * ratio ** (count === 1 ? 0 : k / (count - 1)));
}
