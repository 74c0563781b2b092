/**
 * Calibration of several classes.
 *
 * @module
 */
import { column, ensure, logSumExp, type Matrix, matrix, row } from "../core/mod.ts";
import { mostProbable, multiclassLogLoss } from "../evaluate/mod.ts";
import { type Calibrator, type CalibratorJson, type FitOptions, type Values } from "./calibrator.ts";
import { type BinOptions, type CalibrationErrors, calibrationErrors } from "./judge.ts";
import { loadCalibrator } from "./load.ts";
import { fitPlatt } from "./parametric.ts";

/** Probabilities of a row of logits: exp(z / T) over their sum. */
export function softmax(logits: Matrix, temperature = 1): Matrix {
  ensure(temperature > 0, "make probabilities", "temperature", "positive", temperature);
  const p = matrix(logits.rows, logits.columns);
  for (let i = 0; i < logits.rows; i++) {
    const z = row(logits, i).map((v) => v / temperature), total = logSumExp(z);
    z.forEach((v, k) => p.values[i * logits.columns + k] = Math.exp(v - total));
  }
  return p;
}

/**
 * The temperature that minimises the log loss of softmax(z / T), in [0.01, 100].
 *
 * @param logits n × K.
 * @param labels n classes.
 * @throws {RangeError} If lengths differ or a label is no class.
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 */
export function fitSoftmaxTemperature(logits: Matrix, labels: Values): number {
  const loss = (logT: number): number => multiclassLogLoss(labels, softmax(logits, Math.exp(logT)));
  return Math.exp(goldenSection(loss, Math.log(0.01), Math.log(100)));
}

/** The place of the minimum of a function that falls and then rises. */
function goldenSection(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let x1 = high - ratio * (high - low), x2 = low + ratio * (high - low), f1 = f(x1), f2 = f(x2);
  while (high - low > 1e-9) {
    if (f1 <= f2) {
      [high, x2, f2] = [x2, x1, f1];
      f1 = f(x1 = high - ratio * (high - low));
    } else {
      [low, x1, f1] = [x1, x2, f2];
      f2 = f(x2 = low + ratio * (high - low));
    }
  }
  return (low + high) / 2;
}

/** ECE, MCE and root mean square of the top label's probability. */
export function topLabelErrors(
  labels: Values,
  probabilities: Matrix,
  options: BinOptions = {},
): CalibrationErrors {
  const top = mostProbable(probabilities);
  const right = Float64Array.from(top, (k, i) => Number(k === labels[i]));
  return calibrationErrors(
    right,
    Float64Array.from(top, (k, i) => probabilities.values[i * probabilities.columns + k]!),
    options,
  );
}

/** The sum over classes of squared distances, averaged over rows: in [0, 2], twice the binary Brier score for two. */
export function multiclassBrier(labels: Values, probabilities: Matrix): number {
  const { rows } = probabilities;
  ensure(labels.length === rows, "compute the Brier score", "labels", `${rows} long`, labels.length);
  let total = 0;
  for (let i = 0; i < rows; i++) {
    row(probabilities, i).forEach((p, k) => total += (p - Number(k === labels[i])) ** 2);
  }
  return total / rows;
}

/** A calibrator for each class against the rest. */
export interface OneVersusRest {
  /** One a class. */
  readonly calibrators: readonly Calibrator[];
  /** Calibrated probabilities, each row summing to 1; a row that all calibrators put at 0 is uniform. */
  predict(probabilities: Matrix): Matrix;
  /** Plain data from which {@linkcode loadOneVersusRest} makes the same map. */
  toJSON(): readonly CalibratorJson[];
}

/**
 * Calibrates each class against the rest by a binary method, then lets each row sum to 1 again.
 *
 * @param probabilities n × K.
 * @param fit Any binary fit. @default {fitPlatt}
 * @see Zadrozny & Elkan 2002, https://doi.org/10.1145/775047.775151
 */
export function fitOneVersusRest(
  probabilities: Matrix,
  labels: Values,
  fit: (probabilities: Values, labels: Values, options?: FitOptions) => Calibrator = fitPlatt,
): OneVersusRest {
  ensure(
    labels.length === probabilities.rows,
    "calibrate classes",
    "labels",
    `${probabilities.rows} long`,
    labels.length,
  );
  return oneVersusRest(
    Array.from(
      { length: probabilities.columns },
      (_, k) => fit(column(probabilities, k), Float64Array.from(labels, (label) => Number(label === k))),
    ),
  );
}

/** Makes the map again from what {@linkcode OneVersusRest.toJSON} gave. */
export function loadOneVersusRest(json: readonly CalibratorJson[]): OneVersusRest {
  return oneVersusRest(json.map(loadCalibrator));
}

function oneVersusRest(calibrators: readonly Calibrator[]): OneVersusRest {
  return {
    calibrators,
    predict: (probabilities) => {
      const { rows, columns } = probabilities;
      ensure(
        columns === calibrators.length,
        "calibrate classes",
        "probabilities",
        `${calibrators.length} wide`,
        columns,
      );
      const mapped = calibrators.map((c, k) => c.predict(column(probabilities, k)));
      const p = matrix(rows, columns);
      for (let i = 0; i < rows; i++) {
        const total = mapped.reduce((sum, own) => sum + own[i]!, 0);
        mapped.forEach((own, k) => p.values[i * columns + k] = total > 0 ? own[i]! / total : 1 / columns);
      }
      return p;
    },
    toJSON: () => calibrators.map((c) => c.toJSON()),
  };
}
