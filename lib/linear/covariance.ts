import { cholesky, invertCholesky, type Matrix, matrix, multiply, transpose } from "../core/mod.ts";
import { type Design, designColumns } from "./design.ts";
import type { Loss } from "./loss.ts";
import { curvatures, information } from "./newton.ts";
import type { Solution } from "./solution.ts";

/**
 * How standard errors are made: from the `information` (the model is right), or by the `sandwich` (Huber and White, HC0: right
 * also where variances are not as the model says; weights are then sampling weights, not counts).
 */
export type ErrorKind = "information" | "sandwich";

/**
 * The covariance of intercept and coefficients in the units of the columns, of a fit without a penalty.
 *
 * @returns (p + 1) × (p + 1), the intercept first (its row 0 without one); NaN for columns without a say. Undefined where the
 * information is singular, or where squared loss leaves no degree of freedom.
 */
export function covarianceOf(
  design: Design,
  loss: Loss,
  solution: Solution,
  kind: ErrorKind,
): Matrix | undefined {
  const lower = cholesky(information(design, curvatures(design, loss, solution.eta)));
  if (!lower) return undefined;
  const bread = invertCholesky(lower);
  if (kind === "sandwich") {
    return inUnits(design, multiply(bread, multiply(meat(design, loss, solution), bread)));
  }
  const scale = dispersion(design, loss, solution, lower.rows) / design.totalWeight;
  if (!(scale >= 0)) return undefined;
  return inUnits(design, matrix(bread.rows, bread.rows, bread.values.map((v) => v * scale)));
}

/** The covariance in the units of the columns, of one over the intercept and the free standardised columns. */
export function inUnits(design: Design, inner: Matrix): Matrix {
  const { p, free, scales, centres } = design, first = design.intercept ? 1 : 0;
  const map = matrix(p + 1, inner.rows);
  if (design.intercept) map.values[0] = 1;
  free.forEach((j, k) => {
    map.values[(j + 1) * inner.rows + first + k] = 1 / scales[j]!;
    if (design.intercept) map.values[first + k] = -centres[j]! / scales[j]!;
  });
  const outer = multiply(map, multiply(inner, transpose(map)));
  const known = new Set(free);
  for (let j = 0; j < p; j++) {
    if (known.has(j)) continue;
    for (let k = 0; k <= p; k++) {
      outer.values[(j + 1) * (p + 1) + k] = outer.values[k * (p + 1) + j + 1] = NaN;
    }
  }
  return outer;
}

/** σ² of squared loss, the weights being counts; 1 for the logistic, whose variance follows from its mean. */
function dispersion(design: Design, loss: Loss, { eta }: Solution, parameters: number): number {
  if (loss.family === "logistic") return 1;
  let squares = 0;
  for (let i = 0; i < eta.length; i++) squares += design.weights[i]! * (design.y[i]! - eta[i]!) ** 2;
  const freedom = design.totalWeight - parameters;
  return freedom > 0 ? squares * design.totalWeight / freedom : NaN;
}

/** Σ (weight · residual)² z zᵀ, in the scaling of the mean information. */
function meat(design: Design, loss: Loss, { eta }: Solution): Matrix {
  const columns = designColumns(design), k = columns.length;
  const squares = eta.map((e, i) => (design.weights[i]! * (design.y[i]! - loss.mean(e))) ** 2);
  const total = matrix(k, k);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      let value = 0;
      for (let i = 0; i < squares.length; i++) value += squares[i]! * columns[a]![i]! * columns[b]![i]!;
      total.values[a * k + b] = total.values[b * k + a] = value;
    }
  }
  return total;
}
