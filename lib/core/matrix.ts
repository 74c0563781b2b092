import { ensure } from "./ensure.ts";

/** A dense matrix: `values[row * columns + column]`. */
export interface Matrix {
  /** How many rows. */
  readonly rows: number;
  /** How many columns. */
  readonly columns: number;
  /** Row-major, `rows * columns` long. */
  readonly values: Float64Array;
}

/**
 * A matrix over values that are already row-major; nothing is copied.
 *
 * @throws {RangeError} If `values` is not `rows * columns` long.
 */
export function matrix(
  rows: number,
  columns: number,
  values: Float64Array = new Float64Array(rows * columns),
): Matrix {
  ensure(
    values.length === rows * columns,
    "make a matrix",
    "values",
    `${rows} × ${columns} long`,
    values.length,
  );
  return { rows, columns, values };
}

/** One row as a view: writing to it writes to the matrix. */
export function row(m: Matrix, index: number): Float64Array {
  return m.values.subarray(index * m.columns, (index + 1) * m.columns);
}

/** One column as a copy. */
export function column(m: Matrix, index: number): Float64Array {
  return Float64Array.from({ length: m.rows }, (_, i) => m.values[i * m.columns + index]!);
}
