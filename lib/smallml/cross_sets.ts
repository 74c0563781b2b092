import { type CrossCalibration, type CrossClassSets, fitCrossSets, rowsNeeded } from "../conformal/mod.ts";

/** Cross sets at a confidence: within each label where there are events enough for a promise to each. */
export function crossSetsOf(
  rows: CrossCalibration,
  options: { readonly confidence: number; readonly classes: readonly string[] },
): CrossClassSets {
  const labels = Array.from(rows.labels), events = labels.reduce((sum, label) => sum + label, 0);
  const byClass = Math.min(events, labels.length - events) >= rowsNeeded(options.confidence);
  return fitCrossSets(rows, { ...options, byClass });
}
