import { ensure } from "../../core/mod.ts";
import type { Forest } from "../forest.ts";
import { Packer } from "../scratch.ts";
import { type RankedForest, type RankedTree, rankForest } from "./ranks.ts";

/** Rows that are taken through all trees before the next ones; the kernel is written for this number. */
export const BLOCK = 256;

/** A forest as the kernel reads it; places are bytes into `data`. */
export interface PackedForest {
  readonly data: Uint8Array;
  /** By feature, its cuts, filled up, and the bytes of the half where a search begins. */
  readonly cuts: readonly { readonly place: number; readonly half: number }[];
  /** Columns behind those of the features, for tests that no highest rank describes: 0 for left and 1 for right. */
  readonly sides: readonly Sides[];
  readonly trees: readonly PackedTree[];
}

interface Sides {
  readonly feature: number;
  /** By rank, 1 for left. */
  readonly byRank: Uint8Array;
}

/** A tree in the form that is fastest for its shape; `tests` and `values` are places. */
export type PackedTree =
  & { readonly output: number; readonly tests: number; readonly values: number }
  & (
    | { readonly form: "outcomes"; readonly count: number }
    | { readonly form: "masks"; readonly low: number; readonly high: number }
    | { readonly form: "nodes" }
  );

/** Bytes of a column of a block's ranks. */
const COLUMN = 2 * BLOCK;

/** Columns of ranks that fit into a node. */
const MOST_COLUMNS = 2 ** 17;

/** Most different tests of a tree that is read off a table of all their outcomes. */
const MOST_TESTS = 8;

/** Most leaves of a tree that is read off their bits. */
const MOST_LEAVES = 32;

const known = new WeakMap<Forest, PackedForest>();

/** A forest as the kernel reads it, made once. */
export function packForest(forest: Forest): PackedForest {
  const made = known.get(forest) ?? new ForestPacker(rankForest(forest)).pack();
  known.set(forest, made);
  return made;
}

class ForestPacker {
  readonly #ranked: RankedForest;
  readonly #packer = new Packer();
  readonly #sides: Sides[] = [];

  constructor(ranked: RankedForest) {
    this.#ranked = ranked;
  }

  pack(): PackedForest {
    const { cuts, trees } = this.#ranked;
    const packed = {
      cuts: cuts.map((own) => this.#packCuts(own)),
      trees: trees.map((tree) => this.#packTree(tree)),
      sides: this.#sides,
      data: this.#packer.bytes,
    };
    const columns = 2 * cuts.length + this.#sides.length;
    const argument = "twice the features and the tests of categories and zeros";
    ensure(columns <= MOST_COLUMNS, "predict", argument, `at most ${MOST_COLUMNS} in all`, columns);
    return packed;
  }

  #packCuts(cuts: Float64Array): { place: number; half: number } {
    const half = cuts.length === 0 ? 0 : 2 ** Math.floor(Math.log2(cuts.length));
    const filled = new Float64Array(Math.max(0, 2 * half - 1)).fill(Infinity);
    filled.set(cuts);
    return { place: this.#packer.add(filled), half: 8 * half };
  }

  #packTree(ranked: RankedTree): PackedTree {
    const { tree } = ranked;
    const inner = [...tree.feature.keys()].filter((node) => tree.feature[node]! >= 0);
    const tests = differentTests(ranked, inner);
    if (tests.length <= MOST_TESTS) return this.#packOutcomes(ranked, tests);
    return inner.length < MOST_LEAVES ? this.#packMasks(ranked) : this.#packNodes(ranked);
  }

  /** The column of a test and the highest rank that goes left. */
  #test({ tree, low, high, sides }: RankedTree, node: number): { column: number; most: number } {
    const [feature, byRank] = [tree.feature[node]!, sides[node]];
    if (!byRank) return { column: 2 * feature + low[node]!, most: high[node]! };
    return { column: 2 * this.#ranked.cuts.length + this.#sides.push({ feature, byRank }) - 1, most: 0 };
  }

  /** As the kernel reads a test: the place of its column in 32 bits, the highest rank that goes left, and a mask. */
  #words(ranked: RankedTree, node: number, mask: number): number[] {
    const { column, most } = this.#test(ranked, node);
    const place = COLUMN * column;
    return [place & 0xffff, place >>> 16, most, mask];
  }

  #packOutcomes(ranked: RankedTree, tests: readonly (readonly number[])[]): PackedTree {
    const { tree } = ranked;
    const bit = new Uint8Array(tree.feature.length);
    tests.forEach((nodes, k) => nodes.forEach((node) => bit[node] = k));
    const valueOf = (outcome: number): number => {
      let node = 0;
      while (tree.feature[node]! >= 0) {
        node = (outcome >> bit[node]!) & 1 ? tree.right[node]! : tree.left[node]!;
      }
      return tree.value[node]!;
    };
    const packed = tests.flatMap(([node], k) => this.#words(ranked, node!, 1 << k));
    return {
      form: "outcomes",
      output: tree.output,
      count: tests.length,
      tests: this.#packer.add(Uint16Array.from(packed)),
      values: this.#packer.add(Float64Array.from({ length: 1 << tests.length }, (_, k) => valueOf(k))),
    };
  }

  #packMasks(ranked: RankedTree): PackedTree {
    const { tree } = ranked;
    const values: number[] = [];
    const halves: [number[], number[]] = [[], []];
    const walk = (node: number): void => {
      if (tree.feature[node]! < 0) {
        values.push(tree.value[node]!);
        return;
      }
      const begin = values.length;
      walk(tree.left[node]!);
      const struck = 2 ** values.length - 2 ** begin;
      const [place, above, most] = this.#words(ranked, node, 0);
      halves.forEach((half, k) => {
        const mask = Math.floor(struck / 65536 ** k) & 0xffff;
        if (mask !== 0) half.push(place!, above!, most!, mask);
      });
      walk(tree.right[node]!);
    };
    walk(0);
    return {
      form: "masks",
      output: tree.output,
      low: halves[0].length / 4,
      high: halves[1].length / 4,
      tests: this.#packer.add(Uint16Array.from(halves.flat())),
      values: this.#packer.add(Float64Array.from(values)),
    };
  }

  /** Breadth first, so that siblings are neighbours. */
  #packNodes(ranked: RankedTree): PackedTree {
    const { tree } = ranked;
    const order = [0];
    const words: number[] = [];
    for (let k = 0; k < order.length; k++) {
      const node = order[k]!;
      if (tree.feature[node]! < 0) {
        words.push(MOST_COLUMNS * 0x7fff, 8 * k); // where all ranks go left, and left is here
        continue;
      }
      const { column, most } = this.#test(ranked, node);
      words.push(column + MOST_COLUMNS * most, (8 * order.length) | INNER);
      order.push(tree.left[node]!, tree.right[node]!);
    }
    return {
      form: "nodes",
      output: tree.output,
      tests: this.#packer.add(Uint32Array.from(words)),
      values: this.#packer.add(Float64Array.from(order, (node) => tree.value[node]!)),
    };
  }
}

/** Flag of a node that is not a leaf, beside the place of its children. */
const INNER = 1;

/** The nodes by test, in the order in which these come first. */
function differentTests({ tree, low, high, sides }: RankedTree, inner: readonly number[]): number[][] {
  const same = (a: number, b: number): boolean =>
    tree.feature[a] === tree.feature[b] && sides[a] === sides[b] && low[a] === low[b] && high[a] === high[b];
  const found: number[][] = [];
  for (const node of inner) {
    const test = found.find(([first]) => same(first!, node));
    if (test) test.push(node);
    else if (found.push([node]) > MOST_TESTS) break;
  }
  return found;
}
