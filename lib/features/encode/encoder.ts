import { ensure } from "../../core/mod.ts";
import type { CategoryColumn, NumberColumn } from "../../data/mod.ts";

/** A fitted encoding as plain data: JSON holds it bit for bit. */
export type EncoderState = LookupState | OneHotState;

/** One number a level. */
export interface LookupState {
  /** How it is applied. */
  readonly kind: "lookup";
  /** The column it was fitted on. */
  readonly column: string;
  /** The name of the column it makes. */
  readonly output: string;
  /** The number of each level seen in training. */
  readonly values: readonly (readonly [level: string, value: number])[];
  /** The number of a level that training did not see. */
  readonly unknown: number;
  /** The number of a missing value. */
  readonly missing: number;
}

/** One column of 0 and 1 a level. */
export interface OneHotState {
  /** How it is applied. */
  readonly kind: "oneHot";
  /** The column it was fitted on. */
  readonly column: string;
  /** The levels that have a column of their own. */
  readonly levels: readonly string[];
  /** Levels seen in training that have no column: the first one, where it was dropped. */
  readonly dropped: readonly string[];
  /** Whether a last column stands for rare levels and those that training did not see. */
  readonly others: boolean;
}

/** A fitted encoding of one category column. */
export interface Encoder {
  /** What it saves: plain data. */
  readonly state: EncoderState;
  /** The names of the columns it makes. */
  readonly outputs: readonly string[];
  /** Encodes rows. Levels that training did not see and missing values are no error. */
  transform(column: CategoryColumn): NumberColumn[];
}

/** The encoder that a state describes: the same numbers, bit for bit. */
export function encoderOf(state: EncoderState): Encoder {
  const apply = state.kind === "lookup" ? lookUp : hotColumns;
  const outputs = state.kind === "lookup" ? [state.output] : hotNames(state);
  return {
    state,
    outputs,
    transform: (column) => (apply as (s: EncoderState, c: CategoryColumn) => NumberColumn[])(state, column),
  };
}

/** Throws unless a target has one number a row. */
export function ensureTarget(column: CategoryColumn, y: ArrayLike<number>, action: string): void {
  ensure(y.length === column.codes.length, action, "y", `${column.codes.length} long`, y.length);
  for (let i = 0; i < y.length; i++) ensure(!Number.isNaN(y[i]!), action, `y[${i}]`, "a number", y[i]);
}

function lookUp(state: LookupState, column: CategoryColumn): NumberColumn[] {
  const known = new Map(state.values);
  const byCode = column.levels.map((level) => known.get(level) ?? state.unknown);
  const values = Float64Array.from(column.codes, (code) => code < 0 ? state.missing : byCode[code]!);
  return [{ kind: "number", name: state.output, values }];
}

function hotColumns(state: OneHotState, column: CategoryColumn): NumberColumn[] {
  const at = new Map(state.levels.map((level, k) => [level, k]));
  const last = state.others ? state.levels.length : -1;
  const dropped = new Set(state.dropped);
  const place = (code: number): number => {
    const level = column.levels[code];
    return level !== undefined && dropped.has(level) ? -1 : at.get(level ?? "") ?? last;
  };
  const places = column.levels.map((_, code) => place(code));
  return hotNames(state).map((name, k) => ({
    kind: "number",
    name,
    values: Float64Array.from(column.codes, (code) => Number((code < 0 ? last : places[code]) === k)),
  }));
}

function hotNames({ column, levels, others }: OneHotState): string[] {
  return [...levels, ...(others ? ["(other)"] : [])].map((level) => `${column}=${level}`);
}
