import type { Forest } from "../forest.ts";
import { rankRows } from "../predict/add_leaves.ts";
import { Scratch } from "../scratch.ts";
import type { PackedGroups } from "./pack_groups.ts";

/** What `kernel.as.ts` exports; addresses and strides are bytes. */
interface Kernel {
  heapBase(): number;
  explain(
    data: number,
    group: number,
    ranks: number,
    rankStride: number,
    rows: number,
    cells: number,
    offsets: number,
    seen: number,
    leaves: number,
    table: number,
    phi: number,
    phiStride: number,
  ): void;
}

/** Most rows that are taken through all groups before the next ones, and most values of theirs. */
const MOST_ROWS = 16_384;
const MOST_VALUES = 4_194_304;

let scratch: Scratch<Kernel> | undefined;

/**
 * SHAP values of all groups of leaves.
 *
 * @param values Rows as the forest compares them, row-major.
 * @returns `values[(row · outputs + output) · features + feature]`.
 */
export function explainRows(forest: Forest, packed: PackedGroups, values: Float64Array): Float64Array {
  const p = forest.features.length;
  const columns = forest.outputs * p;
  const rows = values.length / p;
  const found = new Float64Array(rows * columns);
  const size = Math.min(MOST_ROWS, Math.ceil(MOST_VALUES / columns));
  for (let begin = 0; begin < rows; begin += size) {
    const end = Math.min(begin + size, rows);
    const ranks = rankRows(forest, values.subarray(begin * p, end * p));
    explainBatch(packed, ranks, found.subarray(begin * columns, end * columns), end - begin);
  }
  return found;
}

/** @param ranks `ranks[feature · rows + row]`. @param into `values[row · columns + column]`. */
function explainBatch(packed: PackedGroups, ranks: Uint16Array, into: Float64Array, rows: number): void {
  scratch ??= new Scratch<Kernel>(new URL("./kernel.wasm", import.meta.url));
  const [features, columns] = [ranks.length / rows, into.length / rows];
  const padded = (rows + 7) & ~7; // the kernel takes eight rows at a time
  const sizes = {
    ranks: 2 * padded * features,
    cells: 2 * padded,
    offsets: 4 * padded,
    seen: 2 << packed.mostBits,
    leaves: packed.mostExpanded,
    table: 8 * rows * packed.mostSlots,
    phi: 8 * padded * columns,
  };
  const { data, buffers } = scratch.use(packed.data, sizes);
  const rankBuffer = new Uint16Array(scratch.buffer, buffers.ranks, padded * features);
  for (let f = 0; f < features; f++) rankBuffer.set(ranks.subarray(f * rows, (f + 1) * rows), f * padded);
  const phi = new Float64Array(scratch.buffer, buffers.phi, padded * columns).fill(0);
  for (const group of packed.groups) {
    scratch.kernel.explain(
      data,
      data + group,
      buffers.ranks,
      2 * padded,
      rows,
      buffers.cells,
      buffers.offsets,
      buffers.seen,
      buffers.leaves,
      buffers.table,
      buffers.phi,
      8 * padded,
    );
  }
  for (let c = 0; c < columns; c++) {
    for (let row = 0; row < rows; row++) into[row * columns + c] = phi[c * padded + row]!;
  }
}
