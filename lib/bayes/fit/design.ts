import { ensure, mean, standardDeviation, suggest } from "../../core/mod.ts";
import { type Column, isMissing, outcomeOf, type Table } from "../../data/mod.ts";
import type { GapPlan } from "../gaps/plan.ts";
import type { Family } from "../likelihood/glm.ts";
import { markGaps, planGaps } from "./gap_plan.ts";
import { curveColumns, evaluateSpline, KNOTS, type NaturalSpline } from "./spline.ts";

/** How one column of the design is made from a column of a table. Plain data. */
export interface DesignColumn {
  /** Name of the coefficient. */
  readonly name: string;
  /** The column of the table it comes from. */
  readonly source: string;
  /** A level of a category column: 1 where it is, 0 elsewhere. */
  readonly level?: string;
  /** 1 where the source is missing, 0 elsewhere. */
  readonly missing?: true;
  /** What stands for a missing value, in the unit of the source. */
  readonly fill: number;
  /** Taken from each value, in the unit of the source. */
  readonly centre: number;
  /** What each centred value is divided by. */
  readonly scale: number;
  /** A column of a curve: the spline at the centred and scaled value, 0 where that is missing. */
  readonly curve?: NaturalSpline;
}

/** How rows of a table become rows of the model: fitted on training rows, applied to any. Plain data. */
export interface Design {
  /** One per coefficient; the intercept is not among them. */
  readonly columns: readonly DesignColumn[];
  /** The column that names the group of a row, if there are groups. */
  readonly group?: string;
  /** The groups of the training rows, in the order of the model. */
  readonly groups: readonly string[];
  /** The column of outcomes. */
  readonly target: string;
  /** For a target of two texts: the one that counts as 1. */
  readonly positive?: string;
  /** The column that is added to the linear predictor as it is. */
  readonly offset?: string;
  /** The column of trials, of which the target counts the successes. */
  readonly trials?: string;
  /** How missing values are told from the other features; left out where they have indicators, or there are none. */
  readonly gaps?: GapPlan;
}

/** Options of {@linkcode fitDesign}. */
export interface DesignOptions {
  readonly target: string;
  readonly group?: string;
  readonly features?: readonly string[];
  readonly positive?: string;
  readonly offset?: string;
  readonly trials?: string;
  /** The column that says how often a row counts; it is no feature. */
  readonly weights?: string;
  /** Number columns to take as they are; others are centred and divided by their sd. */
  readonly asGiven?: readonly string[];
  /** A number column that holds another model's linear predictor: a feature, taken as it is. */
  readonly score?: string;
  /** Features that get a curve beside their line, perhaps with the number of knots. */
  readonly splines?: SplineOptions;
  /** What becomes of missing values. @default {"indicator"} */
  readonly gaps?: "indicator" | "parameters";
}

/** Which features get a curve: names, or the number of knots (3 or more) by name. */
export type SplineOptions = readonly string[] | Readonly<Record<string, { readonly knots?: number }>>;

/** Category columns with more levels than this are refused: they are names, not features. */
const MOST_LEVELS = 20;

/**
 * Learns the design from training rows. Numbers keep their order; gaps get the training mean and an indicator column;
 * categories become one 0/1 column per level, centred, without the most frequent one. A feature with a curve has columns
 * `name curve 1`, … beside its own.
 *
 * @throws {RangeError} If a column is not there, a category has too many levels, a curve is asked of a feature that does not
 * take three values, or no feature is left.
 */
export function fitDesign(training: Table, options: DesignOptions): Design {
  const { target, group, offset, trials, weights, score, asGiven = [] } = options;
  const action = `fit on ${training.name}`;
  ensure(training.rows > 0, action, "the number of rows", "1 or more", training.rows);
  const taken = [target, group, offset, trials, weights];
  const known = training.names.filter((name) => !taken.includes(name));
  const chosen = options.features ?? known.filter((name) => training.column(name).kind !== "date");
  const features = score === undefined || chosen.includes(score) ? chosen : [...chosen, score];
  for (const name of features) {
    if (!known.includes(name)) throw new RangeError(`Cannot ${action}: feature ${suggestion(name, known)}`);
  }
  if (score !== undefined) {
    const { kind } = training.column(score);
    ensure(kind === "number", action, "score", "a column of numbers", `${score}, of kind ${kind}`);
  }
  const knots = knotsByFeature(options.splines ?? [], features, action);
  const columns = features.flatMap((name) => {
    const column = training.column(name);
    const own = designColumns(column, name === score || asGiven.includes(name), action);
    return knots.has(name) ? [...own, ...curveOf(column, own[0], knots.get(name)!, action)] : own;
  });
  ensure(columns.length > 0, action, "features", "one or more columns that vary", columns.length);
  const positive = options.positive ?? likelierYes(training.column(target), training);
  const groups = group === undefined ? ["all"] : groupLevels(training, group, action);
  const kept = options.gaps === "parameters" ? columns.filter((c) => !c.missing) : columns;
  const gaps = options.gaps === "parameters"
    ? planGaps(kept, training, (spec) => reader(spec, training.column(spec.source)))
    : undefined;
  return {
    columns: kept,
    groups,
    target,
    ...(group === undefined ? {} : { group }),
    ...(positive === undefined ? {} : { positive }),
    ...(offset === undefined ? {} : { offset }),
    ...(trials === undefined ? {} : { trials }),
    ...(gaps ? { gaps } : {}),
  };
}

/** Of a target of two texts, the one that says yes. */
function likelierYes(column: Column, table: Table): string | undefined {
  return column.kind === "category" && new Set(column.codes.filter((code) => code >= 0)).size === 2
    ? outcomeOf(table, column.name).label
    : undefined;
}

function suggestion(name: string, known: readonly string[]): string {
  return `${JSON.stringify(name)} is not there; ${suggest(name, known)}`;
}

function designColumns(column: Column, asGiven: boolean, action: string): DesignColumn[] {
  return column.kind === "category"
    ? categoryColumns(column, action)
    : numberColumns(column.name, column.values, asGiven);
}

function numberColumns(name: string, values: Float64Array, asGiven: boolean): DesignColumn[] {
  const seen = values.filter((v) => !Number.isNaN(v));
  const gaps = values.length - seen.length;
  const centre = seen.length === 0 ? 0 : mean(seen), sd = standardDeviation(seen);
  if (!(sd > 0)) return []; // constant or empty: says nothing
  const binary = new Set(seen).size === 2;
  const own: DesignColumn = {
    name,
    source: name,
    fill: centre,
    centre: asGiven ? 0 : centre,
    scale: asGiven || binary ? 1 : sd,
  };
  if (gaps === 0) return [own];
  const share = gaps / values.length;
  return [own, { name: `${name} missing`, source: name, missing: true, fill: 0, centre: share, scale: 1 }];
}

/** The number of knots of each feature with a curve. */
function knotsByFeature(
  splines: SplineOptions,
  features: readonly string[],
  action: string,
): Map<string, number> {
  const entries: [string, number][] = Array.isArray(splines)
    ? splines.map((name) => [name, KNOTS])
    : Object.entries(splines).map(([name, { knots = KNOTS }]) => [name, knots]);
  for (const [name] of entries) {
    if (!features.includes(name)) {
      throw new RangeError(`Cannot ${action}: the spline of ${suggestion(name, features)}`);
    }
  }
  return new Map(entries);
}

/** The columns of a feature's curve, over the same values as its line. */
function curveOf(
  column: Column,
  line: DesignColumn | undefined,
  knots: number,
  action: string,
): DesignColumn[] {
  const name = column.name, numeric = column.kind !== "category" && line !== undefined;
  const seen = numeric
    ? column.values.filter((v) => !Number.isNaN(v)).map((v) => (v - line.centre) / line.scale)
    : new Float64Array(0);
  const curves = numeric ? curveColumns(seen, knots) : [];
  ensure(
    curves.length > 0,
    action,
    `the spline of ${JSON.stringify(name)}`,
    "of a number with three or more common values",
    column.kind === "category" ? "a category" : `${new Set(column.values).size} values`,
  );
  return curves.map((curve, m) => ({ ...line!, name: `${name} curve ${m + 1}`, curve }));
}

function categoryColumns(column: Column & { kind: "category" }, action: string): DesignColumn[] {
  const { name, codes, levels } = column;
  const counts = new Map<number, number>();
  for (const code of codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  ensure(
    counts.size <= MOST_LEVELS,
    action,
    `the number of levels of ${JSON.stringify(name)}`,
    `at most ${MOST_LEVELS}, or the column left out`,
    counts.size,
  );
  const gaps = codes.reduce((n, code) => n + (code < 0 ? 1 : 0), 0);
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const columns: DesignColumn[] = byCount.slice(1).map(([code, count]) => ({
    name: `${name}=${levels[code]}`,
    source: name,
    level: levels[code]!,
    fill: 0,
    centre: count / codes.length,
    scale: 1,
  }));
  if (gaps === 0) return columns;
  const missing: DesignColumn = {
    name: `${name} missing`,
    source: name,
    missing: true,
    fill: 0,
    centre: gaps / codes.length,
    scale: 1,
  };
  return [...columns, missing];
}

function groupLevels(table: Table, group: string, action: string): string[] {
  const seen = new Set<string>();
  for (const name of groupNamesOf(table, group)) {
    ensure(name !== undefined, action, `the group of every row (${group})`, "there", "missing");
    seen.add(name);
  }
  return [...seen].sort();
}

/** The group of each row as text; undefined where it is missing. */
function groupNamesOf(table: Table, group: string): (string | undefined)[] {
  const column = table.column(group);
  return Array.from({ length: table.rows }, (_, i) => {
    if (isMissing(column, i)) return undefined;
    return column.kind === "category" ? column.levels[column.codes[i]!]! : String(column.values[i]);
  });
}

/** The rows of a table as the model sees them. */
export interface DesignRows {
  /** Row-major, the intercept's column of ones first. */
  readonly x: { readonly rows: number; readonly columns: number; readonly values: Float64Array };
  /** The position of each row's group; −1 for a group that training did not have. */
  readonly group: Int32Array;
  /** What is added to the linear predictor of each row, if anything. */
  readonly offset?: Float64Array;
  /** The features that each row lacks, by their positions in the design's plan; their columns are 0. */
  readonly missing?: readonly (readonly number[])[];
}

/** Applies a design to any rows. @throws {RangeError} If a column is not there. */
export function applyDesign(design: Design, table: Table): DesignRows {
  const width = design.columns.length + 1, values = new Float64Array(table.rows * width);
  for (let i = 0; i < table.rows; i++) values[i * width] = 1;
  design.columns.forEach((spec, k) => {
    const read = reader(spec, table.column(spec.source));
    for (let i = 0; i < table.rows; i++) values[i * width + k + 1] = read(i);
  });
  const positions = new Map(design.groups.map((name, j) => [name, j]));
  const names = design.group === undefined ? undefined : groupNamesOf(table, design.group);
  const group = new Int32Array(table.rows);
  if (names) names.forEach((name, i) => group[i] = name === undefined ? -1 : positions.get(name) ?? -1);
  const x = { rows: table.rows, columns: width, values };
  return {
    x,
    group,
    ...(design.offset === undefined ? {} : { offset: gaplessNumbers(table, design.offset) }),
    ...(design.gaps ? { missing: markGaps(design.gaps, table, values) } : {}),
  };
}

/**
 * The trials of each row of a binomial target, 1 for another one.
 *
 * @throws {RangeError} If they are not in the table or not counts.
 */
export function trialsOf(
  { design, family }: { readonly design: Pick<Design, "trials">; readonly family: Family },
  table: Table,
): Float64Array {
  if (family !== "binomial") return new Float64Array(table.rows).fill(1);
  ensure(design.trials !== undefined, `use ${table.name}`, "trials", "the column of trials", design.trials);
  const trials = gaplessNumbers(table, design.trials);
  trials.forEach((n, i) =>
    ensure(Number.isInteger(n) && n >= 0, `use ${table.name}`, `${design.trials} of row ${i}`, "a count", n)
  );
  return trials;
}

/** A column of numbers without gaps. @throws {RangeError} If it is not one. */
export function gaplessNumbers(table: Table, name: string): Float64Array {
  const values = table.numbers(name);
  values.forEach((v, i) =>
    ensure(Number.isFinite(v), `use ${table.name}`, `${name} of row ${i}`, "a number", v)
  );
  return values;
}

/** The value of a design column in a row of the table. */
function reader(spec: DesignColumn, column: Column): (row: number) => number {
  const { fill, centre, scale, curve } = spec;
  const scaled = (v: number): number => (v - centre) / scale;
  if (spec.missing) return (i) => scaled(isMissing(column, i) ? 1 : 0);
  if (column.kind === "category") {
    const code = column.levels.indexOf(spec.level ?? "");
    return (i) => scaled(column.codes[i] === code && code >= 0 ? 1 : 0);
  }
  const { values } = column;
  if (!curve) return (i) => scaled(Number.isNaN(values[i]!) ? fill : values[i]!);
  return (i) => Number.isNaN(values[i]!) ? 0 : evaluateSpline(curve, scaled(values[i]!));
}

/**
 * The outcomes as numbers: those of a number column, or 0 and 1 for a column of two texts.
 *
 * @throws {RangeError} If an outcome is missing, or texts are not two and none is named as positive.
 */
export function outcomes(design: Pick<Design, "target" | "positive">, table: Table): Float64Array {
  const { target, positive } = design,
    column = table.column(target),
    action = `read the outcomes of ${table.name}`;
  for (let i = 0; i < table.rows; i++) {
    ensure(!isMissing(column, i), action, `${target} of row ${i}`, "there", "missing");
  }
  if (column.kind !== "category") return column.values;
  ensure(
    positive !== undefined && column.levels.includes(positive),
    action,
    "positive",
    `one of ${column.levels.join(", ")}`,
    positive,
  );
  const code = column.levels.indexOf(positive);
  return Float64Array.from(column.codes, (c) => c === code ? 1 : 0);
}
