import { type Design, designColumns } from "./design.ts";

/**
 * Whether moving along a direction raises the likelihood of some rows and lowers that of none: then the labels are separated,
 * and maximum likelihood has no finite answer. A step of Newton's method turns into such a direction within a few rounds,
 * since rows that overlap have converged by then. Overlap of less than a millionth of the spread counts as none.
 *
 * @param direction Over the intercept (where there is one) and the free columns.
 * @returns The direction as proof, or undefined.
 * @see Albert and Anderson 1984, doi:10.1093/biomet/71.1.1; Konis 2007, section 4.
 */
export function separationAlong(design: Design, direction: Float64Array): Float64Array | undefined {
  const gains = gainsAlong(design, direction);
  const most = gains.reduce((a, g) => Math.max(a, Math.abs(g)), 0);
  return most > 0 && gains.every((gain) => gain >= -1e-6 * most) ? direction : undefined;
}

/** How many rows (of weight above 0) are told apart by the direction, and which columns do it. */
export function separatedBy(design: Design, direction: Float64Array): { rows: number; columns: string[] } {
  const gains = gainsAlong(design, direction);
  const most = gains.reduce((a, g) => Math.max(a, g), 0);
  const first = design.intercept ? 1 : 0;
  const reach = design.free.map((_, k) => Math.abs(direction[first + k]!));
  const longest = Math.max(...reach);
  return {
    rows: gains.filter((gain) => gain > 1e-3 * most).length,
    columns: design.free.filter((_, k) => reach[k]! > 1e-3 * longest).map((j) => design.names[j]!),
  };
}

function gainsAlong(design: Design, direction: Float64Array): Float64Array {
  const columns = designColumns(design);
  return design.weights.map((w, i) => {
    if (w === 0) return 0;
    let along = 0;
    for (let k = 0; k < columns.length; k++) along += direction[k]! * columns[k]![i]!;
    return design.y[i] === 1 ? along : -along;
  });
}
