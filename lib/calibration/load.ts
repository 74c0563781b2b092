import { ensure } from "../core/mod.ts";
import { bayesianBinningCalibrator, histogramCalibrator } from "./binned.ts";
import type { Calibrator, CalibratorJson, CalibratorMethod } from "./calibrator.ts";
import { isotonicCalibrator } from "./isotonic.ts";
import {
  betaCalibrator,
  noCalibration,
  plattCalibrator,
  shrunkCalibrator,
  temperatureCalibrator,
} from "./parametric.ts";
import { splineCalibrator } from "./spline.ts";

/**
 * Makes a calibrator again from what {@linkcode Calibrator.toJSON} gave: it predicts the same, bit for bit.
 *
 * @throws {RangeError} If this is no such data, of an unknown version or method, or a number is missing.
 *
 * @example
 * ```ts
 * import { fitPlatt, loadCalibrator } from "credible/calibration";
 * const map = fitPlatt([0.2, 0.4, 0.6, 0.8], [0, 1, 0, 1]);
 * const again = loadCalibrator(JSON.parse(JSON.stringify(map)));
 * if (again.predict([0.3])[0] !== map.predict([0.3])[0]) throw new Error("the same");
 * ```
 */
export function loadCalibrator(json: CalibratorJson): Calibrator {
  const action = "load a calibrator";
  ensure(json.format === "credible.calibrator", action, "format", "credible.calibrator", json.format);
  ensure(json.version === 1, action, "version", "1", json.version);
  const make = MAKERS[json.method];
  ensure(make !== undefined, action, "method", `one of ${Object.keys(MAKERS).join(", ")}`, json.method);
  return make(reader(json));
}

interface Reader {
  number(name: string): number;
  list(name: string): readonly number[];
  lists(name: string): readonly (readonly number[])[];
}

const MAKERS: Readonly<Record<CalibratorMethod, (read: Reader) => Calibrator>> = {
  none: () => noCalibration(),
  shrunk: (read) => shrunkCalibrator(read.number("intercept"), read.number("slope")),
  platt: (read) => plattCalibrator({ a: read.number("a"), b: read.number("b") }),
  beta: (read) => betaCalibrator({ a: read.number("a"), b: read.number("b"), c: read.number("c") }),
  temperature: (read) => temperatureCalibrator(read.number("temperature")),
  isotonic: (read) => isotonicCalibrator({ x: read.list("x"), y: read.list("y") }),
  histogram: (read) => histogramCalibrator(read.list("edges"), read.list("rates")),
  spline: (read) => splineCalibrator({ x: read.list("x"), y: read.list("y"), slopes: read.list("slopes") }),
  bayesianBinning: (read) =>
    bayesianBinningCalibrator(read.list("weights"), read.lists("edges"), read.lists("rates")),
};

function reader({ method, parameters }: CalibratorJson): Reader {
  const read = <T>(name: string, fits: (value: unknown) => boolean, rule: string): T => {
    const value = parameters[name];
    ensure(fits(value), `load a ${method} calibrator`, name, rule, value);
    return value as T;
  };
  const numbers = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isFinite);
  return {
    number: (name) => read(name, Number.isFinite, "a number"),
    list: (name) => read(name, numbers, "a list of numbers"),
    lists: (name) => read(name, (value) => Array.isArray(value) && value.every(numbers), "lists of numbers"),
  };
}
