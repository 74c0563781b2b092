import { DISPLAY, type Displayable, ensure } from "../core/mod.ts";
import { logLoss, stratifiedFolds } from "../evaluate/mod.ts";
import { table } from "../plot/mod.ts";
import { fitBayesianBinning, fitHistogram } from "./binned.ts";
import {
  type Calibrator,
  type CalibratorJson,
  type CalibratorMethod,
  ensureRows,
  type Values,
} from "./calibrator.ts";
import { fitIsotonic } from "./isotonic.ts";
import { fitBeta, fitPlatt, fitShrunk, fitTemperature, noCalibration } from "./parametric.ts";
import { fitSpline } from "./spline.ts";

/** Options of {@linkcode chooseCalibrator}. */
export interface ChooseOptions {
  /** The random seed of the folds. */
  readonly seed: number;
  /** How many folds. @default {5} */
  readonly folds?: number;
  /** What to choose from; `shrunk` or `none` alone below 200 rows or 40 events of either label. @default {all} */
  readonly methods?: readonly CalibratorMethod[];
}

/** The chosen calibrator, and what it was chosen against. */
export interface ChosenCalibrator extends Calibrator, Displayable {
  /** Out-of-fold log loss of each method, best first. */
  readonly candidates: readonly { readonly method: CalibratorMethod; readonly logLoss: number }[];
  /** Why this one. */
  readonly reason: string;
}

const FITS: Readonly<Record<CalibratorMethod, (p: Values, y: Values) => Calibrator>> = {
  none: noCalibration,
  shrunk: fitShrunk,
  platt: fitPlatt,
  beta: fitBeta,
  temperature: fitTemperature,
  isotonic: fitIsotonic,
  histogram: fitHistogram,
  spline: fitSpline,
  bayesianBinning: fitBayesianBinning,
};

/** Fewer rows than this, or fewer of the rarer label than the next, cannot choose a curve. */
const ROWS = 200;
const EVENTS = 40;

/**
 * Chooses and fits a calibrator by cross-validated log loss. Give **out-of-fold training predictions**: rows kept for
 * conformal prediction do nothing else, and predictions on rows that the model was fitted on look better than they are.
 * Below 200 rows or 40 of the rarer label only doing nothing and a slope pulled towards 1 are tried, and something more
 * elaborate must beat doing nothing to be taken.
 *
 * @param probabilities n out-of-fold probabilities.
 * @param labels n labels, 0 or 1.
 * @throws {RangeError} If lengths differ, a probability or label is none, or there are fewer rows than folds.
 *
 * @example
 * ```ts
 * import { chooseCalibrator } from "credible/calibration";
 * const p = Array.from({ length: 60 }, (_, i) => (i + 0.5) / 60), y = p.map((v, i) => Number(i % 3 === 0 || v > 0.8));
 * const chosen = chooseCalibrator(p, y, { seed: 7 });
 * if (!["none", "shrunk"].includes(chosen.method)) throw new Error("60 rows choose no curve");
 * ```
 */
export function chooseCalibrator(
  probabilities: Values,
  labels: Values,
  options: ChooseOptions,
): ChosenCalibrator {
  const { seed, folds = 5, methods = Object.keys(FITS) as CalibratorMethod[] } = options;
  ensureRows(probabilities, labels);
  for (const method of methods) {
    ensure(method in FITS, "choose a calibrator", "methods", `among ${Object.keys(FITS).join(", ")}`, method);
  }
  const n = labels.length, events = Array.from(labels).reduce((a, b) => a + b, 0);
  const few = n < ROWS || Math.min(events, n - events) < EVENTS;
  const tried = [...new Set<CalibratorMethod>(["none", ...(few ? ["shrunk" as const] : methods)])];
  const splits = stratifiedFolds(labels as ArrayLike<number>, { seed, folds });
  const candidates = tried.map((method) => ({
    method,
    logLoss: outOfFold(FITS[method], probabilities, labels, splits),
  }))
    .sort((a, b) => a.logLoss - b.logLoss);
  const { method } = candidates[0]!, map = FITS[method](probabilities, labels);
  const reason = few
    ? `${n} rows with ${events} events are too few to choose a curve (${ROWS} and ${EVENTS} of each label are needed): ` +
      `intercept and slope pulled towards 1, or nothing`
    : `lowest out-of-fold log loss of ${candidates.length} on ${n} rows`;
  return {
    ...map,
    candidates,
    reason,
    toJSON: (): CalibratorJson => map.toJSON(),
    [DISPLAY]: () =>
      table(candidates, {
        caption: `Calibration: ${method}, ${reason}`,
        columns: { logLoss: { label: "out-of-fold log loss", digits: 4 } },
      })[DISPLAY](),
  };
}

/** A method that cannot be fitted on some fold (separated classes) cannot be chosen. */
function outOfFold(
  fit: (p: Values, y: Values) => Calibrator,
  probabilities: Values,
  labels: Values,
  splits: readonly { readonly train: Uint32Array; readonly test: Uint32Array }[],
): number {
  const pick = (values: Values, rows: Uint32Array): Float64Array =>
    Float64Array.from(rows, (row) => values[row]!);
  const predicted = new Float64Array(labels.length);
  try {
    for (const { train, test } of splits) {
      const map = fit(pick(probabilities, train), pick(labels, train));
      map.predict(pick(probabilities, test)).forEach((p, i) => predicted[test[i]!] = p);
    }
  } catch (error) {
    if (error instanceof RangeError) return Infinity;
    throw error;
  }
  return logLoss(labels, predicted, { clip: 1e-6 });
}
