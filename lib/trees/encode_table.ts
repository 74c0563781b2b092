import { createRng, type Matrix, matrix } from "../core/mod.ts";
import type { CategoryColumn, Table } from "../data/mod.ts";

/** Most categories that a tree cuts on directly. */
const MOST_CODES = 255;

/** Orders of rows whose statistics are averaged: one alone leaves the rows that come early with little but the prior. */
const ORDERS = 4;

/** How one column of a table becomes columns of numbers; plain data, as it stands in `model.json`. */
export type ColumnEncoder =
  | { readonly kind: "number"; readonly name: string }
  | { readonly kind: "codes"; readonly name: string; readonly levels: readonly string[] }
  | {
    readonly kind: "statistic";
    readonly name: string;
    /** By statistic, the mean of the target that counts as one row of every level. */
    readonly priors: readonly number[];
    /** By level: rows, then the sum of the target by statistic. The level `null` is missing. */
    readonly levels: readonly (readonly [level: string | null, rows: number, ...sums: number[]])[];
  };

/** A table as trees read it. */
export interface Encoded {
  readonly encoders: readonly ColumnEncoder[];
  readonly rows: Matrix;
  /** Columns of `rows` that hold codes of categories. */
  readonly codes: readonly number[];
  /** The rows with the statistics of each of the orders that were given. */
  readonly inOrders: readonly Matrix[];
}

/** How {@linkcode fitEncoders} encodes. */
export interface EncodeOptions {
  /** Whether categories of more than two levels become statistics. */
  readonly ordered: boolean;
  /** Of the orders that statistics are averaged over. */
  readonly seed: number;
  /** Orders of the rows that are told one by one, the last of them as `rows`, in place of a mean over four. */
  readonly orders?: readonly Uint32Array[];
}

/**
 * Learns encoders from training rows and encodes these. Numbers and dates stay as they are. Categories become codes to be cut on, or,
 * where there are more than 255, or more than two and `ordered` says so, statistics of the target: (Σ of earlier rows of the level + prior) / (their number + 1),
 * earlier in an order drawn by the seed, so that no row's target enters its own encoding; the mean over four such orders, or one by one.
 *
 * @param targets One or more columns of numbers whose means the statistics are: a class's 0 and 1, or an amount.
 * @see Prokhorenkova et al. 2018, CatBoost, https://arxiv.org/abs/1706.09516, section 3
 */
export function fitEncoders(
  table: Table,
  names: readonly string[],
  targets: readonly Float64Array[],
  options: EncodeOptions,
): Encoded {
  const drawn = (k: number): Uint32Array =>
    createRng(options.seed, "ordered-statistics", k).permutation(table.rows);
  /** Orders over which each view of the rows takes the mean. */
  const views = options.orders?.map((order) => [order]) ??
    [Array.from({ length: ORDERS }, (_, k) => drawn(k))];
  const columns = views.map((): Float64Array[] => []);
  const addToAll = (values: Float64Array): void => columns.forEach((view) => view.push(values));
  const encoders = names.map((name): ColumnEncoder => {
    const column = table.column(name);
    if (column.kind !== "category") {
      addToAll(column.values);
      return { kind: "number", name };
    }
    // Two levels are one number: a threshold between them is all there is to know.
    if (column.levels.length <= (options.ordered ? 2 : MOST_CODES)) {
      const encoder = { kind: "codes", name, levels: column.levels } as const;
      addToAll(codesOf(column, column.levels));
      return encoder;
    }
    const priors = targets.map((target) => target.reduce((a, b) => a + b, 0) / target.length);
    let statistics!: Statistics;
    views.forEach((orders, view) => {
      const encoded = priors.map(() => new Float64Array(table.rows));
      for (const order of orders) {
        statistics = new Statistics(column.levels.length + 1, priors);
        for (const row of order) {
          const level = column.codes[row]! + 1;
          encoded.forEach((values, k) => values[row]! += statistics.value(level, k) / orders.length);
          statistics.add(level, targets.map((target) => target[row]!));
        }
      }
      columns[view]!.push(...encoded);
    });
    const levels = [null, ...column.levels].map((level, k) =>
      [level, statistics.rows[k]!, ...statistics.sums.map((sums) => sums[k]!)] as const
    );
    return { kind: "statistic", name, priors, levels: levels.filter(([, rows]) => rows > 0) };
  });
  const kinds = encoders.flatMap((encoder) => encodedNames(encoder).map(() => encoder.kind));
  const codes = options.ordered ? [] : [...kinds.keys()].filter((k) => kinds[k] === "codes");
  const matrices = columns.map((view) => fromColumns(view, table.rows));
  return { encoders, rows: matrices.at(-1)!, codes, inOrders: options.orders ? matrices : [] };
}

/**
 * Encodes rows that came later. A category that training did not have is missing where it is cut on, and has the prior where it is a
 * statistic.
 *
 * @throws {RangeError} If a column is not there. @throws {TypeError} If it is of another kind than in training.
 */
export function encodeTable(table: Table, encoders: readonly ColumnEncoder[]): Matrix {
  const columns = encoders.flatMap((encoder): Float64Array[] => {
    if (encoder.kind === "number") return [table.numbers(encoder.name)];
    const column = table.categories(encoder.name);
    if (encoder.kind === "codes") return [codesOf(column, encoder.levels)];
    const { priors, levels } = encoder;
    const known = new Map(levels.map(([level, rows, ...sums]) => [level, { rows, sums }]));
    return priors.map((prior, k) => {
      const value = (level: string | null): number => {
        const { rows, sums } = known.get(level) ?? { rows: 0, sums: [] };
        return statistic(sums[k] ?? 0, rows, prior);
      };
      const values = column.levels.map(value);
      const missing = value(null);
      return Float64Array.from(column.codes, (code) => code < 0 ? missing : values[code]!);
    });
  });
  return fromColumns(columns, table.rows);
}

/** The names of an encoder's columns. */
export function encodedNames(encoder: ColumnEncoder): string[] {
  if (encoder.kind !== "statistic" || encoder.priors.length === 1) return [encoder.name];
  return encoder.priors.map((_, k) => `${encoder.name} of class ${k}`);
}

function codesOf(column: CategoryColumn, levels: readonly string[]): Float64Array {
  const codes = new Map(levels.map((level, code) => [level, code]));
  const known = column.levels.map((level) => codes.get(level) ?? NaN);
  return Float64Array.from(column.codes, (code) => code < 0 ? NaN : known[code]!);
}

/** Sums of targets by level, as they stand. */
class Statistics {
  readonly rows: Float64Array;
  readonly sums: readonly Float64Array[];

  constructor(levels: number, readonly priors: readonly number[]) {
    this.rows = new Float64Array(levels);
    this.sums = priors.map(() => new Float64Array(levels));
  }

  value(level: number, k: number): number {
    return statistic(this.sums[k]![level]!, this.rows[level]!, this.priors[k]!);
  }

  add(level: number, targets: readonly number[]): void {
    this.rows[level]!++;
    targets.forEach((target, k) => this.sums[k]![level]! += target);
  }
}

function statistic(sum: number, rows: number, prior: number): number {
  return (sum + prior) / (rows + 1);
}

function fromColumns(columns: readonly Float64Array[], rows: number): Matrix {
  const all = matrix(rows, columns.length);
  columns.forEach((values, f) => {
    for (let row = 0; row < rows; row++) all.values[row * columns.length + f] = values[row]!;
  });
  return all;
}
