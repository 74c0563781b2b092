import { ensure } from "../core/mod.ts";
import type { Design } from "./design.ts";
import type { Loss } from "./loss.ts";

/**
 * The elastic net penalty in glmnet's scaling: the fit minimises
 * Σ wᵢ lossᵢ / Σ wᵢ + λ (l1Ratio · |β|₁ + (1 − l1Ratio)/2 · |β|²),
 * where the loss is −log likelihood or half the squared error, and the intercept is free.
 *
 * In scikit-learn's words: `ElasticNet(alpha=λ, l1_ratio=l1Ratio)`, `LogisticRegression(C=1/(n λ))`.
 */
export interface Penalty {
  /** λ, 0 or more. 0 is maximum likelihood. */
  readonly lambda: number;
  /** Share of the absolute penalty, in [0, 1]: 0 is ridge, 1 is lasso. @default {0} */
  readonly l1Ratio?: number;
}

/** Throws unless the penalty is one. */
export function readPenalty(action: string, penalty: Penalty): Required<Penalty> {
  const { lambda, l1Ratio = 0 } = penalty;
  ensure(lambda >= 0 && lambda < Infinity, action, "lambda", "0 or more, and finite", lambda);
  ensure(l1Ratio >= 0 && l1Ratio <= 1, action, "l1Ratio", "in [0, 1]", l1Ratio);
  return { lambda, l1Ratio };
}

/** λ (l1Ratio |b| + (1 − l1Ratio) b²/2), summed. */
export function penaltyValue({ lambda, l1Ratio }: Required<Penalty>, beta: Float64Array): number {
  let total = 0;
  for (const b of beta) total += l1Ratio * Math.abs(b) + (1 - l1Ratio) * b * b / 2;
  return lambda * total;
}

/** What the fit minimises. */
export function objective(
  design: Design,
  loss: Loss,
  penalty: Required<Penalty>,
  eta: Float64Array,
  beta: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < eta.length; i++) total += design.weights[i]! * loss.value(eta[i]!, design.y[i]!);
  return total + penaltyValue(penalty, beta);
}

/** wᵢ (yᵢ − meanᵢ): minus the gradient of the loss by η, and a dual point where it sums to 0 (the intercept is free). */
export function residuals(design: Design, loss: Loss, eta: Float64Array): Float64Array {
  return eta.map((e, i) => design.weights[i]! * (design.y[i]! - loss.mean(e)));
}

/**
 * The duality gap: the objective is at most this much above its minimum. Infinity without a penalty.
 *
 * The dual point is s θ, θ being the residuals; s = 1 with a ridge part, else what makes |Xᵀ s θ| ≤ λ. By Fenchel and Young
 * the gap falls into parts of rows and of columns, none below 0; added up like this it loses no digits to cancellation.
 *
 * @see Boyd and Vandenberghe 2004, section 5.7.1; Kim et al. 2007, doi:10.1109/JSTSP.2007.910971.
 */
export function dualityGap(
  design: Design,
  loss: Loss,
  { lambda, l1Ratio }: Required<Penalty>,
  eta: Float64Array,
  beta: Float64Array,
  correlations: Float64Array,
): number {
  const l1 = lambda * l1Ratio, l2 = lambda * (1 - l1Ratio);
  if (!(lambda > 0)) return Infinity;
  const steepest = correlations.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const s = l2 > 0 || steepest <= l1 ? 1 : l1 / steepest;
  let gap = 0;
  for (const j of design.free) {
    const [b, v] = [beta[j]!, s * correlations[j]!];
    const conjugate = l2 > 0 ? Math.max(0, Math.abs(v) - l1) ** 2 / (2 * l2) : 0;
    gap += Math.max(0, l1 * Math.abs(b) + l2 * b * b / 2 + conjugate - v * b);
  }
  if (s < 1) {
    for (let i = 0; i < eta.length; i++) {
      gap += design.weights[i]! * loss.shrinkage(s, eta[i]!, design.y[i]!);
    }
  }
  return gap;
}
