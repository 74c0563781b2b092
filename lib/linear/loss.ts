import { expit, log1pExp } from "../core/mod.ts";

/** What is to be predicted, and so which error is minimised. */
export type Family = "logistic" | "squared";

/** A loss of one row at a linear predictor η; all of them convex in η. */
export interface Loss {
  readonly family: Family;
  /** The loss itself. */
  value(eta: number, y: number): number;
  /** The prediction. The derivative of the loss is `mean(eta) − y`. */
  mean(eta: number): number;
  /** The second derivative, given the prediction. */
  curvature(mean: number): number;
  /**
   * f(η) + f*(−s θ) + s θ η for θ = −f′(η) and s in [0, 1], where f* is the conjugate: what a dual point shrunk by s loses on
   * this row. 0 at s = 1, never below 0.
   */
  shrinkage(s: number, eta: number, y: number): number;
}

/** −log likelihood of a label 0 or 1. */
export const LOGISTIC: Loss = {
  family: "logistic",
  value: (eta, y) => log1pExp(y === 1 ? -eta : eta),
  mean: expit,
  curvature: (mean) => mean * (1 - mean),
  shrinkage: (s, eta, y) => {
    const wrong = expit(y === 1 ? -eta : eta), right = expit(y === 1 ? eta : -eta);
    const entropy = s > 0 ? s * wrong * Math.log(s) : 0;
    return Math.max(0, entropy + (1 - s * wrong) * Math.log((1 - s * wrong) / right));
  },
};

/** Half the squared error. */
export const SQUARED: Loss = {
  family: "squared",
  value: (eta, y) => (eta - y) ** 2 / 2,
  mean: (eta) => eta,
  curvature: () => 1,
  shrinkage: (s, eta, y) => (1 - s) ** 2 * (eta - y) ** 2 / 2,
};
