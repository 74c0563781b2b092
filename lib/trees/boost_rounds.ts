import { createRng, type Matrix } from "../core/mod.ts";
import { type BoostOptions, type Settings, settle } from "./boost_options.ts";
import { type Forest, leafOf, type Tree } from "./forest.ts";
import { drawIn } from "./grow/draw_in.ts";
import { finishTree, heavierSides } from "./grow/finish_tree.ts";
import { addToSupports, growOrdered, orderedNodes, type SupportLeaf } from "./grow/grow_ordered.ts";
import { clip, growLeafwise, type GrownNode, type GrownTree, growSymmetric } from "./grow/growers.ts";
import { drawOrders, type History, layOutHistories, type OrderedRows } from "./grow/histories.ts";
import { type Sums, Workspace } from "./grow/workspace.ts";
import { logistic, type Loss } from "./losses.ts";
import { Watch } from "./watch.ts";

/**
 * Boosts round by round; gives way after each.
 *
 * @param histories Of ordered boosting, where the rows look different in each. @default orders drawn by the seed
 */
export function* boostRounds(
  rows: Matrix,
  target: Float64Array,
  options: BoostOptions,
  histories?: readonly History[],
): Generator<void, Forest> {
  const settings = settle(rows, target, options);
  const { loss, limits, validation } = settings;
  const { outputs } = loss;
  const ordered = settings.orders > 0
    ? layOutHistories(rows, histories ?? historiesOf(rows, settings))
    : undefined;
  using space = spaceFor(ordered?.rows ?? rows, settings, ordered);
  const base = setUp(space, target, settings, ordered);
  const heavier = heavierSides(space, rows.rows);
  const watch = validation && new Watch(validation, base, loss);
  const trees: Tree[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    options.signal?.throwIfAborted();
    const { drawn, rest } = drawRows(rows.rows, settings, round);
    drawColumns(space, settings, round);
    const grown: Tree[] = [];
    for (let output = 0; output < outputs; output++) {
      space.begin(drawn);
      fillGradients(space, loss, output);
      space.packGradients();
      const shape = growTree(space, rows.rows, settings, round, ordered);
      const valueOf = (leaf: GrownNode, sums: Sums): number =>
        settings.learningRate * stepOf(leaf, sums, space, settings, output);
      const tree = finishTree(shape, space, output, valueOf, limits.l2, heavier);
      addTree(space, shape, tree, rows, rest);
      if (shape.leaves) addToSupports(space, shape.leaves, output, valueOf);
      grown.push(tree);
    }
    trees.push(...grown);
    options.onProgress?.(round + 1, settings.rounds);
    if (grown.every((tree) => tree.feature.length === 1) && staysUncut(settings)) break;
    if (watch?.isOver(grown)) break;
    yield;
  }
  return {
    features: settings.features,
    outputs,
    trees: watch ? trees.slice(0, watch.bestRounds * outputs) : trees,
    base,
    link: loss.link,
    steepness: 1,
    float32: false,
  };
}

/** Orders drawn by the seed, in which the rows look the same. */
function historiesOf(rows: Matrix, { orders, seed }: Settings): History[] {
  return drawOrders(rows.rows, orders, seed).map((order) => ({ order, rows }));
}

function spaceFor(rows: Matrix, settings: Settings, ordered: OrderedRows | undefined): Workspace {
  const { bins, limits, loss, symmetric, threads, bagging, seed } = settings;
  const shared = { outputs: loss.outputs, threads, bagging, seed };
  const fills = symmetric ? Math.max(1, limits.leaves >> 1) : 1;
  if (!ordered) return new Workspace(rows, bins, { slots: limits.leaves, fills, ...shared });
  const { supports } = ordered;
  return new Workspace(rows, bins, {
    slots: 2 * supports[0]!.length * limits.leaves,
    fills,
    nodes: orderedNodes(supports, limits.depth),
    ordered: true,
    ...shared,
  });
}

/** Puts target, weights and constraints into the workspace, and the raw outputs at their start. */
function setUp(
  space: Workspace,
  target: Float64Array,
  { loss, weights, monotone, l1 }: Settings,
  ordered: OrderedRows | undefined,
): Float64Array {
  const repeated = (values: Float64Array): Float64Array =>
    ordered ? Float64Array.from(ordered.origin, (row) => values[row]!) : values;
  space.target.set(repeated(target));
  if (weights) space.weights.set(repeated(weights));
  monotone.forEach((direction, feature) => space.monotone[feature] = direction);
  space.histograms.l1 = l1;
  const base = loss.start(target, space.weights.subarray(0, target.length));
  base.forEach((start, output) => space.raw[output]!.fill(start));
  return base;
}

/** Grows a tree on the gradients in the workspace; one of ordered boosting has leaves of supporting models too. */
function growTree(
  space: Workspace,
  rows: number,
  settings: Settings,
  round: number,
  ordered: OrderedRows | undefined,
): GrownTree & { readonly leaves?: readonly SupportLeaf[] } {
  const { limits, seed, symmetric } = settings;
  if (!symmetric) return growLeafwise(space, limits);
  const noisy = { ...limits, noise: noiseAt(round, rows, settings) };
  if (!ordered) return growSymmetric(space, noisy);
  const { supports } = ordered;
  return growOrdered(
    space,
    rows,
    supports,
    createRng(seed, "history", round).integer(supports.length),
    noisy,
  );
}

/** Whether a round without a cut means that no later one will have one. */
function staysUncut({ columnFraction, rowFraction, orders }: Settings): boolean {
  return columnFraction === 1 && rowFraction === 1 && orders === 0;
}

/** Noise on scores, as CatBoost lets it fade: nearly whole until exp(rounds · rate) reaches the number of rows. */
function noiseAt(round: number, rows: number, { noise, learningRate }: Settings): number {
  const left = rows * Math.exp(-round * learningRate);
  return noise * left / (1 + left);
}

function fillGradients(space: Workspace, loss: Loss, output: number): void {
  const { raw, target, weights, gradient, hessian } = space;
  // The same function, whatever object holds it: a loss of one's own may be the logistic one with another start.
  if (loss.gradients === logistic.gradients) space.logistic();
  else loss.gradients(raw, output, target, weights, gradient, hessian);
}

/** The rows of this round, ascending, and the others; undefined where all are taken. */
function drawRows(
  rows: number,
  { rowFraction, seed }: Settings,
  round: number,
): { drawn: Uint32Array | undefined; rest: Uint32Array } {
  if (rowFraction === 1) return { drawn: undefined, rest: new Uint32Array() };
  const active = Math.max(2, Math.round(rowFraction * rows));
  const order = createRng(seed, "rows", round).permutation(rows);
  return { drawn: order.subarray(0, active).sort(), rest: order.subarray(active) };
}

function drawColumns({ use, features }: Workspace, { columnFraction, seed }: Settings, round: number): void {
  if (columnFraction === 1) return;
  const kept = Math.max(1, Math.round(columnFraction * features));
  use.fill(0);
  for (const f of createRng(seed, "columns", round).permutation(features).subarray(0, kept)) use[f] = 1;
}

/** How far a leaf goes: what its loss says is best for its rows, or a Newton step. */
function stepOf(
  { place, bounds }: GrownNode,
  { gradient, hessian }: Sums,
  space: Workspace,
  { loss, limits: { l2 } }: Settings,
  output: number,
): number {
  if (loss.renew) {
    const { raw, target, weights } = space;
    const rows = space.rowsIn(place);
    const residuals = Float64Array.from(rows, (row) => target[row]! - raw[output]![row]!);
    return clip(loss.renew(residuals, Float64Array.from(rows, (row) => weights[row]!)), bounds);
  }
  return hessian + l2 > 0 ? clip(-drawIn(gradient, space.histograms.l1) / (hessian + l2), bounds) : 0;
}

/** Adds a tree to the raw outputs: by node for the rows it grew on, by walking it for the others. */
function addTree(space: Workspace, { nodes }: GrownTree, tree: Tree, rows: Matrix, rest: Uint32Array): void {
  const leaves = nodes.flatMap(({ place, split }, k) =>
    split ? [] : [{ node: place, value: tree.value[k]! }]
  );
  space.add(leaves, tree.output);
  const raw = space.raw[tree.output]!;
  for (const row of rest) {
    raw[row]! += tree
      .value[leafOf(tree, rows.values.subarray(row * rows.columns, (row + 1) * rows.columns))]!;
  }
}
