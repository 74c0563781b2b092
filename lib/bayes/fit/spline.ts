import { cholesky, ensure, leastSquares, matrix, mean, solveCholesky, variance } from "../../core/mod.ts";

/** A natural cubic spline: cubic between its knots and straight beyond them. Plain data. */
export interface NaturalSpline {
  /** Ascending, three or more. */
  readonly knots: readonly number[];
  /** Its value at each knot. */
  readonly values: readonly number[];
  /** Its second derivative at each knot: 0 at the first and the last. */
  readonly curvatures: readonly number[];
}

/** The value of a spline, and into `slope` (if given) its first derivative. */
export function evaluateSpline(
  { knots, values, curvatures }: NaturalSpline,
  x: number,
  slope?: Float64Array,
): number {
  const last = knots.length - 1;
  let k = 0;
  while (k < last - 1 && x > knots[k + 1]!) k++;
  const left = knots[k]!, h = knots[k + 1]! - left, inside = Math.min(Math.max(x, knots[0]!), knots[last]!);
  const b = (inside - left) / h, a = 1 - b, rise = (values[k + 1]! - values[k]!) / h;
  const [from, to] = [curvatures[k]!, curvatures[k + 1]!];
  const steepness = rise + h / 6 * ((3 * b * b - 1) * to - (3 * a * a - 1) * from);
  if (slope) slope[0] = steepness;
  const value = a * values[k]! + b * values[k + 1]! + h * h / 6 * ((a ** 3 - a) * from + (b ** 3 - b) * to);
  return value + steepness * (x - inside); // straight beyond the knots
}

/**
 * What natural splines through quantiles of `x` can do beyond a straight line, as columns for a regression: with independent
 * Normal(0, s) coefficients their sum f has the smoothing prior exp(−c/s² ∫ f″²), no linear trend over `x`, and mean square
 * s² over `x` before data are seen.
 *
 * @param x Values to put knots at and to take the trend from.
 * @param knots How many, 3 or more.
 * @returns `knots` − 2 columns; fewer where quantiles coincide, and none where less than three of them differ.
 * @throws {RangeError} If knots are fewer than 3.
 * @see Green and Silverman 1994, Nonparametric Regression and Generalized Linear Models, chapter 2
 */
export function curveColumns(x: Float64Array, knots: number): NaturalSpline[] {
  ensure(Number.isInteger(knots) && knots >= 3, "make a curve", "knots", "an integer, 3 or more", knots);
  const at = knotsOf(x, knots), inner = at.length - 2;
  if (inner < 1) return [];
  const lower = cholesky(roughness(at))!;
  const columns = Array.from({ length: inner }, (_, m) => {
    // L⁻ᵀ e_m, by solving L Lᵀ γ = L e_m: curvatures in which the penalty is a sum of squares.
    const unit = Float64Array.from({ length: inner }, (_, i) => lower.values[i * inner + m]!);
    return withoutTrend(fromCurvatures(at, [0, ...solveCholesky(lower, unit), 0]), x);
  });
  const size = Math.sqrt(
    columns.reduce((sum, c) => sum + variance(x.map((v) => evaluateSpline(c, v)), 0), 0),
  );
  return columns.map(({ knots, values, curvatures }) => ({
    knots,
    values: values.map((v) => v / size),
    curvatures: curvatures.map((v) => v / size),
  }));
}

/** Knots of a curve if nothing else is said: the smoothing prior, not their number, decides how much it bends. */
export const KNOTS = 5;

/**
 * Whether a feature can have a curve: its common values give three or more knots. Many values do not suffice where nearly all rows hold
 * one or two of them.
 *
 * @param values NaN is left out.
 *
 * @example
 * ```ts
 * import { canBend } from "credible/bayes";
 * if (canBend(Float64Array.of(1, 1, 1, 1, 1, 2)) || !canBend(Float64Array.of(1, 2, 3, 4, 5, 6))) throw new Error();
 * ```
 */
export function canBend(values: Float64Array, knots: number = KNOTS): boolean {
  return knotsOf(values.filter((v) => !Number.isNaN(v)), knots).length >= 3;
}

/** Values at the quantiles from 5 to 95 % (Harrell 2015, section 2.4.6; 10 to 90 % for three), those that differ. */
function knotsOf(x: Float64Array, count: number): number[] {
  const sorted = x.toSorted(), end = count === 3 ? 0.1 : 0.05;
  const levels = Array.from({ length: count }, (_, k) => end + (1 - 2 * end) * k / (count - 1));
  return [...new Set(levels.map((level) => sorted[Math.round(level * (sorted.length - 1))]!))];
}

/** ∫ h_i h_j of the hat functions at the inner knots: the penalty ∫ f″² in terms of curvatures. */
function roughness(knots: readonly number[]): ReturnType<typeof matrix> {
  const inner = knots.length - 2, penalty = matrix(inner, inner);
  for (let i = 0; i < inner; i++) {
    penalty.values[i * inner + i] = (knots[i + 2]! - knots[i]!) / 3;
    if (i === 0) continue;
    penalty.values[i * inner + i - 1] = penalty.values[(i - 1) * inner + i] = (knots[i + 1]! - knots[i]!) / 6;
  }
  return penalty;
}

/** The spline with these curvatures that starts from 0 without a slope. */
function fromCurvatures(knots: readonly number[], curvatures: readonly number[]): NaturalSpline {
  const values = [0];
  let slope = 0;
  for (let k = 0; k + 1 < knots.length; k++) {
    const h = knots[k + 1]! - knots[k]!;
    values.push(values[k]! + h * slope + h * h / 6 * (2 * curvatures[k]! + curvatures[k + 1]!));
    slope += h / 2 * (curvatures[k]! + curvatures[k + 1]!);
  }
  return { knots, values, curvatures };
}

/** The spline less its least-squares line over `x`. */
function withoutTrend(spline: NaturalSpline, x: Float64Array): NaturalSpline {
  const centre = mean(x);
  const line = leastSquares(
    matrix(
      x.length,
      2,
      Float64Array.from({ length: 2 * x.length }, (_, i) => i % 2 === 0 ? 1 : x[i >> 1]! - centre),
    ),
    x.map((v) => evaluateSpline(spline, v)),
  )!;
  return {
    ...spline,
    values: spline.values.map((v, k) => v - line[0]! - line[1]! * (spline.knots[k]! - centre)),
  };
}
