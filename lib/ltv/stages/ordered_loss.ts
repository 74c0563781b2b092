import { ensure, expit, log1pExp } from "../../core/mod.ts";
import type { Loss } from "../../trees/mod.ts";

/** The loss of one horizon, of a prediction F on its own scale and a label. */
export interface HorizonLoss {
  /** Where F of the first horizon may lie: above 0, or anywhere. Every later one lies above the one before it. */
  readonly first: "positive" | "any";
  /** The best constant F, from the weighted mean of labels. */
  start(mean: number): number;
  /** The derivative by F. */
  slope(prediction: number, label: number): number;
  /** A positive stand-in for the second derivative, which keeps a step from going too far. */
  curvature(prediction: number, label: number): number;
  /** The loss itself. */
  value(prediction: number, label: number): number;
}

/** Half the squared error; F is the mean of labels above 0. */
export const squaredLoss: HorizonLoss = {
  first: "positive",
  start: (mean) => mean,
  slope: (f, y) => f - y,
  curvature: () => 1,
  value: (f, y) => (f - y) ** 2 / 2,
};

/** As {@linkcode squaredLoss}, where errors above `delta` count in proportion: near the mean, and calm about whales. */
export function huberLoss(delta: number): HorizonLoss {
  ensure(delta > 0 && delta < Infinity, "fit ordered revenue", "huberDelta", "above 0", delta);
  return {
    ...squaredLoss,
    slope: (f, y) => Math.min(delta, Math.max(-delta, f - y)),
    value: (f, y) => {
      const error = Math.abs(f - y);
      return error <= delta ? error * error / 2 : delta * (error - delta / 2);
    },
  };
}

/**
 * Deviance of amounts above 0 with variance in proportion to mean^power; F is the logarithm of the mean: power 1 keeps totals (Poisson),
 * 2 is gamma, between them Tweedie.
 */
export function devianceLoss(power: number): HorizonLoss {
  ensure(power >= 1 && power <= 2, "fit ordered revenue", "the Tweedie power", "in [1, 2]", power);
  const own = power === 2
    ? (f: number): number => f
    : (f: number): number => Math.exp((2 - power) * f) / (2 - power);
  const pull = power === 1
    ? (f: number): number => -f
    : (f: number): number => Math.exp((1 - power) * f) / (power - 1);
  return {
    first: "any",
    start: Math.log,
    slope: (f, y) => Math.exp((2 - power) * f) - y * Math.exp((1 - power) * f),
    // The middle of expected and observed: a step is then 2 (r − 1) / (r + 1) for a ratio r of label to mean at power 2, close to log r
    // on both sides, where either alone steps too far on one.
    curvature: (f, y) => (Math.exp((2 - power) * f) + y * Math.exp((1 - power) * f)) / 2,
    value: (f, y) => own(f) + y * pull(f),
  };
}

/** Labels by horizon, then by row: NaN where a horizon teaches nothing of a row. */
export type HorizonLabels = readonly Float64Array[];

/**
 * One loss for all horizons, on trees with an output a horizon: after Li et al. 2022 ("Billion-user customer lifetime value prediction",
 * arXiv:2208.13358), whose monotone units add something that is never negative to the horizon before. With raw outputs g:
 *
 * - F₁ = softplus(g₁), or g₁ where F may be negative;
 * - F_h = F_{h−1} + softplus(g_h), so no row can break the order;
 * - minimise Σ_h λ_h loss_h(F_h), so that each increment is fitted by every horizon that it is part of.
 *
 * ∂/∂g_k = F′(g_k) · Σ_{h≥k} λ_h loss′_h(F_h). The hessian is taken as F′(g_k) · Σ_{h≥k} λ_h loss″_h rather than with F′²: where an
 * increment is near 0, the Newton step in g would be without bound, and this one moves F by at most a Newton step in F.
 *
 * A row's target is its place in `labels`, because the interface of losses holds one number a row.
 */
export function orderedLoss(
  labels: HorizonLabels,
  loss: HorizonLoss,
  horizonWeights: readonly number[],
): Loss {
  const outputs = labels.length;
  const horizonLoss = (raw: readonly Float64Array[], place: number, row: number): number => {
    let total = 0;
    eachHorizon(raw, row, loss, (f, h) => {
      const label = labels[h]![place]!;
      if (!Number.isNaN(label)) total += horizonWeights[h]! * loss.value(f, label);
    });
    return total;
  };
  return {
    link: "identity",
    outputs,
    check: () => {},
    start: (places, weights) => startOf(labels, loss, places, weights),
    gradients(raw, output, places, weights, gradient, hessian): void {
      for (let i = 0; i < places.length; i++) {
        let slope = 0, curvature = 0;
        eachHorizon(raw, i, loss, (f, h) => {
          const label = labels[h]![places[i]!]!;
          if (h < output || Number.isNaN(label)) return;
          slope += horizonWeights[h]! * loss.slope(f, label);
          curvature += horizonWeights[h]! * loss.curvature(f, label);
        });
        const growth = isFree(output, loss) ? 1 : expit(raw[output]![i]!);
        gradient[i] = weights[i]! * growth * slope;
        hessian[i] = weights[i]! * growth * curvature;
      }
    },
    mean: (raw, places) => {
      let total = 0;
      places.forEach((place, row) => total += horizonLoss(raw, place, row));
      return total / places.length;
    },
  };
}

/** F by horizon of rows, from raw outputs by horizon. */
export function accumulate(raw: readonly Float64Array[], loss: HorizonLoss): Float64Array[] {
  const out = raw.map(({ length }) => new Float64Array(length));
  for (let row = 0; row < (raw[0]?.length ?? 0); row++) {
    eachHorizon(raw, row, loss, (f, h) => out[h]![row] = f);
  }
  return out;
}

function eachHorizon(
  raw: readonly Float64Array[],
  row: number,
  loss: HorizonLoss,
  visit: (prediction: number, horizon: number) => void,
): void {
  let f = 0;
  for (let h = 0; h < raw.length; h++) {
    const own = raw[h]![row]!;
    f = isFree(h, loss) ? own : f + log1pExp(own);
    visit(f, h);
  }
}

function isFree(horizon: number, loss: HorizonLoss): boolean {
  return horizon === 0 && loss.first === "any";
}

/** A first increment that is never 0, so that its gradient is none either. */
const LEAST = 1e-3;

/** Raw outputs whose F are the best constants, as far as these rise. */
function startOf(
  labels: HorizonLabels,
  loss: HorizonLoss,
  places: Float64Array,
  weights: Float64Array,
): Float64Array {
  let before = 0;
  return Float64Array.from(labels, (column, h) => {
    let sum = 0, total = 0;
    places.forEach((place, i) => {
      const label = column[place]!;
      if (Number.isNaN(label)) return;
      sum += weights[i]! * label;
      total += weights[i]!;
    });
    const best = total > 0 ? loss.start(sum / total) : before;
    if (isFree(h, loss)) return before = best;
    const step = Math.max(LEAST, best - before);
    before += step;
    return Math.log(Math.expm1(step)); // the inverse of softplus
  });
}
