/**
 * Calibration by a curve with one to three numbers: what few rows can afford.
 *
 * @module
 */
import { ensure, expit, logit } from "../core/mod.ts";
import {
  type Calibrator,
  calibrator,
  ensureRows,
  type FitOptions,
  inside,
  type Values,
} from "./calibrator.ts";
import { besides, fitLogistic, type LogisticRows } from "./logistic_fit.ts";

/** Platt's curve: P = 1 / (1 + exp(a · score + b)). */
export interface PlattCurve {
  /** Negative where a larger score means a likelier event. */
  readonly a: number;
  /** The logit at score 0, with its sign turned. */
  readonly b: number;
}

/**
 * Platt's sigmoid on scores of any scale. Targets are (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2), which keeps the curve finite
 * even where a score separates the classes.
 *
 * @param scores n scores.
 * @param labels n labels, 0 or 1.
 * @param options Weights; the targets then use the sums of weights.
 * @throws {RangeError} If lengths differ, a score is not finite, or all scores are equal.
 * @see Platt 1999; Lin, Lin & Weng 2007, https://doi.org/10.1007/s10994-007-5018-6
 */
export function fitPlattCurve(scores: Values, labels: Values, options: FitOptions = {}): PlattCurve {
  const { weights } = options, action = "fit Platt's curve";
  ensureRows(new Float64Array(scores.length), labels, weights);
  for (let i = 0; i < scores.length; i++) {
    ensure(Number.isFinite(scores[i]), action, `scores[${i}]`, "finite", scores[i]);
  }
  const count = (label: number): number =>
    Array.from(labels).reduce(
      (total, own, i) => total + (own === label ? (weights ? weights[i]! : 1) : 0),
      0,
    );
  const up = (count(1) + 1) / (count(1) + 2), down = 1 / (count(0) + 2);
  const ones = new Float64Array(scores.length).fill(1),
    targets = Float64Array.from(labels, (y) => y ? up : down);
  const fit = fitLogistic({ x: besides(scores, ones), targets, ...(weights ? { weights } : {}) });
  ensure(fit !== undefined, action, "the scores", "of more than one value", scores[0]);
  return { a: 0 - fit.coefficients[0]!, b: 0 - fit.coefficients[1]! };
}

/**
 * Platt scaling of probabilities: {@linkcode fitPlattCurve} on their logits.
 *
 * @example
 * ```ts
 * import { fitPlatt } from "credible/calibration";
 * const map = fitPlatt([0.9, 0.8, 0.95, 0.2, 0.1, 0.85], [1, 0, 1, 0, 0, 0]);
 * const [p] = map.predict([0.9]); // below 0.9: the model was too sure
 * ```
 */
export function fitPlatt(probabilities: Values, labels: Values, options: FitOptions = {}): Calibrator {
  ensureRows(probabilities, labels, options.weights);
  const { a, b } = fitPlattCurve(logits(probabilities), labels, options);
  return plattCalibrator({ a, b });
}

/** The calibrator of a curve. */
export function plattCalibrator({ a, b }: PlattCurve): Calibrator {
  return calibrator("platt", { a, b }, (p) => expit(-(a * logit(inside(p)) + b)));
}

/**
 * Temperature scaling: logit P = logit p / T. Repairs over-confidence, and never changes an order or the point ½.
 *
 * @throws {RangeError} If labels contradict the probabilities so much that no T is best.
 * @see Guo et al. 2017, https://arxiv.org/abs/1706.04599
 */
export function fitTemperature(probabilities: Values, labels: Values, options: FitOptions = {}): Calibrator {
  ensureRows(probabilities, labels, options.weights);
  const { weights } = options, rows: LogisticRows = { x: besides(logits(probabilities)), targets: labels };
  const slope = fitLogistic(weights ? { ...rows, weights } : rows)?.coefficients[0];
  ensure(
    slope !== undefined && slope > 0,
    "fit the temperature",
    "the labels",
    "neither separated nor turned round",
    slope,
  );
  return temperatureCalibrator(1 / slope);
}

/** The calibrator of a temperature. */
export function temperatureCalibrator(temperature: number): Calibrator {
  return calibrator("temperature", { temperature }, (p) => expit(logit(inside(p)) / temperature));
}

/** Beta calibration's curve: logit P = c + a · log p − b · log(1 − p). */
export interface BetaCurve {
  /** How the curve bends near 0. */
  readonly a: number;
  /** How it bends near 1. */
  readonly b: number;
  /** Shift. */
  readonly c: number;
}

/**
 * The maximum-likelihood curve of beta calibration, without constraint on signs.
 *
 * @returns Undefined where there is none, as when classes are separated.
 */
export function fitBetaCurve(
  probabilities: Values,
  labels: Values,
  options: FitOptions = {},
): BetaCurve | undefined {
  ensureRows(probabilities, labels, options.weights);
  return betaCurve(probabilities, labels, options, [true, true]);
}

/**
 * Beta calibration: bends each end by itself, with the identity among its curves. Where a bend comes out negative, which
 * would turn the order round, it is set to 0 and the rest fitted again.
 *
 * @throws {RangeError} If no curve is best, as when classes are separated.
 * @see Kull, Silva Filho & Flach 2017, https://proceedings.mlr.press/v54/kull17a.html
 */
export function fitBeta(probabilities: Values, labels: Values, options: FitOptions = {}): Calibrator {
  ensureRows(probabilities, labels, options.weights);
  let curve = betaCurve(probabilities, labels, options, [true, true]);
  if (curve && curve.a < 0) curve = betaCurve(probabilities, labels, options, [false, true]);
  else if (curve && curve.b < 0) curve = betaCurve(probabilities, labels, options, [true, false]);
  ensure(
    curve !== undefined,
    "fit beta calibration",
    "the labels",
    "not separated by the probabilities",
    "separated",
  );
  return betaCalibrator({ a: Math.max(0, curve.a), b: Math.max(0, curve.b), c: curve.c });
}

/** The calibrator of a curve. */
export function betaCalibrator({ a, b, c }: BetaCurve): Calibrator {
  return calibrator("beta", { a, b, c }, (p) => {
    const q = inside(p);
    return expit(c + a * Math.log(q) - b * Math.log1p(-q));
  });
}

function betaCurve(
  probabilities: Values,
  labels: Values,
  { weights }: FitOptions,
  [low, high]: readonly [boolean, boolean],
): BetaCurve | undefined {
  const logs = Float64Array.from(probabilities, (p) => Math.log(inside(p)));
  const rests = Float64Array.from(probabilities, (p) => -Math.log1p(-inside(p)));
  const ones = new Float64Array(logs.length).fill(1);
  const x = besides(...(low ? [logs] : []), ...(high ? [rests] : []), ones);
  const fit = fitLogistic({ x, targets: labels, ...(weights ? { weights } : {}) });
  if (!fit) return undefined;
  const left = [...fit.coefficients];
  return { a: low ? left.shift()! : 0, b: high ? left.shift()! : 0, c: left[0]! };
}

/**
 * Intercept and slope on the logit scale, pulled towards doing nothing: slope ~ N(1, 0.25), 0.25 being the standard
 * deviation, and intercept ~ N(0, 1). What few rows can bear: with none it changes nothing.
 *
 * @see Cox 1958 for the curve; the prior keeps 40 events from deciding alone.
 */
export function fitShrunk(probabilities: Values, labels: Values, options: FitOptions = {}): Calibrator {
  ensureRows(probabilities, labels, options.weights);
  const { weights } = options, ones = new Float64Array(probabilities.length).fill(1);
  const fit = fitLogistic({
    x: besides(ones, logits(probabilities)),
    targets: labels,
    priors: [{ mean: 0, precision: 1 }, { mean: 1, precision: 16 }],
    ...(weights ? { weights } : {}),
  });
  ensure(fit !== undefined, "fit intercept and slope", "probabilities", "finite", probabilities[0]);
  return shrunkCalibrator(fit.coefficients[0]!, fit.coefficients[1]!);
}

/** The calibrator of an intercept and a slope. */
export function shrunkCalibrator(intercept: number, slope: number): Calibrator {
  return calibrator("shrunk", { intercept, slope }, (p) => expit(intercept + slope * logit(inside(p))));
}

/** The map that changes nothing. */
export function noCalibration(): Calibrator {
  return calibrator("none", {}, (p) => p);
}

/** Logits of probabilities, finite at 0 and 1. */
export function logits(probabilities: Values): Float64Array {
  return Float64Array.from(probabilities, (p) => logit(inside(p)));
}
