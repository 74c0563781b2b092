import { createRng, type Matrix } from "../core/mod.ts";
import { type BoostOptions, type Settings, settle } from "./boost_options.ts";
import { type Forest, leafOf, type Tree } from "./forest.ts";
import { drawIn } from "./grow/draw_in.ts";
import { finishTree, heavierSides } from "./grow/finish_tree.ts";
import { clip, type GrownNode, type GrownTree } from "./grow/growers.ts";
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
  space.l1 = settings.l1;
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
      const valueOf = (leaf: GrownNode): number =>
        learningRate * stepOf(leaf, space, settings, raw[output]!, target);
      const tree = finishTree(shape, space, output, valueOf, limits.l2, heavier);
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

/** How far a leaf goes: what its loss says is best for its rows, or a Newton step. */
function stepOf(
  { begin, end, bounds }: GrownNode,
  space: Workspace,
  { loss, weights, limits }: Settings,
  raw: Float64Array,
  target: Float64Array,
): number {
  if (loss.renew) {
    const rows = space.order.subarray(begin, end);
    const residuals = Float64Array.from(rows, (row) => target[row]! - raw[row]!);
    return clip(loss.renew(residuals, Float64Array.from(rows, (row) => weights[row]!)), bounds);
  }
  const { gradient, hessian } = space.sums({ begin, end });
  return hessian + limits.l2 > 0 ? clip(-drawIn(gradient, space.l1) / (hessian + limits.l2), bounds) : 0;
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
