import { ensure } from "../core/mod.ts";

/** A column of numbers. */
export type Values = ArrayLike<number>;

/** A fitted map from what a model says to a probability: immutable, and plain JSON when saved. */
export interface Calibrator {
  /** How it was fitted. */
  readonly method: CalibratorMethod;
  /** The calibrated probability of each row, in [0, 1]. */
  predict(probabilities: Values): Float64Array;
  /** Plain data from which {@linkcode loadCalibrator} makes the same map. */
  toJSON(): CalibratorJson;
}

/** The ways to calibrate probabilities. */
export type CalibratorMethod =
  | "none"
  | "shrunk"
  | "platt"
  | "beta"
  | "temperature"
  | "isotonic"
  | "histogram"
  | "spline"
  | "bayesianBinning";

/** {@linkcode Calibrator} as plain data: the method, and its numbers by name. */
export interface CalibratorJson {
  /** What this is. */
  readonly format: "credible.calibrator";
  /** Of the format. */
  readonly version: 1;
  /** How it was fitted. */
  readonly method: CalibratorMethod;
  /** The fitted numbers. */
  readonly parameters: Readonly<Record<string, number | readonly number[] | readonly (readonly number[])[]>>;
}

/** A calibrator from its numbers and the map that they make. */
export function calibrator(
  method: CalibratorMethod,
  parameters: CalibratorJson["parameters"],
  map: (probability: number) => number,
): Calibrator {
  return {
    method,
    predict: (probabilities) => {
      for (let i = 0; i < probabilities.length; i++) {
        const p = probabilities[i]!;
        ensure(p >= 0 && p <= 1, "calibrate", `probabilities[${i}]`, "in [0, 1]", p);
      }
      return Float64Array.from(probabilities, map);
    },
    toJSON: () => ({ format: "credible.calibrator", version: 1, method, parameters }),
  };
}

/** What calibrators are fitted to. */
export interface FitOptions {
  /** One a row, finite and 0 or more. @default {all 1} */
  readonly weights?: Values;
}

/** Throws unless labels are 0 or 1, probabilities in [0, 1], and columns equally long with at least one row. */
export function ensureRows(probabilities: Values, labels: Values, weights?: Values): void {
  const action = "fit the calibration", rows = probabilities.length;
  ensure(rows > 0, action, "the number of rows", "1 or more", rows);
  ensure(labels.length === rows, action, "labels", `${rows} long`, labels.length);
  ensure(!weights || weights.length === rows, action, "weights", `${rows} long`, weights?.length);
  for (let i = 0; i < rows; i++) {
    const p = probabilities[i]!, label = labels[i]!, weight = weights ? weights[i]! : 1;
    ensure(p >= 0 && p <= 1, action, `probabilities[${i}]`, "in [0, 1]", p);
    ensure(label === 0 || label === 1, action, `labels[${i}]`, "0 or 1", label);
    ensure(weight >= 0 && weight < Infinity, action, `weights[${i}]`, "finite, 0 or more", weight);
  }
}

/** Probabilities of 0 and 1 are moved this far in before their logarithm is taken. */
const LEAST = 2 ** -52;

/** A probability that has a finite logit. */
export function inside(p: number): number {
  return Math.min(1 - LEAST, Math.max(LEAST, p));
}
