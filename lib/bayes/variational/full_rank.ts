import type { NormalFamily } from "./normal_family.ts";

/** A normal with any covariance: L is a lower triangle with a positive diagonal, row after row, dim (dim + 1) / 2 numbers. */
export class FullRank implements NormalFamily {
  readonly mean: Float64Array;
  readonly scale: Float64Array;

  constructor(mean: Float64Array, lower: Float64Array) {
    this.mean = mean.slice();
    this.scale = lower.slice();
  }

  /** Starts from independent normals. */
  static independent(mean: Float64Array, sds: Float64Array): FullRank {
    const lower = new Float64Array(mean.length * (mean.length + 1) / 2);
    for (let i = 0; i < mean.length; i++) lower[rowStart(i) + i] = sds[i]!;
    return new FullRank(mean, lower);
  }

  get dim(): number {
    return this.mean.length;
  }

  logDeterminant(): number {
    let log = 0;
    for (let i = 0; i < this.dim; i++) log += Math.log(this.scale[rowStart(i) + i]!);
    return log;
  }

  sd(i: number): number {
    const start = rowStart(i), l = this.scale;
    let squares = 0;
    for (let j = 0; j <= i; j++) squares += l[start + j]! * l[start + j]!;
    return Math.sqrt(squares);
  }

  transform(noise: Float64Array, z: Float64Array): void {
    const l = this.scale;
    for (let i = 0, at = 0; i < z.length; i++) {
      let sum = this.mean[i]!;
      for (let j = 0; j <= i; j++) sum += l[at++]! * noise[j]!;
      z[i] = sum;
    }
  }

  pullBack(gradient: Float64Array, out: Float64Array): void {
    const l = this.scale;
    out.fill(0);
    for (let i = 0, at = 0; i < out.length; i++) {
      const g = gradient[i]!;
      for (let j = 0; j <= i; j++) out[j]! += l[at++]! * g;
    }
  }

  /** One figure for all of L: rows that were scaled one by one would add up to a step that grows with their number. */
  squaredSlopes(slope: Float64Array, noise: Float64Array, out: Float64Array): void {
    let squares = 0, total = 0;
    for (let i = 0; i < slope.length; i++) {
      squares += noise[i]! * noise[i]!;
      total += slope[i]! * slope[i]! * squares;
    }
    out.fill(total);
  }

  /** Row by row: (L A)ᵢⱼ = Lᵢⱼ Aⱼⱼ + εⱼ ∑ₖ Lᵢₖ stretchₖ over j < k ≤ i, a sum that grows as j goes down. */
  move(shift: Float64Array, stretch: Float64Array, noise: Float64Array): void {
    const l = this.scale, { dim } = this;
    const diagonal = stretch.map((v, i) => Math.exp(v * noise[i]!));
    for (let i = 0; i < dim; i++) {
      const start = rowStart(i);
      let moved = 0, sum = 0;
      for (let j = i; j >= 0; j--) {
        const entry = l[start + j]!;
        moved += entry * shift[j]!;
        l[start + j] = entry * diagonal[j]! + noise[j]! * sum;
        sum += entry * stretch[j]!;
      }
      this.mean[i]! += moved;
    }
  }

  /** With M = from.L⁻¹ L, half of |M|² + |from.L⁻¹ (mean − from.mean)|² − dim, less log det M. */
  divergence(from: this): number {
    const { dim } = this, l = this.scale, other = from.scale;
    const m = new Float64Array(l.length), shift = new Float64Array(dim);
    let total = -dim;
    for (let i = 0; i < dim; i++) {
      const start = rowStart(i), row = m.subarray(start, start + i + 1);
      let rest = this.mean[i]! - from.mean[i]!;
      row.set(l.subarray(start, start + i + 1));
      for (let k = 0; k < i; k++) {
        const factor = other[start + k]!, above = rowStart(k);
        for (let j = 0; j <= k; j++) row[j]! -= factor * m[above + j]!;
        rest -= factor * shift[k]!;
      }
      const diagonal = other[start + i]!;
      for (let j = 0; j <= i; j++) {
        row[j]! /= diagonal;
        total += row[j]! * row[j]!;
      }
      shift[i] = rest / diagonal;
      total += shift[i]! * shift[i]!;
    }
    return total / 2 - this.logDeterminant() + from.logDeterminant();
  }

  copy(): this {
    return new FullRank(this.mean, this.scale) as this;
  }
}

/** Where row i of a packed lower triangle starts. */
function rowStart(i: number): number {
  return i * (i + 1) / 2;
}
