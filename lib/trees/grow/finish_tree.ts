import { MISSING, type Tree } from "../forest.ts";
import { drawIn } from "./draw_in.ts";
import type { GrownNode, GrownTree } from "./growers.ts";
import type { Sums, Workspace } from "./workspace.ts";

/** Where a feature without missing values in training sends one: to the side of a cut with more rows. */
export type HeavierSide = (feature: number, bin: number) => number | undefined;

/** Counts the first `rows` rows by bin once, for {@linkcode HeavierSide}; it gives undefined for features with missing values. */
export function heavierSides(space: Workspace, rows = space.rows): HeavierSide {
  const rowsUpTo = space.bins.cuts.map((_, feature) => {
    const counts = new Uint32Array(256);
    const bins = space.binsOf(feature);
    for (let row = 0; row < rows; row++) counts[bins[row]!]!++;
    if (counts[0]! > 0) return undefined;
    let sum = 0;
    return counts.map((count) => sum += count);
  });
  return (feature, bin) => {
    const counts = rowsUpTo[feature];
    return counts && (2 * counts[bin]! > rows ? MISSING.left : MISSING.right);
  };
}

/**
 * Turns bins into thresholds and segments into leaf values.
 *
 * @param valueOf What a leaf adds to the raw output, by its sums.
 * @param l2 As the tree was grown with, for its gains.
 */
export function finishTree(
  { nodes }: GrownTree,
  space: Workspace,
  output: number,
  valueOf: (leaf: GrownNode, sums: Sums) => number,
  l2: number,
  heavier: HeavierSide,
): Tree {
  const ends = [...nodes.keys()].filter((k) => !nodes[k]!.split);
  const ofEnds = space.sums(ends.map((k) => nodes[k]!.place));
  const sums: Sums[] = nodes.map(() => ({ gradient: 0, hessian: 0 }));
  ends.forEach((k, i) => sums[k] = ofEnds[i]!);
  let leaves = 0;
  const size = nodes.length;
  const tree = {
    output,
    feature: new Int32Array(size).fill(-1),
    threshold: new Float64Array(size).fill(NaN),
    categories: nodes.map(({ split }) =>
      split?.members && { members: new Set([...split.members].map((bin) => bin - 1)), membersGoLeft: true }
    ),
    missing: new Uint8Array(size),
    left: new Int32Array(size).fill(-1),
    right: new Int32Array(size).fill(-1),
    value: new Float64Array(size),
    cover: Float64Array.from(nodes, ({ rows }) => rows),
    leafNumber: new Int32Array(size).fill(-1),
  };
  nodes.forEach((node, k) => {
    const { split } = node;
    if (!split) {
      tree.value[k] = valueOf(node, sums[k]!);
      tree.leafNumber[k] = leaves++;
      return;
    }
    const cuts = space.bins.cuts[split.feature]!;
    tree.feature[k] = split.feature;
    [tree.left[k], tree.right[k]] = [split.left, split.right];
    if (split.members) {
      tree.missing[k] = MISSING.right;
      return;
    }
    tree.threshold[k] = split.bin > cuts.length ? Infinity : cuts[split.bin - 1]!;
    tree.missing[k] = heavier(split.feature, split.bin) ??
      (split.missingLeft ? MISSING.left : MISSING.right);
  });
  return { ...tree, gain: gainsOf(nodes, sums, space.histograms.l1, l2) };
}

/** By node, by how much G² / (H + λ) of its children exceeds its own: twice the loss that its split saves. */
function gainsOf(nodes: GrownTree["nodes"], sums: Sums[], l1: number, l2: number): Float64Array {
  const score = ({ gradient, hessian }: Sums): number =>
    hessian + l2 > 0 ? drawIn(gradient, l1) ** 2 / (hessian + l2) : 0;
  const gain = new Float64Array(nodes.length);
  for (let k = nodes.length - 1; k >= 0; k--) { // children come after their parents
    const { split } = nodes[k]!;
    if (!split) continue;
    const [left, right] = [sums[split.left]!, sums[split.right]!];
    sums[k] = { gradient: left.gradient + right.gradient, hessian: left.hessian + right.hessian };
    gain[k] = Math.max(0, score(left) + score(right) - score(sums[k]!));
  }
  return gain;
}
