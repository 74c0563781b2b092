import { goesLeft, type Tree } from "../forest.ts";

/**
 * A tree as its leaves see it: the distinct features on the way to each leaf, and which tests of them must come out how.
 * Everything that TreeSHAP needs of a tree is here; nodes above a leaf are folded by feature.
 */
export interface LeafPath {
  readonly value: number;
  /** The distinct features on the path; their places are the "slots" 0 … m − 1. */
  readonly features: Int32Array;
  /** By slot, the share of training rows that pass all its tests: the product of child cover / parent cover. */
  readonly share: Float64Array;
  /** By test: its slot, its node, and 1 where the path goes left. */
  readonly slot: Uint8Array;
  readonly node: Int32Array;
  readonly left: Uint8Array;
}

/** Most distinct features on one path: which of them a row passes is kept in the bits of one number. */
const MOST_SLOTS = 30;

/** The paths to all leaves of a tree. @throws {RangeError} If a path has more than 30 distinct features. */
export function leafPaths(tree: Tree): LeafPath[] {
  const paths: LeafPath[] = [];
  const walk = (node: number, tests: readonly (readonly [number, boolean])[]): void => {
    if (tree.feature[node]! < 0) {
      paths.push(fold(tree, node, tests));
      return;
    }
    walk(tree.left[node]!, [...tests, [node, true]]);
    walk(tree.right[node]!, [...tests, [node, false]]);
  };
  walk(0, []);
  return paths;
}

function fold(tree: Tree, leaf: number, tests: readonly (readonly [number, boolean])[]): LeafPath {
  const features = [...new Set(tests.map(([node]) => tree.feature[node]!))];
  if (features.length > MOST_SLOTS) {
    throw new RangeError(
      `Cannot explain the forest: a path must have at most ${MOST_SLOTS} distinct features, current value is ${features.length}`,
    );
  }
  const slot = tests.map(([node]) => features.indexOf(tree.feature[node]!));
  const share = new Float64Array(features.length).fill(1);
  tests.forEach(([node, left], t) => {
    const parent = tree.cover[node]!;
    const child = tree.cover[(left ? tree.left : tree.right)[node]!]!;
    share[slot[t]!]! *= parent > 0 ? child / parent : 0;
  });
  return {
    value: tree.value[leaf]!,
    features: Int32Array.from(features),
    share,
    slot: Uint8Array.from(slot),
    node: Int32Array.from(tests, ([node]) => node),
    left: Uint8Array.from(tests, ([, left]) => Number(left)),
  };
}

/** Fills `went` with 1 where a row goes left, for every node of the tree; leaves are not touched. */
export function directions(tree: Tree, row: Float64Array, went: Uint8Array): void {
  for (let node = 0; node < tree.feature.length; node++) {
    const feature = tree.feature[node]!;
    if (feature >= 0) went[node] = goesLeft(tree, node, row[feature]!) ? 1 : 0;
  }
}

/** The slots of a path whose tests a row all passes, as bits. */
export function passed(path: LeafPath, went: Uint8Array): number {
  let bits = (1 << path.features.length) - 1;
  for (let t = 0; t < path.node.length; t++) {
    if (went[path.node[t]!] !== path.left[t]) bits &= ~(1 << path.slot[t]!);
  }
  return bits;
}
