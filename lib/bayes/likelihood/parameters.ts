/**
 * The parameters of a family beside its linear predictor, such as a standard deviation: how a stretch of the unconstrained
 * point becomes them, and how gradients come back. It owns the numbers of the point that start where it was told to.
 */
export interface ParameterBlock {
  /** One per parameter and per number of the point. */
  readonly names: readonly string[];
  /** Writes the parameters. */
  forward(q: Float64Array, values: Float64Array): void;
  /**
   * Writes the gradient of this block's numbers, given that of the parameters; returns their log prior, Jacobian included.
   * `values` are those that `forward` wrote.
   */
  backward(q: Float64Array, values: Float64Array, slopes: Float64Array, gradient: Float64Array): number;
}
