import { mean, standardDeviation } from "../core/mod.ts";

/** A straight line through the SHAP values of one feature: what a linear model would have to say for the trees. */
export interface ShapLine {
  /** Log-odds per unit of the feature. */
  readonly slope: number;
  /** Share of the SHAP values' variance that lies on the line; 0 where they do not vary. */
  readonly r2: number;
}

/** The shape that the trees learnt: the mean SHAP value near some values of the feature. */
export type ShapCurve = readonly { readonly x: number; readonly shap: number }[];

/** Fewer customers near a value make no point of a curve. */
const FEWEST = 10;

/** Least squares of SHAP values on the feature; pairs without a value are left out. */
export function shapLine(x: Float64Array, shap: Float64Array): ShapLine {
  const known = x.map((_, i) => i).filter((i) => !Number.isNaN(x[i]!));
  const at = known.map((i) => x[i]!), values = known.map((i) => shap[i]!);
  const middle = mean(at), level = mean(values);
  let together = 0, spread = 0, total = 0;
  for (let i = 0; i < at.length; i++) {
    const [dx, dy] = [at[i]! - middle, values[i]! - level];
    together += dx * dy;
    spread += dx * dx;
    total += dy * dy;
  }
  if (spread === 0 || total === 0) return { slope: 0, r2: 0 };
  return { slope: together / spread, r2: together * together / (spread * total) };
}

/** Mean SHAP values by half units of the feature. */
export function shapCurve(x: Float64Array, shap: Float64Array): ShapCurve {
  const near = Map.groupBy(x.keys(), (i) => Math.round(2 * x[i]!));
  near.delete(NaN);
  return [...near].filter(([, rows]) => rows.length >= FEWEST).sort(([a], [b]) => a - b).map(([, rows]) => ({
    x: mean(rows.map((i) => x[i]!)),
    shap: mean(rows.map((i) => shap[i]!)),
  }));
}

/**
 * How much an estimate would differ on another sample, from estimates that each leave one of k equal parts out.
 *
 * @see Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 11.5 (the grouped jackknife)
 */
export function jackknifeError(estimates: readonly number[]): number {
  const k = estimates.length;
  return (k - 1) / Math.sqrt(k) * standardDeviation(estimates);
}
