import { type Design, dot, linearPredictor } from "./design.ts";
import type { Loss } from "./loss.ts";
import { type Penalty, residuals } from "./penalty.ts";

/** Where a solver ended, in standardised coefficients. */
export interface Solution {
  readonly intercept: number;
  /** p coefficients, 0 for columns that are not free. */
  readonly beta: Float64Array;
  readonly eta: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
  /** The last measured distance from the minimum: the duality gap, or Newton's decrement without a penalty. */
  readonly gap: number;
  /** A direction in which the likelihood never stops rising (intercept first), where one was found. */
  readonly separation?: Float64Array;
}

/** When a solver stops. */
export interface SolverOptions {
  /** The gap allowed, as a share of the intercept-only model's objective. @default {1e-12} */
  readonly tolerance?: number;
  /** Newton steps at the most. @default {100} */
  readonly maxIterations?: number;
}

/** A problem as all solvers take it. */
export interface Problem {
  readonly design: Design;
  readonly loss: Loss;
  readonly penalty: Required<Penalty>;
}

/** Where every path starts: no coefficients, and the intercept that fits best. */
export function nullSolution(design: Design, loss: Loss): Solution {
  const beta = new Float64Array(design.p);
  const eta = linearPredictor(design, 0, beta);
  const intercept = settleIntercept(design, loss, eta);
  return { intercept, beta, eta, iterations: 0, converged: true, gap: 0 };
}

/** Moves η by the constant that makes the residuals sum to 0, in place, and returns it; 0 without an intercept. */
export function settleIntercept(design: Design, loss: Loss, eta: Float64Array): number {
  if (!design.intercept) return 0;
  let moved = 0;
  for (let round = 0; round < 100; round++) {
    let slope = 0, size = 0, curvature = 0;
    for (let i = 0; i < eta.length; i++) {
      const w = design.weights[i]!, mean = loss.mean(eta[i]!), left = w * (design.y[i]! - mean);
      slope += left, size += Math.abs(left), curvature += w * loss.curvature(mean);
    }
    if (Math.abs(slope) <= 4 * Number.EPSILON * size || !(curvature > 0)) break;
    // A logit of 2 at a time: Newton alone overshoots in the tails.
    const most = loss.family === "logistic" ? 2 : Infinity;
    const step = Math.max(-most, Math.min(most, slope / curvature));
    for (let i = 0; i < eta.length; i++) eta[i]! += step;
    moved += step;
  }
  return moved;
}

/** Xᵀθ: how each free column goes along with what is left unexplained. */
export function correlationsOf(design: Design, loss: Loss, eta: Float64Array): Float64Array {
  const theta = residuals(design, loss, eta), correlations = new Float64Array(design.p);
  for (const j of design.free) correlations[j] = dot(design.columns[j]!, theta);
  return correlations;
}
