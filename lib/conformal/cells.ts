import { ensure } from "../core/mod.ts";
import { type Cell, makeCell } from "./cell.ts";
import { rowsNeeded } from "./rank.ts";

/** A column whose equal values belong together. */
export type Groups = ArrayLike<number | string>;

/** What happens to groups with too few rows for the confidence. */
export type SmallGroups = "flag" | "merge";

/** The name under which small groups are merged. */
export const MERGED = "small groups";

/** What may stand beside the scores of calibration rows. */
export interface CellOptions {
  readonly confidence: number;
  readonly groups?: Groups;
  readonly smallGroups: SmallGroups;
  readonly weights?: ArrayLike<number>;
  readonly businesses?: Groups;
}

/** One cell a group, or one for all. */
export function groupCells(scores: ArrayLike<number>, options: CellOptions): Cell[] {
  const { confidence, groups, smallGroups, businesses } = options;
  const weights = businesses ? businessWeights(businesses) : options.weights;
  if (!groups) {
    const units = businesses ? new Set(Array.from(businesses)).size : scores.length;
    return [makeCell("all rows", scores, weights, units)];
  }
  const rows = rowsBy(groups);
  const merged = smallGroups === "merge" ? mergeSmall(rows, rowsNeeded(confidence)) : rows;
  return [...merged].map(([name, members]) => cellOfRows(name, members, scores, weights));
}

/** The cell of some of the rows. */
export function cellOfRows(
  name: string,
  rows: readonly number[],
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Cell {
  return makeCell(name, rows.map((row) => scores[row]!), weights && rows.map((row) => weights[row]!));
}

/**
 * Weights with which every business counts alike: one over its number of rows. With the weight 1 for a row of a
 * business never seen they give it coverage, with **businesses** as what is exchanged.
 *
 * @see Lee, Barber & Willett 2023, https://arxiv.org/abs/2306.06342; Dunn, Wasserman & Ramdas 2022,
 * https://arxiv.org/abs/1809.07441
 */
export function businessWeights(businesses: Groups): Float64Array {
  const counts = new Map([...rowsBy(businesses)].map(([name, rows]) => [name, rows.length]));
  return Float64Array.from(businesses as ArrayLike<unknown>, (name) => 1 / counts.get(String(name))!);
}

/** The cell in which a row of this group is to be predicted; undefined where no calibration row speaks for it. */
export function findCell(cells: readonly Cell[], group: number | string | undefined): Cell | undefined {
  if (cells.length === 1 && cells[0]!.name === "all rows") return cells[0];
  return cells.find((cell) => cell.name === String(group));
}

/** The rows of each value, by the text of the value, in order of appearance. */
export function rowsBy(values: Groups): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (let i = 0; i < values.length; i++) {
    const name = String(values[i]);
    const members = rows.get(name);
    if (members) members.push(i);
    else rows.set(name, [i]);
  }
  return rows;
}

/** Throws unless a column is as long as there are rows. */
export function ensureLength(action: string, name: string, values: ArrayLike<unknown>, rows: number): void {
  ensure(values.length === rows, action, name, `${rows} long`, values.length);
}

function mergeSmall(rows: Map<string, number[]>, needed: number): Map<string, number[]> {
  const large = new Map([...rows].filter(([, members]) => members.length >= needed));
  const small = [...rows].filter(([, members]) => members.length < needed);
  if (small.length > 0) large.set(MERGED, small.flatMap(([, members]) => members));
  return large;
}
