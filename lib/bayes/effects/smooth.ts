import type { Rng } from "../../core/mod.ts";
import type { Block, Coefficients } from "./block.ts";
import { logScalePrior, type ScalePrior, scalePriorSlope } from "./scale_prior.ts";
import { sliceStep, SMALLEST } from "./slice.ts";

/**
 * Coefficients that are the same in every group and lean on 0 as far as the data ask: Normal(0, s) with a common unknown s,
 * which is how a penalised spline chooses its own smoothness. The point is `[s, z_1 … z_n]` with coefficients s z; s is
 * sampled with a sign, of which only |s| is reported. After each transition a slice move changes log |s| with the
 * coefficients held fixed.
 *
 * @see Ruppert, Wand and Carroll 2003, Semiparametric Regression, section 4.9
 */
export function smoothBlock(mine: readonly number[], scale: ScalePrior, from: number): Block {
  const count = mine.length;
  return {
    from,
    dim: 1 + count,

    forward(q: Float64Array, { groups, columns, values }: Coefficients): void {
      for (let c = 0; c < count; c++) {
        const coefficient = q[from]! * q[from + 1 + c]!;
        for (let j = 0; j < groups; j++) values[j * columns + mine[c]!] = coefficient;
      }
    },

    backward(q: Float64Array, { groups, columns, values }: Coefficients, gradient: Float64Array): number {
      const s = q[from]!;
      let log = logScalePrior(scale, s), scaleSlope = scalePriorSlope(scale, s);
      for (let c = 0; c < count; c++) {
        const z = q[from + 1 + c]!;
        let slope = 0;
        for (let j = 0; j < groups; j++) slope += values[j * columns + mine[c]!]!;
        log -= 0.5 * z * z;
        scaleSlope += slope * z;
        gradient[from + 1 + c] = s * slope - z;
      }
      gradient[from] = scaleSlope;
      return log;
    },

    report(q: Float64Array, mu: Float64Array): number {
      for (let c = 0; c < count; c++) mu[mine[c]!] = q[from]! * q[from + 1 + c]!;
      return Math.abs(q[from]!);
    },

    refresh(q: Float64Array, gradient: Float64Array, rng: Rng): number {
      const s = q[from]!;
      if (!(Math.abs(s) >= SMALLEST) || !Number.isFinite(s)) return 0;
      let squares = 0;
      for (let c = 1; c <= count; c++) squares += (s * q[from + c]!) ** 2;
      // With coefficients fixed, z = coefficient / s: its normal density, its Jacobian, and that of log |s|.
      const target = (l: number): number =>
        Math.exp(l) < SMALLEST
          ? -Infinity
          : (1 - count) * l - 0.5 * squares * Math.exp(-2 * l) + logScalePrior(scale, Math.exp(l));
      const moved = Math.sign(s) * Math.exp(sliceStep(target, Math.log(Math.abs(s)), rng));
      let change = logScalePrior(scale, moved) - logScalePrior(scale, s);
      let scaleSlope = scalePriorSlope(scale, moved);
      for (let c = 1; c <= count; c++) {
        const before = q[from + c]!, after = before * s / moved, slope = (gradient[from + c]! + before) / s;
        change += 0.5 * (before * before - after * after);
        scaleSlope += slope * after;
        q[from + c] = after;
        gradient[from + c] = moved * slope - after;
      }
      q[from] = moved;
      gradient[from] = scaleSlope;
      return change;
    },
  };
}
