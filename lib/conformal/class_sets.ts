import { type Check, createRng, DISPLAY, type Displayable, ensure, type Matrix, row } from "../core/mod.ts";
import { table } from "../plot/mod.ts";
import {
  type Cell,
  cellChecks,
  cellFromJson,
  type CellJson,
  cellToJson,
  ensureWeights,
  pValueOf,
  thresholdOf,
} from "./cell.ts";
import {
  cellOfRows,
  ensureLength,
  findCell,
  groupCells,
  type Groups,
  MERGED,
  type SmallGroups,
} from "./cells.ts";
import { ensureLabels, type Probabilities, toMatrix } from "./class_rows.ts";
import { type ClassScore, classScore, type ClassScoreSpec, lac } from "./class_scores.ts";
import { type CoverageLaw, coverageLaw } from "./coverage_law.ts";
import { type PredictedSets, predictedSets } from "./predicted_sets.ts";
import { ensureConfidence } from "./rank.ts";

/** Rows kept for calibration: none of them may have been used to fit the model or to calibrate its probabilities. */
export interface ClassCalibration {
  /** What the model says. */
  readonly probabilities: Probabilities;
  /** n labels, integers from 0. */
  readonly labels: ArrayLike<number>;
  /** A threshold for each value of this column. */
  readonly groups?: Groups;
  /** n likelihood ratios, for rows to predict that are of another mix. Known or estimated on other rows. */
  readonly weights?: ArrayLike<number>;
  /** The business of each row, to promise coverage for a business never seen. */
  readonly businesses?: Groups;
  /** n uniforms in (0, 1) for a randomised score. @default from `seed` */
  readonly uniforms?: ArrayLike<number>;
}

/** Options of {@linkcode conformaliseClasses}. */
export interface ClassSetsOptions {
  /** Wanted coverage, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** How labels are scored. @default {lac()} */
  readonly score?: ClassScore;
  /** `true` keeps the promise within each label, at the price of larger sets. @default {false} */
  readonly byClass?: boolean;
  /** Names of the labels. @default {"0", "1", …} */
  readonly classes?: readonly string[];
  /** Groups too small for the confidence get every label and a warning, or share one threshold. @default {"flag"} */
  readonly smallGroups?: SmallGroups;
  /** For a randomised score. @default {0} */
  readonly seed?: number;
}

/** What is known of rows to predict besides their probabilities. */
export interface ClassRowsOptions {
  /** The group of each row, where the calibration was by group. */
  readonly groups?: Groups;
  /** The likelihood ratio of each row, where the calibration was weighted. */
  readonly weights?: ArrayLike<number>;
  /** n uniforms in (0, 1) for a randomised score. @default from the seed of the calibration */
  readonly uniforms?: ArrayLike<number>;
}

/** Calibrated prediction sets: immutable, and plain JSON when saved. */
export interface ClassSets extends Displayable {
  /** Wanted coverage, in (0, 1). */
  readonly confidence: number;
  /** Names of the labels. */
  readonly classes: readonly string[];
  /** Each threshold, whose rows it is from, and the law of its coverage. */
  readonly thresholds: readonly ClassThreshold[];
  /** Too few rows, or weights that leave too few; empty when all is well. */
  readonly checks: readonly Check[];
  /** The set of each row. */
  predict(probabilities: Probabilities, rows?: ClassRowsOptions): PredictedSets;
  /** The conformal p-value of each label (deterministic): a label is in the set when it exceeds 1 − confidence. */
  pValues(probabilities: Probabilities, rows?: ClassRowsOptions): Matrix;
  /** Plain data from which {@linkcode loadClassSets} makes the same sets. */
  toJSON(): ClassSetsJson;
}

/** One threshold of {@linkcode ClassSets}. */
export interface ClassThreshold {
  /** A label, a group, or all rows. */
  readonly name: string;
  /** Calibration rows behind it. */
  readonly rows: number;
  /** Infinity when they are too few; with weights it is that of a row of weight 1. */
  readonly threshold: number;
  /** The law of coverage; absent with weights, for which there is none. */
  readonly law?: CoverageLaw;
}

/** {@linkcode ClassSets} as plain data. */
export interface ClassSetsJson {
  /** What this is. */
  readonly format: "credible.classSets";
  /** Of the format. */
  readonly version: 1;
  /** Wanted coverage. */
  readonly confidence: number;
  /** The score. */
  readonly score: ClassScoreSpec;
  /** Whether each label has its own threshold. */
  readonly byClass: boolean;
  /** Names of the labels. */
  readonly classes: readonly string[];
  /** Share of each label among the calibration rows. */
  readonly shares: readonly number[];
  /** For a randomised score. */
  readonly seed: number;
  /** Groups that share a threshold. */
  readonly merged: readonly string[];
  /** Whether businesses are exchanged rather than rows. */
  readonly byBusiness: boolean;
  /** The scores behind each threshold. */
  readonly cells: readonly CellJson[];
}

/**
 * Calibrates prediction sets: sets of labels that hold the true one with the wanted confidence, whatever the model, as
 * long as the rows to predict are exchangeable with the calibration rows.
 *
 * One function, five methods: plain split; `byClass` (the promise holds within each label); `groups` (within each
 * group); `weights` (for rows of another mix); `businesses` (for a business never seen). With too few rows a set holds
 * every label, and `checks` says how many are needed.
 *
 * @throws {RangeError} If a probability or label is none, lengths differ, or options contradict each other.
 * @see Vovk, Gammerman & Shafer 2005; Angelopoulos & Bates 2023, https://arxiv.org/abs/2107.07511
 *
 * @example
 * ```ts
 * import { conformaliseClasses } from "credible/conformal";
 * const sets = conformaliseClasses({
 *   probabilities: [0.1, 0.3, 0.2, 0.8, 0.6, 0.9, 0.4, 0.2, 0.7],
 *   labels: [0, 0, 0, 1, 1, 1, 1, 0, 1],
 * }, { confidence: 0.8, classes: ["stays", "churns"] });
 * const today = sets.predict([0.05, 0.5, 0.95]);
 * today.sets[2]; // [1]
 * ```
 */
export function conformaliseClasses(rows: ClassCalibration, options: ClassSetsOptions = {}): ClassSets {
  const { confidence = 0.9, score = lac(), byClass = false, smallGroups = "flag", seed = 0 } = options;
  const action = "calibrate prediction sets";
  ensureConfidence(action, confidence);
  const p = toMatrix(action, rows.probabilities);
  ensureLabels(action, rows.labels, p.rows, p.columns);
  const classes = options.classes ?? Array.from({ length: p.columns }, (_, k) => String(k));
  ensureLength(action, "classes", classes, p.columns);
  ensureColumns(action, rows, p.rows, byClass);
  const uniforms = rows.uniforms ?? uniformsFor(score, seed, "conformal-calibration", p.rows);
  const own = ownScores(p, rows.labels, score, uniforms);
  const cells = byClass
    ? classes.map((name, k) => cellOfRows(name, rowsOf(rows.labels, k), own, rows.weights))
    : groupCells(own, { ...rows, confidence, smallGroups });
  const known = new Set(cells.map((cell) => cell.name));
  return build(cells, {
    format: "credible.classSets",
    version: 1,
    confidence,
    score: score.spec,
    byClass,
    classes,
    shares: classes.map((_, k) => rowsOf(rows.labels, k).length / p.rows),
    seed,
    merged: rows.groups
      ? [...new Set(Array.from(rows.groups as ArrayLike<unknown>, String))].filter((name) => !known.has(name))
      : [],
    byBusiness: rows.businesses !== undefined,
  });
}

/**
 * Makes prediction sets again from what {@linkcode ClassSets.toJSON} gave: they predict the same, bit for bit.
 *
 * @throws {RangeError} If this is no such data, or of a version that is not known here.
 */
export function loadClassSets(json: ClassSetsJson): ClassSets {
  const action = "load prediction sets";
  ensure(json.format === "credible.classSets", action, "format", "credible.classSets", json.format);
  ensure(json.version === 1, action, "version", "1", json.version);
  return build(json.cells.map(cellFromJson), json);
}

function build(cells: readonly Cell[], json: Omit<ClassSetsJson, "cells">): ClassSets {
  const { confidence, byClass, classes, seed, merged } = json;
  const score = classScore(json.score);
  const thresholds = cells.map((cell) => describe(cell, confidence));
  const checks = cells.flatMap((cell) => cellChecks(cell, confidence));
  const alone = !byClass && cells.length === 1 && cells[0]!.name === "all rows";
  const fixed = new Map(cells.map((cell) => [cell, thresholdOf(cell, confidence)]));
  const limitOf = (cell: Cell, weight: number): number =>
    cell.weights ? thresholdOf(cell, confidence, weight) : fixed.get(cell)!;
  const laws = new Map(thresholds.flatMap(({ name, law }) => law ? [[name, law] as const] : []));
  const cellsOfRow = (rows: ClassRowsOptions, i: number): readonly (Cell | undefined)[] => {
    if (byClass) return cells;
    const group = rows.groups?.[i];
    const cell = findCell(cells, merged.includes(String(group)) ? MERGED : group);
    return classes.map(() => cell);
  };
  const prepare = (action: string, probabilities: Probabilities, rows: ClassRowsOptions): Matrix => {
    const p = toMatrix(action, probabilities);
    ensure(p.columns === classes.length, action, "probabilities", `${classes.length} wide`, p.columns);
    ensure(
      byClass || alone || rows.groups !== undefined,
      action,
      "groups",
      "given, as in calibration",
      rows.groups,
    );
    const weighted = cells.some((cell) => cell.weights) && !json.byBusiness;
    ensure(
      !weighted || rows.weights !== undefined,
      action,
      "weights",
      "given, as in calibration",
      rows.weights,
    );
    if (rows.groups) ensureLength(action, "groups", rows.groups, p.rows);
    if (rows.weights) ensureWeights(action, rows.weights, p.rows);
    if (rows.uniforms) ensureLength(action, "uniforms", rows.uniforms, p.rows);
    return p;
  };
  return {
    confidence,
    classes,
    thresholds,
    checks,
    predict: (probabilities, rows = {}) => {
      const p = prepare("predict sets", probabilities, rows);
      const uniforms = rows.uniforms ?? uniformsFor(score, seed, "conformal-prediction", p.rows);
      const sets = Array.from({ length: p.rows }, (_, i) => {
        const own = cellsOfRow(rows, i), weight = rows.weights?.[i] ?? 1, u = uniforms[i] ?? 0;
        const limits = own.map((cell) => cell ? limitOf(cell, weight) : Infinity);
        return score.members(row(p, i), limits, u);
      });
      const law = alone ? thresholds[0]!.law : undefined;
      return predictedSets({
        sets,
        classes,
        confidence,
        shares: json.shares,
        checks,
        ...(law ? { law } : {}),
        ...(rows.groups ? { groups: rows.groups } : {}),
        ...(!alone ? { lawsOf: { kind: byClass ? "class" : "group", laws } } : {}),
      });
    },
    pValues: (probabilities, rows = {}) => {
      const p = prepare("compute p-values", probabilities, rows);
      ensure(!score.randomised, "compute p-values", "score", "deterministic", json.score.name);
      const values = new Float64Array(p.rows * p.columns);
      for (let i = 0; i < p.rows; i++) {
        const own = cellsOfRow(rows, i), weight = rows.weights?.[i] ?? 1;
        score.scores(row(p, i), 0).forEach((s, k) => {
          values[i * p.columns + k] = own[k] ? pValueOf(own[k], s, weight) : 1;
        });
      }
      return { rows: p.rows, columns: p.columns, values };
    },
    toJSON: () => ({ ...json, cells: cells.map(cellToJson) }),
    [DISPLAY]: () => show(json, thresholds, checks)[DISPLAY](),
  };
}

function ownScores(
  p: Matrix,
  labels: ArrayLike<number>,
  score: ClassScore,
  uniforms: ArrayLike<number>,
): Float64Array {
  return Float64Array.from(
    { length: p.rows },
    (_, i) => score.scores(row(p, i), uniforms[i] ?? 0)[labels[i]!]!,
  );
}

function uniformsFor(score: ClassScore, seed: number, purpose: string, n: number): ArrayLike<number> {
  return score.randomised ? createRng(seed, purpose).uniforms(n) : [];
}

function rowsOf(labels: ArrayLike<number>, label: number): number[] {
  return Array.from(labels, (own, i) => own === label ? i : -1).filter((i) => i >= 0);
}

function ensureColumns(action: string, rows: ClassCalibration, n: number, byClass: boolean): void {
  const { groups, weights, businesses, uniforms } = rows;
  if (groups) ensureLength(action, "groups", groups, n);
  if (weights) ensureWeights(action, weights, n);
  if (businesses) ensureLength(action, "businesses", businesses, n);
  if (uniforms) ensureLength(action, "uniforms", uniforms, n);
  const ways = [byClass && "byClass", groups && "groups", businesses && "businesses"].filter(Boolean);
  ensure(ways.length < 2, action, "the promise", "one of byClass, groups, businesses", ways.join(" and "));
  ensure(!(weights && businesses), action, "weights", "left out when businesses are exchanged", weights);
}

function describe(cell: Cell, confidence: number): ClassThreshold {
  const base = { name: cell.name, rows: cell.scores.length, threshold: thresholdOf(cell, confidence) };
  return cell.weights ? base : { ...base, law: coverageLaw(cell.scores.length, confidence) };
}

function show(
  json: Omit<ClassSetsJson, "cells">,
  thresholds: readonly ClassThreshold[],
  checks: readonly Check[],
): ReturnType<typeof table> {
  const randomised = "randomised" in json.score && json.score.randomised;
  return table(
    thresholds.map(({ name, rows, threshold, law }) => {
      const [low, high] = law?.range() ?? [NaN, NaN];
      return { threshold: name, rows, score: threshold, expected: law?.expected ?? NaN, low, high };
    }),
    {
      caption: `Prediction sets at ${Number((100 * json.confidence).toPrecision(4))} % by the score ` +
        `${json.score.name}${randomised ? " (randomised)" : ""}: thresholds, and the coverage they give`,
      columns: {
        threshold: { label: "rows of" },
        expected: { label: "coverage on average", percent: true, digits: 1 },
        low: { label: "in 95 of 100: from", percent: true, digits: 1 },
        high: { label: "to", percent: true, digits: 1 },
      },
      note: checks.map((c) => `${c.title}. ${c.advice}`).join(" "),
    },
  );
}
