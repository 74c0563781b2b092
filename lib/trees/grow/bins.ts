import { createRng, ensure, type Matrix } from "../../core/mod.ts";

/** Most cut points of a feature: bin 0 is for missing values and a bin is one byte. */
const MOST_CUTS = 254;

/** Cut points of a feature are found on at most this many rows: more move none of them by a rank that matters. */
const SAMPLE_ROWS = 50_000;

/** Features whose values are collected at a time. */
const TOGETHER = 16;

/** Where each feature is cut: a value of at most `cuts[feature][k]`, and above the one before, is in bin k + 1; missing is bin 0. */
export interface Bins {
  readonly cuts: readonly Float64Array[];
  /** Bins of each feature, missing included: the number of cuts + 2. */
  readonly counts: Int32Array;
  /** Features whose values are codes of categories, 0 to 254: code c is in bin c + 1. */
  readonly categories: readonly number[];
}

/**
 * Finds cut points: between neighbouring values where a feature has few, else at ranks that share the rows evenly.
 *
 * @param rows NaN is missing; infinite values are refused.
 * @param seed Of the sample where there are more than 50,000 rows.
 * @param categories Columns that hold codes of categories.
 * @throws {RangeError} If a value is infinite, or a code is not a whole number from 0 to 254.
 */
export function fitBins(rows: Matrix, seed: number, categories: readonly number[] = []): Bins {
  const positions = rows.rows <= SAMPLE_ROWS
    ? undefined
    : createRng(seed, "bins").permutation(rows.rows).subarray(0, SAMPLE_ROWS).sort();
  const cuts: Float64Array[] = [];
  for (let first = 0; first < rows.columns; first += TOGETHER) {
    const samples = presentValues(rows, first, Math.min(first + TOGETHER, rows.columns), positions);
    samples.forEach((values, k) => {
      cuts.push(categories.includes(first + k) ? codesOf(rows, first + k) : cutsOf(sortAscending(values)));
    });
  }
  return { cuts, counts: Int32Array.from(cuts, (c) => c.length + 2), categories };
}

/** Codes 0, 1, …, so that each has a bin of its own. */
function codesOf(rows: Matrix, feature: number): Float64Array {
  let largest = 0;
  for (let i = 0; i < rows.rows; i++) {
    const code = rows.values[i * rows.columns + feature]!;
    if (Number.isNaN(code)) continue;
    const rule = `a whole number from 0 to ${MOST_CUTS}: more than 255 categories need an encoder`;
    ensure(
      Number.isInteger(code) && code >= 0 && code <= MOST_CUTS,
      "grow trees",
      "a category's code",
      rule,
      code,
    );
    largest = Math.max(largest, code);
  }
  return Float64Array.from({ length: largest }, (_, code) => code);
}

/** The values of some features that are not missing, row by row, since rows lie together in memory. */
function presentValues(
  { rows, columns, values }: Matrix,
  first: number,
  end: number,
  positions: Uint32Array | undefined,
): Float64Array[] {
  const count = positions?.length ?? rows;
  const present = Array.from({ length: end - first }, () => new Float64Array(count));
  const filled = new Uint32Array(end - first);
  for (let i = 0; i < count; i++) {
    const row = columns * (positions ? positions[i]! : i);
    for (let k = 0; k < filled.length; k++) {
      const value = values[row + first + k]!;
      if (!Number.isNaN(value)) present[k]![filled[k]!++] = value;
    }
  }
  return present.map((all, k) => all.subarray(0, filled[k]));
}

/**
 * Sorts numbers, none of them NaN, in place: as 64-bit integers, which engines sort several times faster. The bits of a double rise with it
 * when it is positive; where it is negative, all but the sign are turned around.
 */
function sortAscending(values: Float64Array): Float64Array {
  const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const turn = (): void => {
    for (let high = 1; high < halves.length; high += 2) {
      if (halves[high]! >= 0) continue;
      halves[high]! ^= 0x7fffffff;
      halves[high - 1]! ^= -1;
    }
  };
  turn();
  new BigInt64Array(values.buffer, values.byteOffset, values.length).sort();
  turn();
  return values;
}

function cutsOf(sorted: Float64Array): Float64Array {
  const ends = new Uint32Array(sorted.length); // the last position of each distinct value
  let distinct = 0;
  for (let i = 0; i < sorted.length; i++) if (sorted[i] !== sorted[i + 1]) ends[distinct++] = i;
  const between = (end: number): number => middle(sorted[end]!, sorted[end + 1]!);
  if (distinct <= MOST_CUTS + 1) {
    return Float64Array.from(ends.subarray(0, Math.max(0, distinct - 1)), between);
  }
  const cuts: number[] = [];
  let at = 0;
  for (let k = 1; k <= MOST_CUTS; k++) {
    const rank = Math.round(k * sorted.length / (MOST_CUTS + 1));
    while (at < distinct - 1 && ends[at]! + 1 < rank) at++;
    if (at < distinct - 1 && between(ends[at]!) !== cuts.at(-1)) cuts.push(between(ends[at]!));
  }
  return Float64Array.from(cuts);
}

/** A number at or above a and below b, near the middle. */
function middle(a: number, b: number): number {
  const m = a + (b - a) / 2;
  return m < b ? m : a;
}

/** All cuts in one table, `size` a feature, filled up with Infinity. */
export function cutTable({ cuts }: Bins, size: number): Float64Array {
  const table = new Float64Array(size * cuts.length).fill(Infinity);
  cuts.forEach((ofFeature, f) => table.set(ofFeature, f * size));
  return table;
}
