import { goesLeft, leafOf, MISSING, type Tree } from "../forest.ts";

/** Rows that are taken through all trees before the next ones, so that they stay in the processor's cache. */
export const BLOCK = 512;

/** Most different tests of a tree that is read off a table of all their outcomes. */
const MOST_BITS = 8;

/**
 * Tests in one form, so that a loop over them has no branch: a value x hits test k where `sign[k] · x ≤ limit[k]`. Where missing goes
 * left that is x > threshold, so that NaN, which never hits, goes the right way in both.
 */
interface Tests {
  readonly feature: Int32Array;
  readonly sign: Float64Array;
  readonly limit: Float64Array;
}

/** Adds the leaves of rows `begin … end` to `sums[row · outputs + output]`; `values` is row-major, `columns` wide. */
type AddLeaves = (
  values: Float64Array,
  columns: number,
  begin: number,
  end: number,
  sums: Float64Array,
  outputs: number,
) => void;

const known = new WeakMap<Tree, AddLeaves>();

/**
 * The fastest way to take many rows through a tree: by the bits of its outcomes where it has few different tests (symmetric trees), else
 * by nodes in flat arrays, else, where it names categories or takes zero for missing, node by node as {@linkcode leafOf}.
 */
export function leafAdder(tree: Tree): AddLeaves {
  const made = known.get(tree) ?? compile(tree);
  known.set(tree, made);
  return made;
}

function compile(tree: Tree): AddLeaves {
  const inner = [...tree.feature.keys()].filter((node) => tree.feature[node]! >= 0);
  const plain = inner.every((node) => !tree.categories[node] && tree.missing[node]! < MISSING.zeroLeft);
  if (!plain) return byNode(tree);
  const different = new Map(inner.map((node) => [keyOf(tree, node), node]));
  if (different.size <= MOST_BITS) return byBits(tree, different);
  return byFlatNodes(tree);
}

function missingGoesLeft(tree: Tree, node: number): boolean {
  return goesLeft(tree, node, NaN);
}

function keyOf(tree: Tree, node: number): string {
  return `${tree.feature[node]} ${tree.threshold[node]} ${missingGoesLeft(tree, node)}`;
}

function testsOf(tree: Tree, nodes: readonly number[]): Tests {
  return {
    feature: Int32Array.from(nodes, (node) => tree.feature[node]!),
    sign: Float64Array.from(nodes, (node) => missingGoesLeft(tree, node) ? -1 : 1),
    limit: Float64Array.from(nodes, (node) => {
      const threshold = tree.threshold[node]!;
      return missingGoesLeft(tree, node) ? justBelow(-threshold) : threshold;
    }),
  };
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The largest double below; NaN, which nothing reaches, below −∞. */
function justBelow(value: number): number {
  if (value === -Infinity) return NaN;
  if (value === 0) return -Number.MIN_VALUE;
  double[0] = value;
  bits[0]! += value > 0 ? -1n : 1n;
  return double[0]!;
}

function byBits(tree: Tree, different: ReadonlyMap<string, number>): AddLeaves {
  const { feature, sign, limit } = testsOf(tree, [...different.values()]);
  const place = new Map([...different.keys()].map((key, k) => [key, k]));
  const leafWhere = (outcome: number): number => {
    let node = 0;
    while (tree.feature[node]! >= 0) {
      const hit = (outcome >> place.get(keyOf(tree, node))!) & 1;
      node = (hit === 1) === missingGoesLeft(tree, node) ? tree.right[node]! : tree.left[node]!;
    }
    return node;
  };
  const table = Float64Array.from({ length: 1 << feature.length }, (_, k) => tree.value[leafWhere(k)]!);
  const outcomes = new Uint8Array(BLOCK);
  return (values, columns, begin, end, sums, outputs) => {
    outcomes.fill(0);
    for (let k = 0; k < feature.length; k++) {
      const [s, l, bit] = [sign[k]!, limit[k]!, 1 << k];
      for (let row = begin, at = begin * columns + feature[k]!; row < end; row++, at += columns) {
        outcomes[row - begin]! |= s * values[at]! <= l ? bit : 0;
      }
    }
    for (let row = begin, to = begin * outputs + tree.output; row < end; row++, to += outputs) {
      sums[to]! += table[outcomes[row - begin]!]!;
    }
  };
}

function byFlatNodes(tree: Tree): AddLeaves {
  const nodes = [...tree.feature.keys()];
  const { feature, sign, limit } = testsOf(tree, nodes);
  const { value } = tree;
  // Children as they are hit or not; a leaf, where the walk ends, is −1 − its node.
  const next = new Int32Array(2 * nodes.length);
  for (const node of nodes) {
    const pair = [tree.left[node]!, tree.right[node]!].map((child) =>
      tree.feature[child]! < 0 ? ~child : child
    );
    if (!missingGoesLeft(tree, node)) pair.reverse();
    next.set(pair, 2 * node);
  }
  return (values, columns, begin, end, sums, outputs) => {
    for (let row = begin; row < end; row++) {
      const at = row * columns;
      let node = 0;
      do {
        node = next[2 * node + (sign[node]! * values[at + feature[node]!]! <= limit[node]! ? 1 : 0)]!;
      } while (node >= 0);
      sums[row * outputs + tree.output]! += value[~node]!;
    }
  };
}

function byNode(tree: Tree): AddLeaves {
  return (values, columns, begin, end, sums, outputs) => {
    for (let row = begin; row < end; row++) {
      const leaf = leafOf(tree, values.subarray(row * columns, (row + 1) * columns));
      sums[row * outputs + tree.output]! += tree.value[leaf]!;
    }
  };
}
