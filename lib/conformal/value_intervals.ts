import { type Check, DISPLAY, type Displayable, ensure, median } from "../core/mod.ts";
import { table } from "../plot/mod.ts";
import {
  type Cell,
  cellChecks,
  cellFromJson,
  type CellJson,
  cellToJson,
  ensureWeights,
  thresholdOf,
} from "./cell.ts";
import { ensureLength, findCell, groupCells, type Groups, MERGED, type SmallGroups } from "./cells.ts";
import { coverageLaw } from "./coverage_law.ts";
import { type PredictedIntervals, predictedIntervals } from "./predicted_intervals.ts";
import { conformalThreshold, ensureConfidence } from "./rank.ts";
import type { ValueScore } from "./value_scores.ts";

/** Rows kept for calibration, for a number to be predicted. */
export interface ValueCalibration<Prediction> {
  /** What the model says of each row, in the form that the score asks for. */
  readonly predictions: ArrayLike<Prediction>;
  /** n values. */
  readonly values: ArrayLike<number>;
  /** A threshold for each value of this column. */
  readonly groups?: Groups;
  /** n likelihood ratios, for rows to predict that are of another mix. */
  readonly weights?: ArrayLike<number>;
  /** The business of each row, to promise coverage for a business never seen. */
  readonly businesses?: Groups;
}

/** Options of {@linkcode conformaliseValues}. */
export interface ValueIntervalsOptions<Prediction> {
  /** How values are scored. */
  readonly score: ValueScore<Prediction>;
  /** Wanted coverage, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** Groups too small for the confidence get infinite intervals and a warning, or share one threshold. @default {"flag"} */
  readonly smallGroups?: SmallGroups;
}

/** What is known of rows to predict besides their prediction. */
export interface ValueRowsOptions {
  /** The group of each row, where the calibration was by group. */
  readonly groups?: Groups;
  /** The likelihood ratio of each row, where the calibration was weighted. */
  readonly weights?: ArrayLike<number>;
}

/** Calibrated intervals: immutable, and plain JSON when saved. */
export interface ValueIntervals<Prediction> extends Displayable {
  /** Wanted coverage, in (0, 1). */
  readonly confidence: number;
  /** Whose rows each threshold is from, how many, and the threshold of each side. */
  readonly thresholds: readonly {
    readonly name: string;
    readonly rows: number;
    readonly threshold: readonly number[];
  }[];
  /** Too few rows, or weights that leave too few; empty when all is well. */
  readonly checks: readonly Check[];
  /** The interval of each row. */
  predict(predictions: ArrayLike<Prediction>, rows?: ValueRowsOptions): PredictedIntervals;
  /** Plain data from which {@linkcode loadValueIntervals} makes the same intervals. */
  toJSON(): ValueIntervalsJson;
}

/** {@linkcode ValueIntervals} as plain data. */
export interface ValueIntervalsJson {
  /** What this is. */
  readonly format: "credible.valueIntervals";
  /** Of the format. */
  readonly version: 1;
  /** Wanted coverage. */
  readonly confidence: number;
  /** The name of the score. */
  readonly score: ValueScore<never>["name"];
  /** Groups that share a threshold. */
  readonly merged: readonly string[];
  /** Whether businesses are exchanged rather than rows. */
  readonly byBusiness: boolean;
  /** The interval that knows nothing of a row: centre and half-width, Infinity as a text. */
  readonly constant: readonly (number | string)[];
  /** The scores behind each threshold, side by side. */
  readonly cells: readonly (readonly CellJson[])[];
}

/**
 * Calibrates intervals that hold the value with the wanted confidence, whatever the model, as long as the rows to
 * predict are exchangeable with the calibration rows. With too few rows intervals are infinite, and `checks` says how
 * many are needed.
 *
 * @throws {RangeError} If a value or score is NaN, lengths differ, or options contradict each other.
 * @see Lei et al. 2018, https://arxiv.org/abs/1604.04173
 *
 * @example
 * ```ts
 * import { absolute, conformaliseValues } from "credible/conformal";
 * const spend = conformaliseValues({
 *   predictions: [10, 20, 30, 40, 50],
 *   values: [12, 19, 33, 36, 55],
 * }, { score: absolute(), confidence: 0.8 });
 * spend.predict([25]).low[0]; // 20: the fifth of five errors is 5
 * ```
 */
export function conformaliseValues<Prediction>(
  rows: ValueCalibration<Prediction>,
  options: ValueIntervalsOptions<Prediction>,
): ValueIntervals<Prediction> {
  const { score, confidence = 0.9, smallGroups = "flag" } = options;
  const { predictions, values, groups, weights, businesses } = rows;
  const action = "calibrate intervals", n = values.length;
  ensureConfidence(action, confidence);
  ensureLength(action, "predictions", predictions, n);
  if (groups) ensureLength(action, "groups", groups, n);
  if (weights) ensureWeights(action, weights, n);
  if (businesses) ensureLength(action, "businesses", businesses, n);
  ensure(!(groups && businesses), action, "the promise", "one of groups, businesses", "both");
  ensure(!(weights && businesses), action, "weights", "left out when businesses are exchanged", weights);
  const scores = Array.from(values, (value, i) => score.scores(value, predictions[i]!));
  const level = sideConfidence(confidence, score.sides);
  const sides = Array.from(
    { length: score.sides },
    (_, side) => groupCells(scores.map((own) => own[side]!), { ...rows, confidence: level, smallGroups }),
  );
  const centre = n > 0 ? median(values) : 0;
  const reach = conformalThreshold(Array.from(values, (value) => Math.abs(value - centre)), confidence);
  const known = new Set(sides[0]!.map((cell) => cell.name));
  return build({
    format: "credible.valueIntervals",
    version: 1,
    confidence,
    score: score.name,
    merged: groups
      ? [...new Set(Array.from(groups as ArrayLike<unknown>, String))].filter((name) => !known.has(name))
      : [],
    byBusiness: businesses !== undefined,
    constant: [centre, Number.isFinite(reach) ? reach : String(reach)],
    cells: sides[0]!.map((_, k) => sides.map((cells) => cellToJson(cells[k]!))),
  }, score);
}

/**
 * Makes intervals again from what {@linkcode ValueIntervals.toJSON} gave: they predict the same, bit for bit.
 *
 * @param score The score that they were calibrated with.
 * @throws {RangeError} If this is no such data, of an unknown version, or of another score.
 */
export function loadValueIntervals<Prediction>(
  json: ValueIntervalsJson,
  score: ValueScore<Prediction>,
): ValueIntervals<Prediction> {
  const action = "load intervals";
  ensure(json.format === "credible.valueIntervals", action, "format", "credible.valueIntervals", json.format);
  ensure(json.version === 1, action, "version", "1", json.version);
  ensure(json.score === score.name, action, "score", `as calibrated, ${json.score}`, score.name);
  return build(json, score);
}

function build<Prediction>(
  json: ValueIntervalsJson,
  score: ValueScore<Prediction>,
): ValueIntervals<Prediction> {
  const { confidence, merged } = json, action = "predict intervals";
  const level = sideConfidence(confidence, score.sides);
  const cells = json.cells.map((sides) => sides.map(cellFromJson));
  const first = cells.map((sides) => sides[0]!);
  const grouped = !(first.length === 1 && first[0]!.name === "all rows");
  const weighted = first.some((cell) => cell.weights) && !json.byBusiness;
  const thresholdsOf = (sides: readonly Cell[], weight: number): number[] =>
    sides.map((cell) => thresholdOf(cell, level, weight));
  const thresholds = cells.map((sides) => ({
    name: sides[0]!.name,
    rows: sides[0]!.scores.length,
    threshold: thresholdsOf(sides, 1),
  }));
  const checks = first.flatMap((cell) => cellChecks(cell, level));
  const alone = !grouped && !weighted && !json.byBusiness && score.sides === 1;
  const law = alone ? coverageLaw(first[0]!.scores.length, confidence) : undefined;
  return {
    confidence,
    thresholds,
    checks,
    predict: (predictions, rows = {}) => {
      const n = predictions.length;
      ensure(
        !grouped || rows.groups !== undefined,
        action,
        "groups",
        "given, as in calibration",
        rows.groups,
      );
      ensure(
        !weighted || rows.weights !== undefined,
        action,
        "weights",
        "given, as in calibration",
        rows.weights,
      );
      if (rows.groups) ensureLength(action, "groups", rows.groups, n);
      if (rows.weights) ensureWeights(action, rows.weights, n);
      const ends = Array.from(predictions, (prediction, i) => {
        const group = rows.groups?.[i];
        const cell = findCell(first, merged.includes(String(group)) ? MERGED : group);
        if (!cell) return [-Infinity, Infinity] as const;
        return bounded(score, prediction, thresholdsOf(cells[first.indexOf(cell)]!, rows.weights?.[i] ?? 1));
      });
      return predictedIntervals({
        low: Float64Array.from(ends, ([low]) => low),
        high: Float64Array.from(ends, ([, high]) => high),
        confidence,
        checks,
        constant: [Number(json.constant[0]), Number(json.constant[1])],
        ...(law ? { law } : {}),
        ...(rows.groups ? { groups: rows.groups } : {}),
      });
    },
    toJSON: () => json,
    [DISPLAY]: () =>
      table(
        thresholds.map(({ name, rows, threshold }) => ({ name, rows, threshold: Math.max(...threshold) })),
        {
          caption: `Intervals at ${Number((100 * confidence).toPrecision(4))} % by the score ${json.score}`,
          columns: { name: { label: "rows of" } },
          note: checks.map((c) => `${c.title}. ${c.advice}`).join(" "),
        },
      )[DISPLAY](),
  };
}

/** Half the misses on each side where there are two thresholds. */
function sideConfidence(confidence: number, sides: 1 | 2): number {
  return sides === 1 ? confidence : (1 + confidence) / 2;
}

/** An infinite threshold is an infinite end, whatever the score would make of it. */
function bounded<Prediction>(
  score: ValueScore<Prediction>,
  prediction: Prediction,
  thresholds: readonly number[],
): readonly [number, number] {
  if (thresholds.every((t) => t === Infinity)) return [-Infinity, Infinity];
  return score.interval(prediction, thresholds);
}
