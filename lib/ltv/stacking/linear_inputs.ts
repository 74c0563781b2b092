import { column, type Matrix, matrix, median } from "../../core/mod.ts";

/** How features become what a line can read, fitted on training rows; plain data. */
export interface LinearInputs {
  /** By column, what stands where a value is missing. */
  readonly medians: readonly number[];
  /** Columns that were missing somewhere: each gets a column that says where. */
  readonly gaps: readonly number[];
}

/** Learns medians and where values are missing. */
export function fitLinearInputs(features: Matrix): LinearInputs {
  const columns = Array.from({ length: features.columns }, (_, j) => column(features, j));
  const medians = columns.map((values) => {
    const known = values.filter((v) => !Number.isNaN(v));
    return known.length > 0 ? median(known) : 0;
  });
  return { medians, gaps: [...columns.keys()].filter((j) => columns[j]!.some(Number.isNaN)) };
}

/** asinh of each feature, which leaves small values be and takes large ones as logs, and the gap columns behind. */
export function linearInputs({ medians, gaps }: LinearInputs, features: Matrix): Matrix {
  const { rows, columns, values } = features, wide = columns + gaps.length;
  const x = matrix(rows, wide);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = values[i * columns + j]!;
      x.values[i * wide + j] = Math.asinh(Number.isNaN(value) ? medians[j]! : value);
    }
    gaps.forEach((j, k) => x.values[i * wide + columns + k] = Number(Number.isNaN(values[i * columns + j]!)));
  }
  return x;
}
