import { ensure } from "../../core/mod.ts";
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

const TOO_LONG = ["a path", `of at most ${MOST_SLOTS} distinct features`] as const;

/** The paths to all leaves of a tree, from the left. @throws {RangeError} If a path has more than 30 distinct features. */
export function leafPaths(tree: Tree): LeafPath[] {
  const paths: LeafPath[] = [];
  // The path to the node at hand.
  const [features, share]: [number[], number[]] = [[], []];
  const [slots, nodes, turns]: [number[], number[], number[]] = [[], [], []];
  const walk = (node: number): void => {
    const feature = tree.feature[node]!;
    if (feature < 0) {
      ensure(features.length <= MOST_SLOTS, "explain the forest", ...TOO_LONG, features.length);
      paths.push({
        value: tree.value[node]!,
        features: new Int32Array(features),
        share: new Float64Array(share),
        slot: new Uint8Array(slots),
        node: new Int32Array(nodes),
        left: new Uint8Array(turns),
      });
      return;
    }
    const known = features.indexOf(feature);
    const slot = known < 0 ? features.push(feature) - 1 : known;
    const before = share[slot] ?? 1;
    const go = (child: number, left: number): void => {
      const cover = tree.cover[node]!;
      share[slot] = before * (cover > 0 ? tree.cover[child]! / cover : 0);
      slots.push(slot);
      nodes.push(node);
      turns.push(left);
      walk(child);
      slots.pop();
      nodes.pop();
      turns.pop();
    };
    go(tree.left[node]!, 1);
    go(tree.right[node]!, 0);
    share[slot] = before;
    if (known >= 0) return;
    features.pop();
    share.pop();
  };
  walk(0);
  return paths;
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
