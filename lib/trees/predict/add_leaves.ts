import type { Forest } from "../forest.ts";
import { Scratch } from "../scratch.ts";
import { BLOCK, type PackedForest, packForest } from "./pack_forest.ts";

/** What `kernel.as.ts` exports; addresses are bytes. */
interface Kernel {
  heapBase(): number;
  rank(values: number, stride: number, rows: number, cuts: number, half: number, into: number): void;
  addByOutcome(
    tests: number,
    count: number,
    values: number,
    ranks: number,
    rows: number,
    sums: number,
  ): void;
  addByMasks(
    tests: number,
    low: number,
    high: number,
    values: number,
    ranks: number,
    rows: number,
    sums: number,
  ): void;
  addByWalk(nodes: number, values: number, ranks: number, rows: number, sums: number): void;
}

let scratch: Scratch<Kernel> | undefined;

/** The kernel with a forest in its memory and room for a block of rows. */
class Blocks {
  readonly data: number;
  readonly ranks: number;
  readonly sums: number;
  readonly #scratch: Scratch<Kernel>;
  readonly #packed: PackedForest;
  readonly #values: number;

  constructor(packed: PackedForest, outputs: number) {
    const p = packed.cuts.length;
    this.#scratch = scratch ??= new Scratch(new URL("./kernel.wasm", import.meta.url));
    this.#packed = packed;
    const columns = 2 * p + packed.sides.length;
    const sizes = { values: 8 * BLOCK * p, ranks: 2 * BLOCK * columns, sums: 8 * BLOCK * outputs };
    const { data, buffers } = this.#scratch.use(packed.data, sizes);
    [this.data, this.#values, this.ranks, this.sums] = [data, buffers.values, buffers.ranks, buffers.sums];
  }

  get kernel(): Kernel {
    return this.#scratch.kernel;
  }

  /** The sums of a block, output by output. */
  viewSums(outputs: number): Float64Array {
    return new Float64Array(this.#scratch.buffer, this.sums, BLOCK * outputs);
  }

  /** Fills the ranks of a block of rows, and gives them: for each feature a column with missing first and one with missing last. */
  rank(rows: Float64Array): Uint16Array {
    const { cuts, sides } = this.#packed;
    const p = cuts.length;
    const count = rows.length / p;
    const { buffer } = this.#scratch;
    new Float64Array(buffer, this.#values, rows.length).set(rows);
    cuts.forEach(({ place, half }, f) => {
      const into = this.ranks + 4 * BLOCK * f;
      this.kernel.rank(this.#values + 8 * f, 8 * p, count, this.data + place, half, into);
    });
    const ranks = new Uint16Array(buffer, this.ranks, BLOCK * (2 * p + sides.length));
    sides.forEach(({ feature, byRank }, k) => {
      const [from, into] = [BLOCK * 2 * feature, BLOCK * (2 * p + k)];
      for (let i = 0; i < count; i++) ranks[into + i] = 1 - byRank[ranks[from + i]!]!;
    });
    return ranks;
  }
}

/**
 * Adds the leaves of all trees, in their order, to `raw[row · outputs + output]`.
 *
 * @param values Rows as the forest compares them, row-major.
 */
export function addLeaves(forest: Forest, values: Float64Array, raw: Float64Array): void {
  const { outputs, features: { length: p } } = forest;
  const packed = packForest(forest);
  const blocks = new Blocks(packed, outputs);
  const { kernel, data, ranks } = blocks;
  const sums = blocks.viewSums(outputs);
  const rows = raw.length / outputs;
  for (let begin = 0; begin < rows; begin += BLOCK) {
    const end = Math.min(begin + BLOCK, rows);
    blocks.rank(values.subarray(begin * p, end * p));
    const own = raw.subarray(begin * outputs, end * outputs);
    transpose(own, outputs, sums, BLOCK);
    for (const tree of packed.trees) {
      const [tests, leaves, into] = [
        data + tree.tests,
        data + tree.values,
        blocks.sums + 8 * BLOCK * tree.output,
      ];
      const count = end - begin;
      if (tree.form === "outcomes") kernel.addByOutcome(tests, tree.count, leaves, ranks, count, into);
      else if (tree.form === "masks") {
        kernel.addByMasks(tests, tree.low, tree.high, leaves, ranks, count, into);
      } else kernel.addByWalk(tests, leaves, ranks, count, into);
    }
    transposeBack(sums, BLOCK, own, outputs);
  }
}

/** From `rows[row · outputs + output]` to `columns[output · stride + row]`. */
function transpose(rows: Float64Array, outputs: number, columns: Float64Array, stride: number): void {
  const count = rows.length / outputs;
  for (let k = 0; k < outputs; k++) {
    for (let i = 0; i < count; i++) columns[k * stride + i] = rows[i * outputs + k]!;
  }
}

function transposeBack(columns: Float64Array, stride: number, rows: Float64Array, outputs: number): void {
  const count = rows.length / outputs;
  for (let k = 0; k < outputs; k++) {
    for (let i = 0; i < count; i++) rows[i * outputs + k] = columns[k * stride + i]!;
  }
}

/** Ranks of rows, `ranks[feature · rows + row]`. */
export function rankRows(forest: Forest, values: Float64Array): Uint16Array {
  const p = forest.features.length;
  const rows = values.length / p;
  const blocks = new Blocks(packForest(forest), 1);
  const ranks = new Uint16Array(values.length);
  for (let begin = 0; begin < rows; begin += BLOCK) {
    const end = Math.min(begin + BLOCK, rows);
    const block = blocks.rank(values.subarray(begin * p, end * p));
    for (let f = 0; f < p; f++) {
      ranks.set(block.subarray(2 * f * BLOCK, 2 * f * BLOCK + end - begin), f * rows + begin);
    }
  }
  return ranks;
}
