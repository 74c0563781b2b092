import type { NormalFamily } from "./normal_family.ts";

/** Independent normals: L is diagonal. */
export class MeanField implements NormalFamily {
  readonly mean: Float64Array;
  readonly scale: Float64Array;

  constructor(mean: Float64Array, sds: Float64Array) {
    this.mean = mean.slice();
    this.scale = sds.slice();
  }

  get dim(): number {
    return this.mean.length;
  }

  logDeterminant(): number {
    let log = 0;
    for (let i = 0; i < this.dim; i++) log += Math.log(this.scale[i]!);
    return log;
  }

  sd(i: number): number {
    return this.scale[i]!;
  }

  transform(noise: Float64Array, z: Float64Array): void {
    for (let i = 0; i < z.length; i++) z[i] = this.mean[i]! + this.scale[i]! * noise[i]!;
  }

  pullBack(gradient: Float64Array, out: Float64Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.scale[i]! * gradient[i]!;
  }

  squaredSlopes(slope: Float64Array, noise: Float64Array, out: Float64Array): void {
    for (let i = 0; i < out.length; i++) out[i] = (slope[i]! * noise[i]!) ** 2;
  }

  move(shift: Float64Array, stretch: Float64Array, noise: Float64Array): void {
    for (let i = 0; i < shift.length; i++) {
      this.mean[i]! += this.scale[i]! * shift[i]!;
      this.scale[i]! *= Math.exp(stretch[i]! * noise[i]!);
    }
  }

  divergence(from: this): number {
    let total = 0;
    for (let i = 0; i < this.dim; i++) {
      const ratio = this.scale[i]! / from.scale[i]!, shift = (this.mean[i]! - from.mean[i]!) / from.scale[i]!;
      total += 0.5 * (ratio * ratio + shift * shift - 1) - Math.log(ratio);
    }
    return total;
  }

  copy(): this {
    return new MeanField(this.mean, this.scale) as this;
  }
}
