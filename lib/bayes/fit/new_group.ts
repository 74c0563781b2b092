import { cholesky, type Matrix, matrix, type Rng } from "../../core/mod.ts";
import { type CoefficientSpec, variesByGroup } from "../hierarchical/spec.ts";

/**
 * How far a group never seen is off the population under each draw, by coefficient, as other groups are: by tau, and
 * correlated where the model has it so. Undefined for a coefficient that does not differ between groups.
 *
 * @param draws How many.
 * @param read The draws of a quantity by its name.
 */
export function drawNewGroup(
  coefficients: readonly CoefficientSpec[],
  draws: number,
  read: (quantity: string) => readonly number[],
  rng: Rng,
): (Float64Array | undefined)[] {
  const normals = coefficients.map((c) => variesByGroup(c) ? rng.normals(draws) : undefined);
  const sets = Map.groupBy(coefficients.keys(), (k) => coefficients[k]!.correlated ?? k);
  for (const columns of sets.values()) {
    if (columns.length > 1) {
      correlate(
        columns.map((k) => coefficients[k]!.name),
        columns.map((k) => normals[k]!),
        read,
      );
    }
  }
  return coefficients.map(({ name, sharedScale = name }, k) => {
    const own = normals[k];
    if (!own) return undefined;
    const tau = read(`tau[${sharedScale}]`);
    return own.map((z, d) => tau[d]! * z);
  });
}

/** Turns independent normals into correlated ones, in place. */
function correlate(
  names: readonly string[],
  normals: readonly Float64Array[],
  read: (quantity: string) => readonly number[],
): void {
  const size = names.length;
  const pairs = names.map((a, i) => names.slice(0, i).map((b) => read(`corr[${b},${a}]`)));
  for (let d = 0; d < normals[0]!.length; d++) {
    const { values } = cholesky(correlations(size, (i, j) => pairs[i]![j]![d]!))!;
    for (let i = size - 1; i >= 0; i--) { // from the last, as each needs those before it
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += values[i * size + j]! * normals[j]![d]!;
      normals[i]![d] = sum;
    }
  }
}

/** Entries off the diagonal are drawn in by this share, so that rounding cannot make a matrix indefinite. */
const DRAWN_IN = 1e-9;

/** The correlation matrix from its entries below the diagonal. */
function correlations(size: number, entry: (i: number, j: number) => number): Matrix {
  const out = matrix(size, size);
  for (let i = 0; i < size; i++) {
    out.values[i * size + i] = 1;
    for (let j = 0; j < i; j++) {
      out.values[i * size + j] = out.values[j * size + i] = (1 - DRAWN_IN) * entry(i, j);
    }
  }
  return out;
}
