/** Log of 2π. */
export const LOG_TWO_PI = Math.log(2 * Math.PI);

/**
 * A normal density z = mean + L ε with ε standard normal, moved in place while it is fitted.
 *
 * All steps are measured in its own coordinates, in which it is a standard normal: a posterior that is stretched, turned or
 * given in another unit is fitted in the same number of steps.
 */
export interface NormalFamily {
  /** How many numbers a point has. */
  readonly dim: number;
  /** Its mean. */
  readonly mean: Float64Array;
  /** The numbers of L that may differ from 0; for averages and copies. */
  readonly scale: Float64Array;
  /** log |det L|. */
  logDeterminant(): number;
  /** Standard deviation of one number. */
  sd(i: number): number;
  /** Writes z = mean + L ε. */
  transform(noise: Float64Array, z: Float64Array): void;
  /** Writes Lᵀ g: a gradient in its own coordinates. */
  pullBack(gradient: Float64Array, out: Float64Array): void;
  /** Writes the squared length of each row of the gradient by L, given that by the mean. */
  squaredSlopes(slope: Float64Array, noise: Float64Array, out: Float64Array): void;
  /**
   * Moves the mean by L `shift`, and L to L A, where A is the identity plus the lower triangle of `stretch` εᵀ; its
   * diagonal enters by exp, so that L never loses its sign.
   */
  move(shift: Float64Array, stretch: Float64Array, noise: Float64Array): void;
  /** The Kullback–Leibler divergence of another of the same family from this one, in nats. */
  divergence(from: this): number;
  /** The same density, to be moved on its own. */
  copy(): this;
}

/** log q at z = mean + L ε. */
export function logNormalDensity(family: NormalFamily, noise: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < noise.length; i++) squares += noise[i]! * noise[i]!;
  return -0.5 * (squares + noise.length * LOG_TWO_PI) - family.logDeterminant();
}
