import { type Check, ensure, writeFileAtomic } from "../core/mod.ts";
import { type Column, Table } from "../data/mod.ts";
import { DICTIONARY } from "./dictionary.ts";
import type { Mapping } from "./mapping.ts";
import { OUTCOME, readRoles } from "./roles.ts";
import { applyScaler, fitScaler, invertScaler, SCALE, type Scaler } from "./scale.ts";

/** Options of {@linkcode fitHarmoniser}. */
export interface HarmoniseOptions {
  /** Further columns to be taken along as they are, such as a region that divides businesses. */
  readonly keep?: readonly string[];
  /** Adds `<role>Missing`, 0 or 1 centred, for roles with gaps in the training rows. @default {false} */
  readonly missingIndicators?: boolean;
}

/** What a harmoniser saves: plain data. */
export interface HarmoniserState {
  /** The form of this record. */
  readonly version: 1;
  /** Name and version of the scale. */
  readonly scale: string;
  /** How many training rows it was fitted on. */
  readonly rows: number;
  /** The mapping that it reads tables by. */
  readonly mapping: Mapping;
  /** Columns that are taken along as they are. */
  readonly keep: readonly string[];
  /** The fitted scale of each role. */
  readonly scalers: Readonly<Record<string, Scaler>>;
  /** The fitted scale of each role's missing indicator. */
  readonly indicators: Readonly<Record<string, Scaler>>;
}

/** Brings tables of one mapping to the common scale, as fitted on training rows. */
export interface Harmoniser {
  /** What it saves: plain data. */
  readonly state: HarmoniserState;
  /** What the fit noticed: roles that are empty or constant in the training rows. */
  readonly checks: readonly Check[];
  /** The names of the features that it gives, in order. */
  readonly features: readonly string[];
  /** The features of a table's rows, with its outcome if it has one. NaN is missing. */
  transform(table: Table): Table;
  /** Scores of a role in the role's own unit, for display. @throws {RangeError} If the role was not fitted. */
  invert(role: string, scores: ArrayLike<number>): Float64Array;
}

/**
 * Fits the common scale on training rows: those of all businesses together, since a scale of one business's own would erase
 * its level. No other row may be in `training`.
 *
 * @param training The training rows as the file has them.
 * @returns A harmoniser, without the roles that have no value at all in the training rows.
 * @throws {RangeError} If a mapped column is not there, no role has a value, or the outcome does not have two classes.
 *
 * @example
 * ```ts
 * import { Table } from "credible/data";
 * import { fitHarmoniser, parseMapping } from "credible/features";
 * const [mapping] = parseMapping(`
 * version: 1
 * tables:
 *   shop:
 *     data: shop.csv
 *     industry: retail
 *     family: retail
 *     target: { column: left, positive: 1 }
 *     roles: { tenure: { column: since, unit: years } }
 * `);
 * const shop = new Table("shop", [
 *   { kind: "number", name: "since", values: Float64Array.of(1, 4, 9) },
 *   { kind: "number", name: "left", values: Float64Array.of(1, 0, 0) },
 * ]);
 * const harmoniser = fitHarmoniser(shop, mapping!);
 * harmoniser.transform(shop).numbers("tenure"); // [-0.97, 0, 0.97]
 * harmoniser.invert("tenure", [0]); // [48], in months
 * ```
 */
export function fitHarmoniser(training: Table, mapping: Mapping, options: HarmoniseOptions = {}): Harmoniser {
  const { keep = [], missingIndicators = false } = options;
  const roles = readRoles(training, mapping, { keep });
  ensureTwoClasses(training, roles, mapping);
  const scalers: Record<string, Scaler> = {};
  const indicators: Record<string, Scaler> = {};
  const checks: Check[] = [];
  for (const { name } of DICTIONARY) {
    if (mapping.roles[name] === undefined) continue;
    const values = roles.numbers(name);
    const gaps = values.map((v) => Number(Number.isNaN(v)));
    if (gaps.every((g) => g === 1)) {
      checks.push(noticed(name, "has no value in the training rows and is left out", "fail"));
      continue;
    }
    scalers[name] = fitScaler(values);
    if (scalers[name].kind === "constant") {
      checks.push(noticed(name, "has one value in the training rows", "warn"));
    }
    if (missingIndicators && gaps.includes(1)) indicators[name] = fitScaler(gaps);
  }
  ensure(
    Object.keys(scalers).length > 0,
    `harmonise ${training.name}`,
    "a role",
    "there in the training rows",
    "none",
  );
  const state: HarmoniserState = {
    version: 1,
    scale: SCALE,
    rows: training.rows,
    mapping,
    keep,
    scalers,
    indicators,
  };
  return harmoniserOf(state, checks);
}

/** The harmoniser that a state describes: the same numbers, bit for bit. @throws {RangeError} If it is of another scale. */
export function harmoniserOf(state: HarmoniserState, checks: readonly Check[] = []): Harmoniser {
  ensure(state.version === 1, "load a harmoniser", "version", "1", state.version);
  ensure(state.scale === SCALE, "load a harmoniser", "scale", JSON.stringify(SCALE), state.scale);
  const roles = Object.keys(state.scalers);
  const flags = Object.keys(state.indicators);
  return {
    state,
    checks,
    features: [...roles, ...flags.map(indicatorName)],
    transform: (table) => transform(table, state),
    invert: (role, scores) => {
      const scaler = state.scalers[role];
      ensure(scaler !== undefined, "show scores in their unit", "role", `one of ${roles.join(", ")}`, role);
      return Float64Array.from(scores, (score) => invertScaler(scaler, score));
    },
  };
}

/** Saves a harmoniser as JSON. */
export async function saveHarmoniser(harmoniser: Harmoniser, path: string): Promise<void> {
  await writeFileAtomic(path, JSON.stringify(harmoniser.state));
}

/** Loads what {@linkcode saveHarmoniser} saved. @throws {RangeError} If it is of another version or scale. */
export async function loadHarmoniser(path: string): Promise<Harmoniser> {
  return harmoniserOf(JSON.parse(await Deno.readTextFile(path)));
}

function transform(table: Table, state: HarmoniserState): Table {
  const read = readRoles(table, state.mapping, { keep: state.keep });
  const scaled = Object.entries(state.scalers).map(([name, scaler]): Column => ({
    kind: "number",
    name,
    values: read.numbers(name).map((v) => applyScaler(scaler, v)),
  }));
  const flags = Object.entries(state.indicators).map(([name, scaler]): Column => ({
    kind: "number",
    name: indicatorName(name),
    values: read.numbers(name).map((v) => applyScaler(scaler, Number(Number.isNaN(v)))),
  }));
  const kept = state.keep.map((name) => read.column(name));
  const outcome = read.names.includes(OUTCOME) ? [read.column(OUTCOME)] : [];
  return new Table(table.name, [...kept, ...scaled, ...flags, ...outcome]);
}

function indicatorName(role: string): string {
  return `${role}Missing`;
}

function ensureTwoClasses(table: Table, roles: Table, { target }: Mapping): void {
  const column = table.column(target.column);
  const found = column.kind === "category"
    ? new Set(column.codes.filter((code) => code >= 0)).size
    : new Set(column.values.filter((v) => !Number.isNaN(v))).size;
  const action = `harmonise ${table.name}`;
  ensure(
    found === 2,
    action,
    `the target ${JSON.stringify(target.column)}`,
    "of two classes",
    `${found} classes`,
  );
  const positive = roles.numbers(OUTCOME).includes(1);
  ensure(positive, action, "target.positive", `a value of ${JSON.stringify(target.column)}`, target.positive);
}

function noticed(role: string, what: string, status: "warn" | "fail"): Check {
  return {
    code: "constant",
    title: `${role} ${what}`,
    status,
    value: 0,
    limit: { above: 1 },
    advice: "Look whether the mapping names the right column; otherwise take the role out of it.",
    columns: [role],
  };
}
