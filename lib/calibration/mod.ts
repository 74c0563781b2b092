/**
 * Probabilities that mean what they say: maps that repair them, the choice between these, and judging the result.
 *
 * @module
 */
export type { Calibrator, CalibratorJson, CalibratorMethod, FitOptions, Values } from "./calibrator.ts";
export { fitBayesianBinning, fitHistogram, type HistogramOptions } from "./binned.ts";
export * from "./choose.ts";
export { fitIncreasing, fitIsotonic, isotonicAt, type IsotonicFit } from "./isotonic.ts";
export * from "./judge.ts";
export * from "./load.ts";
export * from "./multiclass.ts";
export {
  type BetaCurve,
  fitBeta,
  fitBetaCurve,
  fitPlatt,
  fitPlattCurve,
  fitShrunk,
  fitTemperature,
  noCalibration,
  type PlattCurve,
} from "./parametric.ts";
export * from "./reliability.ts";
export { fitSpline, type MonotoneSpline, monotoneSpline, splineAt, type SplineOptions } from "./spline.ts";
