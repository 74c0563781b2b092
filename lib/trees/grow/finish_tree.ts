import type { Matrix } from "../../core/mod.ts";
import { MISSING, type Tree } from "../forest.ts";
import type { Bins } from "./bins.ts";
import { drawIn } from "./draw_in.ts";
import type { GrownNode, GrownTree } from "./growers.ts";
import type { Workspace } from "./workspace.ts";

/** By feature and cut, nothing missing in training tells where a missing value goes: to the side with more rows. */
export function heavierSides(rows: Matrix, { cuts }: Bins): (feature: number, threshold: number) => number {
  const sorted = cuts.map((_, f) => {
    const values = Float64Array.from({ length: rows.rows }, (_, i) => rows.values[i * rows.columns + f]!);
    const there = values.filter((value) => !Number.isNaN(value));
    return there.length === rows.rows ? median(there) : undefined;
  });
  return (feature, threshold) => {
    const middle = sorted[feature];
    return middle === undefined ? -1 : middle <= threshold ? MISSING.left : MISSING.right;
  };
}

function median(values: Float64Array): number {
  return values.sort()[values.length >> 1]!;
}

/**
 * Turns bins into thresholds and segments into leaf values.
 *
 * @param valueOf What a leaf adds to the raw output.
 * @param l2 As the tree was grown with, for its gains.
 */
export function finishTree(
  { nodes }: GrownTree,
  space: Workspace,
  output: number,
  valueOf: (leaf: GrownNode) => number,
  l2: number,
  heavier: (feature: number, threshold: number) => number,
): Tree {
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
    cover: Float64Array.from(nodes, ({ begin, end }) => end - begin),
    leafNumber: new Int32Array(size).fill(-1),
  };
  nodes.forEach((node, k) => {
    const { split } = node;
    if (!split) {
      tree.value[k] = valueOf(node);
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
    const unseen = heavier(split.feature, tree.threshold[k]!);
    tree.missing[k] = unseen >= 0 ? unseen : split.missingLeft ? MISSING.left : MISSING.right;
  });
  return { ...tree, gain: gainsOf(nodes, space, l2) };
}

/** By node, by how much G² / (H + λ) of its children exceeds its own: twice the loss that its split saves. */
function gainsOf(nodes: GrownTree["nodes"], space: Workspace, l2: number): Float64Array {
  const sums = nodes.map((node) => node.split ? { gradient: 0, hessian: 0 } : space.sums(node));
  const score = ({ gradient, hessian }: (typeof sums)[number]): number =>
    hessian + l2 > 0 ? drawIn(gradient, space.l1) ** 2 / (hessian + l2) : 0;
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
