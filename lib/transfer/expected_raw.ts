import { ensure, type Matrix } from "../core/mod.ts";
import { type Forest, goesLeft, type Tree } from "../trees/mod.ts";

/**
 * What a forest expects of customers of whom only some features are known: at a cut on another feature both ways are taken, each with
 * its share of the training rows. It is the value of a set of features in path-dependent SHAP.
 *
 * @param x Rows of the known features, in the order of `known`; NaN goes the way that the forest learnt.
 * @param known Names of the columns of `x`; those that the forest does not read are passed over.
 * @throws {RangeError} If there are not as many names as columns.
 * @see Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9, algorithm 1
 */
export function expectedRaw(forest: Forest, x: Matrix, known: readonly string[]): Float64Array {
  ensure(
    known.length === x.columns,
    "predict from some features",
    "known",
    `${x.columns} names`,
    known.length,
  );
  const column = forest.features.map((name) => known.indexOf(name));
  const raw = new Float64Array(x.rows).fill(forest.base[0]!);
  for (const tree of forest.trees) {
    const pruned = prune(tree, column);
    for (let i = 0; i < x.rows; i++) raw[i]! += expected(pruned, 0, x.values, i * x.columns);
  }
  return raw;
}

/** The mean of what several forests expect, each with the features that it has in common with `x`. */
export function meanExpectedRaw(
  forests: readonly Forest[],
  x: Matrix,
  known: readonly string[],
): Float64Array {
  const scores = forests.map((forest) => expectedRaw(forest, x, known));
  return Float64Array.from(
    { length: x.rows },
    (_, i) => scores.reduce((sum, score) => sum + score[i]!, 0) / scores.length,
  );
}

/** A tree seen by who knows only some features. */
interface Pruned {
  readonly tree: Tree;
  /** By feature of the tree, its column among those that are known, or −1. */
  readonly column: readonly number[];
  /** By node, the expected value where nothing below it reads a known feature, else NaN. */
  readonly settled: Float64Array;
  /** By node on an unknown feature, the share of training rows that went left. */
  readonly share: Float64Array;
}

function prune(tree: Tree, column: readonly number[]): Pruned {
  const share = tree.cover.map((_, node) => {
    const [left, right] = [tree.cover[tree.left[node]!]!, tree.cover[tree.right[node]!]!];
    return left / (left + right);
  });
  const settled = tree.value.slice();
  const settle = (node: number): number => {
    if (tree.feature[node]! < 0) return settled[node]!;
    const [left, right] = [settle(tree.left[node]!), settle(tree.right[node]!)];
    const isKnown = column[tree.feature[node]!]! >= 0;
    return settled[node] = isKnown ? NaN : share[node]! * left + (1 - share[node]!) * right;
  };
  settle(0);
  return { tree, column, settled, share };
}

/** From a node on, for the row whose values begin at a place. */
function expected(pruned: Pruned, start: number, values: Float64Array, row: number): number {
  const { tree, column, settled, share } = pruned;
  let node = start;
  while (Number.isNaN(settled[node]!)) {
    const [left, right] = [tree.left[node]!, tree.right[node]!];
    const place = column[tree.feature[node]!]!;
    if (place < 0) {
      return share[node]! * expected(pruned, left, values, row) +
        (1 - share[node]!) * expected(pruned, right, values, row);
    }
    node = goesLeft(tree, node, values[row + place]!) ? left : right;
  }
  return settled[node]!;
}
