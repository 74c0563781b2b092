import { ensure } from "../core/mod.ts";

/** Σ w·value / Σ w. */
export function weightedMean(values: Float64Array, weights: Float64Array): number {
  let [sum, total] = [0, 0];
  values.forEach((value, i) => {
    sum += value * weights[i]!;
    total += weights[i]!;
  });
  return sum / total;
}

/** The mean of a loss over all rows. */
export function meanOver(target: Float64Array, lossOf: (y: number, row: number) => number): number {
  let sum = 0;
  target.forEach((y, i) => sum += lossOf(y, i));
  return sum / target.length;
}

/** Refuses targets that are missing or infinite. */
export function requireFinite(target: Float64Array): void {
  for (const y of target) ensure(Number.isFinite(y), "fit the trees", "a target", "finite", y);
}
