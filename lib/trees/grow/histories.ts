import { createRng, type Matrix, matrix } from "../../core/mod.ts";

/** The training rows in an order drawn by chance, and as they look in it: statistics of the target tell of earlier rows only. */
export interface History {
  /** The row at each place. */
  readonly order: Uint32Array;
  readonly rows: Matrix;
}

/** A supporting model: learns from its body, the first rows of an order, and predicts these and its tail, the rows that follow. */
export interface Support {
  /** Where its rows begin in the workspace. */
  readonly begin: number;
  /** Where its tail begins. */
  readonly middle: number;
  readonly end: number;
}

/** The rows on which ordered boosting works: the training rows, then those of each supporting model. */
export interface OrderedRows {
  readonly rows: Matrix;
  /** By row, the training row that it is. */
  readonly origin: Uint32Array;
  /** By history. */
  readonly supports: readonly (readonly Support[])[];
}

/** Orders of the training rows. */
export function drawOrders(rows: number, count: number, seed: number): Uint32Array[] {
  return Array.from({ length: count }, (_, r) => createRng(seed, "ordered-boosting", r).permutation(rows));
}

/**
 * Where bodies end: as in the paper at 1, 2, 4, … below the number of rows. With more than 500 rows the first is longer, as in CatBoost: a
 * model of a handful of rows tells little.
 */
export function bodiesOf(rows: number): number[] {
  const ends: number[] = [];
  const first = rows > 500 ? Math.min(100, Math.floor(rows / 50)) : 1;
  for (let end = first; end < rows; end *= 2) ends.push(end);
  return ends;
}

/**
 * Lays out the rows of all supporting models M_{r,2^j}, each on the 2^{j+1} first rows of its order: two to three times the training rows a
 * history.
 *
 * @param rows The training rows as the final leaf values see them.
 */
export function layOutHistories(rows: Matrix, histories: readonly History[]): OrderedRows {
  const { rows: n, columns: p } = rows;
  let next = n;
  const supports = histories.map(() =>
    bodiesOf(n).map((body): Support => {
      const begin = next;
      next += Math.min(2 * body, n);
      return { begin, middle: begin + body, end: next };
    })
  );
  const all = matrix(next, p);
  const origin = new Uint32Array(next);
  all.values.set(rows.values);
  for (let row = 0; row < n; row++) origin[row] = row;
  histories.forEach((history, r) => {
    for (const { begin, end } of supports[r]!) {
      for (let k = 0; k < end - begin; k++) {
        const row = history.order[k]!;
        origin[begin + k] = row;
        all.values.set(history.rows.values.subarray(row * p, (row + 1) * p), (begin + k) * p);
      }
    }
  });
  return { rows: all, origin, supports };
}
