import type { Rng } from "../../core/mod.ts";
import { defineModel, real } from "../model/define.ts";
import type { Model } from "../model/model.ts";

/** A correlated normal with known moments, for tests of the sampler: sds 1 to `dim`, neighbours correlated by `rho`. */
export function correlatedNormal({ dim, rho }: { dim: number; rho: number }): Model {
  // x_i / sd_i is an autoregressive sequence, so that the density factors into one-step conditionals.
  const spread = 1 - rho * rho;
  return defineModel({ x: real(dim) }, ({ x }, gradient) => {
    let density = 0;
    for (let i = 0; i < dim; i++) {
      const z = x[i]! / (i + 1), before = i === 0 ? 0 : x[i - 1]! / i;
      const variance = i === 0 ? 1 : spread;
      const error = z - (i === 0 ? 0 : rho * before);
      density -= error * error / variance / 2;
      gradient.x[i]! -= error / variance / (i + 1);
      if (i > 0) gradient.x[i - 1]! += rho * error / variance / i;
    }
    return density;
  });
}

/** The same normal, which reports a random number beside each draw. */
export function noisyNormal(data: { dim: number; rho: number }): Model {
  const model = correlatedNormal(data);
  return {
    ...model,
    quantities: [...model.quantities, "noise"],
    report(q: Float64Array, out: Float64Array, rng: Rng): void {
      model.report(q, out, rng);
      out[data.dim] = rng.normal();
    },
  };
}

/** A model whose density is never finite. */
export function nowhere(): Model {
  return defineModel({ x: real() }, () => NaN);
}
