import { createRng, type Matrix } from "../core/mod.ts";
import { type BoostOptions, settle } from "./boost_options.ts";
import { type Forest, leafOf, MISSING, type Tree } from "./forest.ts";
import type { Bins } from "./grow/bins.ts";
import { clip, type GrownTree } from "./grow/growers.ts";
import { Workspace } from "./grow/workspace.ts";
import type { Loss } from "./losses.ts";

/**
 * Fits boosted trees by second-order steps on binned features.
 *
 * @param rows One row a customer; NaN is missing and learns its way at each cut.
 * @param target As the loss takes it: 0 and 1 for `logistic`.
 * @throws {RangeError} If the target is not of the loss or has one class, a value is infinite, a weight is negative or all are 0, an
 * option is out of range, or there are fewer than 2 rows.
 *
 * @example
 * ```ts
 * import { boost, predict } from "credible/trees";
 * import { matrix } from "credible/core";
 * const rows = matrix(40, 1, Float64Array.from({ length: 40 }, (_, i) => i));
 * const target = Float64Array.from({ length: 40 }, (_, i) => Number(i >= 20));
 * const forest = boost(rows, target, { rounds: 20, minRows: 5 });
 * predict(forest, matrix(2, 1, Float64Array.of(3, 33))).values; // near 0, near 1
 * ```
 */
export function boost(rows: Matrix, target: Float64Array, options: BoostOptions = {}): Forest {
  const settings = settle(rows, target, options);
  const { loss, weights, bins, limits, grow, learningRate, validation } = settings;
  const space = new Workspace(rows, bins, limits.leaves);
  settings.monotone.forEach((direction, feature) => space.monotone[feature] = direction);
  const heavier = heavierSides(rows, bins);
  const base = loss.start(target, weights);
  const raw = Array.from(base, (start) => new Float64Array(rows.rows).fill(start));
  const watch = validation && new Watch(validation, base, loss);
  const trees: Tree[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    options.signal?.throwIfAborted();
    const active = drawRows(space, settings.rowFraction, settings.seed, round);
    drawColumns(space, settings.columnFraction, settings.seed, round);
    const grown: Tree[] = [];
    for (let output = 0; output < loss.outputs; output++) {
      loss.gradients(raw, output, target, weights, space.gradient, space.hessian);
      space.packGradients();
      const shape = grow(space, active, limits);
      const tree = finish(shape, space, output, learningRate, limits.l2, heavier);
      addTree(raw[output]!, shape, tree, space, rows, active);
      grown.push(tree);
    }
    trees.push(...grown);
    options.onProgress?.(round + 1, settings.rounds);
    if (
      grown.every((tree) => tree.feature.length === 1) && settings.columnFraction === 1 &&
      settings.rowFraction === 1
    ) break;
    if (watch?.isOver(grown)) break;
  }
  const kept = watch ? trees.slice(0, watch.bestRounds * loss.outputs) : trees;
  return {
    features: settings.features,
    outputs: loss.outputs,
    trees: kept,
    base,
    link: loss.link,
    steepness: 1,
    float32: false,
  };
}

/** Puts the rows of this round to the front of the order, ascending, and says how many they are. */
function drawRows(space: Workspace, fraction: number, seed: number, round: number): number {
  const { order, rows } = space;
  if (fraction === 1) {
    for (let i = 0; i < rows; i++) order[i] = i;
    return rows;
  }
  const active = Math.max(2, Math.round(fraction * rows));
  order.set(createRng(seed, "rows", round).permutation(rows));
  order.subarray(0, active).sort();
  return active;
}

function drawColumns({ use, features }: Workspace, fraction: number, seed: number, round: number): void {
  if (fraction === 1) return;
  const kept = Math.max(1, Math.round(fraction * features));
  use.fill(0);
  for (const f of createRng(seed, "columns", round).permutation(features).subarray(0, kept)) use[f] = 1;
}

/** By feature and cut, nothing missing in training tells where a missing value goes: to the side with more rows. */
function heavierSides(rows: Matrix, { cuts }: Bins): (feature: number, threshold: number) => number {
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

/** Turns bins into thresholds and sums into leaf values. */
function finish(
  { nodes }: GrownTree,
  space: Workspace,
  output: number,
  learningRate: number,
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
      const { gradient, hessian } = space.sums(node);
      tree.value[k] = hessian + l2 > 0 ? learningRate * clip(-gradient / (hessian + l2), node.bounds) : 0;
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
    hessian + l2 > 0 ? gradient ** 2 / (hessian + l2) : 0;
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

/** Adds a tree to the raw outputs: by segment for the rows it grew on, by walking it for the others. */
function addTree(
  raw: Float64Array,
  { nodes }: GrownTree,
  tree: Tree,
  space: Workspace,
  rows: Matrix,
  active: number,
): void {
  nodes.forEach(({ begin, end, split }, k) => {
    if (split) return;
    const value = tree.value[k]!;
    for (let i = begin; i < end; i++) raw[space.order[i]!]! += value;
  });
  for (let i = active; i < rows.rows; i++) {
    const row = space.order[i]!;
    raw[row]! += tree
      .value[leafOf(tree, rows.values.subarray(row * rows.columns, (row + 1) * rows.columns))]!;
  }
}

/** Watches the loss on rows that the trees do not see. */
class Watch {
  bestRounds = 0;
  readonly #raw: Float64Array[];
  #best = Infinity;
  #rounds = 0;

  constructor(
    readonly part: NonNullable<BoostOptions["validation"]>,
    base: Float64Array,
    readonly loss: Loss,
  ) {
    this.#raw = Array.from(base, (start) => new Float64Array(part.rows.rows).fill(start));
  }

  /** Takes a round's trees; true when patience has run out. */
  isOver(trees: readonly Tree[]): boolean {
    const { rows, target, patience = 20 } = this.part;
    for (const tree of trees) {
      const raw = this.#raw[tree.output]!;
      for (let i = 0; i < rows.rows; i++) {
        raw[i]! += tree.value[leafOf(tree, rows.values.subarray(i * rows.columns, (i + 1) * rows.columns))]!;
      }
    }
    this.#rounds++;
    const mean = this.loss.mean(this.#raw, target);
    if (mean < this.#best) [this.#best, this.bestRounds] = [mean, this.#rounds];
    return this.#rounds - this.bestRounds >= patience;
  }
}
