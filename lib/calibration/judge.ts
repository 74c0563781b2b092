import {
  type Check,
  check,
  cholesky,
  DISPLAY,
  type Displayable,
  ensure,
  invertCholesky,
} from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";
import { brierScore, type Interval, interval, logLoss, proportionInterval } from "../evaluate/mod.ts";
import { table } from "../plot/mod.ts";
import { binOf, innerEdges } from "./binned.ts";
import { ensureRows, type Values } from "./calibrator.ts";
import { besides, fitLogistic } from "./logistic_fit.ts";
import { logits } from "./parametric.ts";

/** How probabilities are cut into bins. */
export interface BinOptions {
  /** How many. @default {10} */
  readonly bins?: number;
  /** Equally wide, or equally many rows. @default {"uniform"} */
  readonly cut?: "uniform" | "quantile";
}

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Its lower edge, not included. */
  readonly low: number;
  /** Its upper edge, included. */
  readonly high: number;
  /** Rows in it. */
  readonly rows: number;
  /** Their mean probability; NaN without rows. */
  readonly probability: number;
  /** Share of events among them with its 95 % Wilson interval; NaN without rows. */
  readonly rate: Interval;
}

/** Cuts rows by their probability: right-closed bins, as scikit-learn's calibration_curve. */
export function reliabilityBins(
  labels: Values,
  probabilities: Values,
  options: BinOptions = {},
): ReliabilityBin[] {
  const { bins = 10, cut = "uniform" } = options;
  ensureRows(probabilities, labels);
  ensure(Number.isInteger(bins) && bins > 0, "bin the probabilities", "bins", "a positive integer", bins);
  const edges = innerEdges(probabilities, bins, cut);
  const totals = Array.from({ length: edges.length + 1 }, () => ({ rows: 0, p: 0, events: 0 }));
  for (let i = 0; i < probabilities.length; i++) {
    const bin = totals[binOf(edges, probabilities[i]!)]!;
    bin.rows++;
    bin.p += probabilities[i]!;
    bin.events += labels[i]!;
  }
  return totals.map(({ rows, p, events }, k) => ({
    low: edges[k - 1] ?? 0,
    high: edges[k] ?? 1,
    rows,
    probability: p / rows,
    rate: proportionInterval(events, rows),
  }));
}

/** How far bins lie from the diagonal. */
export interface CalibrationErrors {
  /** Expected calibration error: the mean distance, by rows. Never 0 for few rows, even when all is well. */
  readonly expected: number;
  /** Maximum calibration error: the largest distance of a bin. */
  readonly maximum: number;
  /** The root of the mean squared distance, by rows. */
  readonly rootMeanSquare: number;
}

/** ECE, MCE and their root mean square over {@linkcode reliabilityBins}. */
export function calibrationErrors(
  labels: Values,
  probabilities: Values,
  options: BinOptions = {},
): CalibrationErrors {
  const used = reliabilityBins(labels, probabilities, options).filter(({ rows }) => rows > 0);
  const gaps = used.map(({ rows, probability, rate }) => ({
    rows,
    gap: Math.abs(probability - rate.estimate),
  }));
  const n = labels.length;
  return {
    expected: gaps.reduce((sum, { rows, gap }) => sum + rows * gap, 0) / n,
    maximum: Math.max(...gaps.map(({ gap }) => gap)),
    rootMeanSquare: Math.sqrt(gaps.reduce((sum, { rows, gap }) => sum + rows * gap * gap, 0) / n),
  };
}

/** Murphy's decomposition: Brier score = reliability − resolution + uncertainty, exactly. */
export interface BrierParts {
  /** Distance of what is said from what happens; 0 is calibrated. */
  readonly reliability: number;
  /** How much the rates of distinct probabilities differ; large is good. */
  readonly resolution: number;
  /** Of the base rate alone. */
  readonly uncertainty: number;
  /** The sum. */
  readonly brier: number;
}

/**
 * The decomposition over distinct probabilities. Where nearly all are distinct, as from a smooth model, reliability and
 * resolution are both large and say little: round the probabilities first.
 *
 * @see Murphy 1973, https://doi.org/10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2
 */
export function brierDecomposition(labels: Values, probabilities: Values): BrierParts {
  ensureRows(probabilities, labels);
  const n = labels.length, groups = new Map<number, { rows: number; events: number }>();
  let all = 0;
  for (let i = 0; i < n; i++) {
    const group = groups.get(probabilities[i]!) ?? { rows: 0, events: 0 };
    group.rows++;
    group.events += labels[i]!;
    all += labels[i]!;
    groups.set(probabilities[i]!, group);
  }
  const base = all / n;
  let reliability = 0, resolution = 0;
  for (const [p, { rows, events }] of groups) {
    reliability += rows * (p - events / rows) ** 2 / n;
    resolution += rows * (events / rows - base) ** 2 / n;
  }
  const uncertainty = base * (1 - base);
  return { reliability, resolution, uncertainty, brier: reliability - resolution + uncertainty };
}

/** Logistic recalibration as a measure: a line through logits. */
export interface CalibrationLine {
  /** 1 is right; below it the probabilities are too extreme. NaN where classes are separated. */
  readonly slope: Interval;
  /** Of the line with this slope; 0 is right when the slope is 1. */
  readonly intercept: Interval;
  /** Calibration in the large: the intercept with the slope held at 1; below 0 the probabilities are too high. */
  readonly inTheLarge: Interval;
}

/**
 * Calibration slope and intercept with Wald intervals.
 *
 * @param options.confidence In (0, 1). @default {0.95}
 * @see Cox 1958, https://doi.org/10.1093/biomet/45.3-4.562; Van Calster et al. 2019, https://doi.org/10.1186/s12916-019-1466-7
 */
export function calibrationLine(
  labels: Values,
  probabilities: Values,
  options: { readonly confidence?: number } = {},
): CalibrationLine {
  const { confidence = 0.95 } = options;
  ensureRows(probabilities, labels);
  ensure(confidence > 0 && confidence < 1, "fit the calibration line", "confidence", "in (0, 1)", confidence);
  const z = normal().isf((1 - confidence) / 2), x = logits(probabilities), ones = x.map(() => 1);
  const wald = (estimate: number, standardError: number): Interval =>
    interval({
      estimate,
      low: estimate - z * standardError,
      high: estimate + z * standardError,
      confidence,
      standardError,
      method: "Wald",
    });
  const line = fitLogistic({ x: besides(x, ones), targets: labels });
  const level = fitLogistic({ x: besides(ones), targets: labels, offset: x });
  const lower = line && cholesky(line.information), covariance = lower && invertCholesky(lower).values;
  return {
    slope: wald(line?.coefficients[0] ?? NaN, Math.sqrt(covariance?.[0] ?? NaN)),
    intercept: wald(line?.coefficients[1] ?? NaN, Math.sqrt(covariance?.[3] ?? NaN)),
    inTheLarge: wald(level?.coefficients[0] ?? NaN, Math.sqrt(1 / (level?.information.values[0] ?? NaN))),
  };
}

/** Everything about the calibration of probabilities; shows itself as a table. */
export interface CalibrationReport extends Displayable {
  /** Rows. */
  readonly rows: number;
  /** In nats; probabilities of 0 and 1 are moved in by 2⁻⁵², as scikit-learn does. */
  readonly logLoss: number;
  /** Mean squared distance. */
  readonly brier: BrierParts;
  /** Distances of bins. */
  readonly errors: CalibrationErrors;
  /** Slope and intercept. */
  readonly line: CalibrationLine;
  /** Whether the intervals of slope and calibration in the large hold what is right. */
  readonly checks: readonly Check[];
}

/**
 * Judges probabilities on rows that neither model nor calibration were fitted on.
 *
 * @param labels n labels, 0 or 1.
 * @param probabilities n probabilities.
 * @throws {RangeError} If lengths differ, a label is not 0 or 1, or a probability is outside [0, 1].
 *
 * @example
 * ```ts
 * import { judgeCalibration } from "credible/calibration";
 * const report = judgeCalibration([0, 0, 1, 0, 1, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
 * report.line.slope.estimate;
 * ```
 */
export function judgeCalibration(
  labels: Values,
  probabilities: Values,
  options: BinOptions = {},
): CalibrationReport {
  ensureRows(probabilities, labels);
  const line = calibrationLine(labels, probabilities);
  const report: Omit<CalibrationReport, typeof DISPLAY> = {
    rows: labels.length,
    logLoss: logLoss(labels, probabilities, { clip: 2 ** -52 }),
    brier: { ...brierDecomposition(labels, probabilities), brier: brierScore(labels, probabilities) },
    errors: calibrationErrors(labels, probabilities, options),
    line,
    checks: [
      holds("calibrationSlope", "calibration slope; 1 is right", line.slope, 1),
      holds("calibrationInTheLarge", "calibration in the large; 0 is right", line.inTheLarge, 0),
    ],
  };
  return { ...report, [DISPLAY]: () => show(report)[DISPLAY]() };
}

/** A warning where the interval leaves out what is right; a failure where even one three times as wide does. */
function holds(
  code: string,
  title: string,
  { estimate, standardError = NaN, high }: Interval,
  right: number,
): Check {
  const reach = high - estimate;
  return check({
    code,
    title,
    value: estimate,
    limit: { between: [right - 3 * reach, right + 3 * reach] },
    warn: { between: [right - reach, right + reach] },
    advice: "Calibrate on out-of-fold training predictions",
    evidence: { standardError },
    source: "Van Calster et al. 2019, https://doi.org/10.1186/s12916-019-1466-7",
  });
}

function show(report: Omit<CalibrationReport, typeof DISPLAY>): ReturnType<typeof table> {
  const { line, brier, errors } = report;
  const of = (measure: string, i: Interval): Record<string, unknown> => ({
    measure,
    value: i.estimate,
    low: i.low,
    high: i.high,
  });
  const plain = (measure: string, value: number): Record<string, unknown> => ({
    measure,
    value,
    low: NaN,
    high: NaN,
  });
  return table([
    of("slope (1 is right)", line.slope),
    of("intercept (0 is right)", line.intercept),
    of("in the large (0 is right)", line.inTheLarge),
    plain("log loss", report.logLoss),
    plain("Brier score", brier.brier),
    plain("of it reliability (0 is right)", brier.reliability),
    plain("of it resolution (large is good)", brier.resolution),
    plain("of it uncertainty", brier.uncertainty),
    plain("expected calibration error", errors.expected),
    plain("maximum calibration error", errors.maximum),
  ], {
    caption: `Calibration on ${report.rows} rows`,
    columns: {
      value: { digits: 3 },
      low: { label: "95 % from", digits: 3 },
      high: { label: "to", digits: 3 },
    },
  });
}
