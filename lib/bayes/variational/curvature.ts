/**
 * What L-BFGS knows of the curvature: an inverse Hessian diag(α) + β γ βᵀ of low rank, kept as factors, so that it can be
 * applied, and drawn from, in time that grows with dim only.
 *
 * @see Byrd, Nocedal and Schnabel 1994, https://doi.org/10.1007/BF01582063; Zhang et al. 2022, algorithms 3 and 4,
 * https://jmlr.org/papers/v23/21-0889.html
 * @module
 */
import { cholesky, logDeterminant, type Matrix, matrix, multiply, transpose } from "../../core/mod.ts";
import { LOG_TWO_PI } from "./normal_family.ts";

/** A step of an optimiser: how far it went, and how the gradient of the negated log density changed. */
export interface Change {
  readonly s: Float64Array;
  readonly z: Float64Array;
}

/** The diagonal after one more step: fits α to the curvature along it (Gilbert and Lemaréchal 1989). */
export function updateDiagonal(alpha: Float64Array, { s, z }: Change): Float64Array {
  let a = 0, b = 0, c = 0;
  for (let i = 0; i < alpha.length; i++) {
    a += z[i]! * z[i]! * alpha[i]!;
    b += z[i]! * s[i]!;
    c += s[i]! * s[i]! / alpha[i]!;
  }
  return alpha.map((v, i) => 1 / (a / (b * v) + z[i]! ** 2 / b - a * s[i]! ** 2 / (b * c * v * v)));
}

/** A normal with the inverse Hessian as covariance. */
export class Curvature {
  readonly #alpha: Float64Array;
  readonly #rootAlpha: Float64Array;
  /** Orthonormal rows that span diag(α)^(−1/2) β. */
  readonly #basis: readonly Float64Array[];
  /** Lower triangle K with K Kᵀ = I + the low-rank part in that basis. */
  readonly #root: Matrix;
  readonly #logDeterminant: number;

  private constructor(alpha: Float64Array, basis: readonly Float64Array[], root: Matrix) {
    this.#alpha = alpha;
    this.#rootAlpha = alpha.map(Math.sqrt);
    this.#basis = basis;
    this.#root = root;
    this.#logDeterminant = alpha.reduce((sum, v) => sum + Math.log(v), 0) + logDeterminant(root);
  }

  /** From a diagonal and the latest changes, oldest first; undefined where rounding has spoilt it. */
  static of(alpha: Float64Array, history: readonly Change[]): Curvature | undefined {
    const { basis, coordinates } = orthonormal([
      ...history.map(({ z }) => z.map((v, i) => Math.sqrt(alpha[i]!) * v)),
      ...history.map(({ s }) => s.map((v, i) => v / Math.sqrt(alpha[i]!))),
    ]);
    const inner = multiply(multiply(coordinates, middle(alpha, history)), transpose(coordinates));
    for (let i = 0; i < inner.rows; i++) inner.values[i * inner.rows + i]! += 1;
    const root = cholesky(inner);
    return root && new Curvature(alpha, basis, root);
  }

  /** The inverse Hessian times a vector. */
  apply(v: Float64Array): Float64Array {
    const x = v.map((value, i) => this.#rootAlpha[i]! * value);
    const inBasis = this.#coordinates(x), { rows, values } = this.#root;
    // K (Kᵀ c) − c in the basis: what the low-rank part adds.
    const half = inBasis.map((_, j) => {
      let sum = 0;
      for (let i = j; i < rows; i++) sum += values[i * rows + j]! * inBasis[i]!;
      return sum;
    });
    this.#addInBasis(x, this.#timesRoot(half), inBasis);
    return x.map((value, i) => this.#rootAlpha[i]! * value);
  }

  /** Turns standard normal noise into a draw around 0; returns its log density. */
  draw(noise: Float64Array, out: Float64Array): number {
    let squares = 0;
    for (const e of noise) squares += e * e;
    const x = noise.slice(), inBasis = this.#coordinates(noise);
    this.#addInBasis(x, this.#timesRoot(inBasis), inBasis);
    for (let i = 0; i < out.length; i++) out[i] = this.#rootAlpha[i]! * x[i]!;
    return -0.5 * (squares + noise.length * LOG_TWO_PI + this.#logDeterminant);
  }

  #coordinates(x: Float64Array): Float64Array {
    return Float64Array.from(this.#basis, (b) => dot(b, x));
  }

  #timesRoot(c: Float64Array): Float64Array {
    const { rows, values } = this.#root;
    return c.map((_, i) => {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += values[i * rows + j]! * c[j]!;
      return sum;
    });
  }

  #addInBasis(x: Float64Array, after: Float64Array, before: Float64Array): void {
    this.#basis.forEach((b, k) => {
      const change = after[k]! - before[k]!;
      for (let i = 0; i < x.length; i++) x[i]! += change * b[i]!;
    });
  }
}

/** γ of algorithm 3: [[0, −R⁻¹], [−R⁻ᵀ, R⁻ᵀ (diag(η) + Zᵀ diag(α) Z) R⁻¹]] with R the upper triangle of Sᵀ Z, η its diagonal. */
function middle(alpha: Float64Array, history: readonly Change[]): Matrix {
  const m = history.length, inverse = matrix(m, m), inner = matrix(m, m);
  for (let j = 0; j < m; j++) { // columns of R⁻¹ by back substitution
    for (let i = j; i >= 0; i--) {
      let rest = i === j ? 1 : 0;
      for (let k = i + 1; k <= j; k++) rest -= dot(history[i]!.s, history[k]!.z) * inverse.values[k * m + j]!;
      inverse.values[i * m + j] = rest / dot(history[i]!.s, history[i]!.z);
    }
  }
  history.forEach(({ s, z }, i) => {
    const scaled = z.map((v, k) => alpha[k]! * v);
    history.forEach((other, j) => inner.values[i * m + j] = dot(scaled, other.z) + (i === j ? dot(s, z) : 0));
  });
  const corner = multiply(multiply(transpose(inverse), inner), inverse), gamma = matrix(2 * m, 2 * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      gamma.values[i * 2 * m + m + j] = gamma.values[(m + j) * 2 * m + i] = -inverse.values[i * m + j]!;
      gamma.values[(m + i) * 2 * m + m + j] = corner.values[i * m + j]!;
    }
  }
  return gamma;
}

/** Part of a vector that must be left over for it to open a new direction. */
const INDEPENDENT = 1e-10;

/** Gram–Schmidt, twice over: an orthonormal basis, and each vector's coordinates in it as a column. */
function orthonormal(vectors: readonly Float64Array[]): { basis: Float64Array[]; coordinates: Matrix } {
  const basis: Float64Array[] = [];
  const found = vectors.map((vector) => {
    const rest = vector.slice(), shares = basis.map(() => 0);
    for (let pass = 0; pass < 2; pass++) { // twice is enough (Kahan)
      basis.forEach((b, k) => {
        const share = dot(b, rest);
        shares[k]! += share;
        for (let i = 0; i < rest.length; i++) rest[i]! -= share * b[i]!;
      });
    }
    const left = Math.sqrt(dot(rest, rest));
    if (left > INDEPENDENT * Math.sqrt(dot(vector, vector))) {
      basis.push(rest.map((v) => v / left));
      shares.push(left);
    }
    return shares;
  });
  const coordinates = matrix(basis.length, vectors.length);
  found.forEach((shares, j) => shares.forEach((v, k) => coordinates.values[k * vectors.length + j] = v));
  return { basis, coordinates };
}

/** The inner product. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
