import type { Cut, Histograms } from "./histograms.ts";
import type { Workspace } from "./workspace.ts";

/** A tree while it is in bins: nodes in the order in which they were made, node 0 the root. */
export interface GrownTree {
  readonly nodes: readonly GrownNode[];
}

/** Between which values a leaf must stay, so that no split above it breaks a monotone promise. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** A node: a cut with its children, or a leaf. */
export interface GrownNode {
  /** The workspace's number of it. */
  readonly place: number;
  readonly rows: number;
  readonly bounds: Bounds;
  readonly split?: Cut & { readonly left: number; readonly right: number };
}

/** What limits growth. */
export interface GrowthLimits {
  /** Most leaves of a leaf-wise tree. */
  readonly leaves: number;
  /** Most levels of cuts. */
  readonly depth: number;
  /** Fewest rows on a side of a cut, judged by its share of the hessian as LightGBM does. */
  readonly minRows: number;
  /** Smallest hessian on a side of a cut. */
  readonly minHessian: number;
  /** Added to the hessian of a side. */
  readonly l2: number;
  /** Of cuts of symmetric trees: noise on the root of scores, by the spread of scores of features that tell nothing. @default {0} */
  readonly noise?: number;
  /** Called before a node's cut is looked for, to draw its columns. */
  readonly beforeCut?: () => void;
}

/** A score must rise by more than rounding to count as a gain. */
const GAIN = 1e-9;

/** No bounds. */
export const FREE: Bounds = { low: -Infinity, high: Infinity };

interface Candidate {
  readonly node: number;
  readonly slot: number;
  readonly depth: number;
  readonly total: bigint;
  readonly cut: ReturnType<Histograms["bestCut"]>;
  readonly gain: number;
}

/**
 * Grows a tree leaf by leaf on the rows of the workspace's node 0: the cut with the largest gain anywhere is made next.
 *
 * @see Ke et al. 2017, LightGBM
 */
export function growLeafwise(space: Workspace, limits: GrowthLimits): GrownTree {
  const { leaves, depth: mostDepth, minRows, minHessian, l2 } = limits;
  const nodes: GrownNode[] = [{ place: 0, rows: space.rowsOf(0), bounds: FREE }];
  space.histograms.fill([{ node: 0, slot: 0 }]);
  const total = space.histograms.totalOf(0);
  const least = Math.max(minHessian, minRows * space.histograms.hessianOf(total) / nodes[0]!.rows);
  const consider = (node: number, slot: number, depth: number, word: bigint): Candidate => {
    limits.beforeCut?.();
    const cut = depth < mostDepth
      ? space.histograms.bestCut(slot, word, l2, least, nodes[node]!.rows)
      : undefined;
    const gain = cut ? cut.score - space.histograms.scoreOf(word, l2) : 0;
    return { node, slot, depth, total: word, cut, gain };
  };
  const open = [consider(0, 0, 0, total)];
  while (open.length < leaves) {
    const best = open.reduce((a, b) => b.gain > a.gain ? b : a);
    const { cut, node, slot, depth } = best;
    if (!cut || !(best.gain > GAIN * (1 + cut.score))) break;
    const [left, right] = [nodes.length, nodes.length + 1];
    space.part([{ node, left, right }], cut);
    const [leftRows, rightRows] = [space.rowsOf(left), space.rowsOf(right)];
    if (leftRows === 0 || rightRows === 0) break; // the cut was of rounding
    const { rows, bounds } = nodes[node]!;
    const [leftWord, rightWord] = [cut.left, best.total - cut.left];
    const [leftBounds, rightBounds] = boundsBelow(space, bounds, cut.feature, leftWord, rightWord, l2);
    nodes.push(
      { place: left, rows: leftRows, bounds: leftBounds },
      { place: right, rows: rightRows, bounds: rightBounds },
    );
    nodes[node] = { place: node, rows, bounds, split: { ...cut, left, right } };
    const fresh = open.length;
    const leftIsSmaller = leftRows <= rightRows;
    if (fresh + 1 === leaves) break; // no more cuts to look for
    space.histograms.fill([{ node: leftIsSmaller ? left : right, slot: fresh, parent: slot }]);
    open[open.indexOf(best)] = consider(left, leftIsSmaller ? fresh : slot, depth + 1, leftWord);
    open.push(consider(right, leftIsSmaller ? slot : fresh, depth + 1, rightWord));
  }
  return { nodes };
}

/** A cut on a monotone feature parts the values of both sides at the middle of the two (LightGBM's "basic" method). */
function boundsBelow(
  space: Workspace,
  bounds: Bounds,
  feature: number,
  left: bigint,
  right: bigint,
  l2: number,
): [Bounds, Bounds] {
  const direction = space.monotone[feature]!;
  if (direction === 0) return [bounds, bounds];
  const middle = clip((space.histograms.valueOf(left, l2) + space.histograms.valueOf(right, l2)) / 2, bounds);
  const [below, above] = [{ ...bounds, high: middle }, { ...bounds, low: middle }];
  return direction > 0 ? [below, above] : [above, below];
}

/** The nearest value within bounds. */
export function clip(value: number, { low, high }: Bounds): number {
  return Math.min(Math.max(value, low), high);
}

/**
 * Grows a symmetric tree on the rows of the workspace's node 0: every node of a level is cut in the same way. A node whose rows all fall on
 * one side stays whole, so that a row from where no training row was takes the value of those nearest, and no leaf is empty.
 *
 * @see Prokhorenkova et al. 2018, CatBoost
 */
export function growSymmetric(space: Workspace, limits: GrowthLimits): GrownTree {
  const { noise = 0 } = limits;
  const lambda = limits.l2 + 1e-9; // an empty side must not divide zero by zero
  const nodes: GrownNode[] = [{ place: 0, rows: space.rowsOf(0), bounds: FREE }];
  space.histograms.fill([{ node: 0, slot: 0 }]);
  let level: readonly LevelNode[] = [{ node: 0, slot: 0, total: space.histograms.totalOf(0) }];
  let places = 1;
  for (let depth = 0; depth < limits.depth; depth++) {
    const now = level.reduce((sum, { total }) => sum + space.histograms.scoreOf(total, lambda), 0);
    const cut = space.histograms.bestSharedCut(level, lambda, noise);
    if (!cut || (noise === 0 && !(cut.score - now > GAIN * (1 + now)))) break;
    level = cutLevel(space, nodes, level, cut, places, 1 << depth, depth + 1 < limits.depth);
    places += 2 << depth;
  }
  return { nodes };
}

/** A node of the level that is cut next. */
interface LevelNode {
  readonly node: number;
  readonly slot: number;
  readonly total: bigint;
}

/**
 * Cuts all nodes of a level.
 *
 * @param place The first number that the workspace has not used for a node.
 * @param slots How many slots the levels so far have used.
 * @param more Whether another level may follow.
 * @returns That level, where it may.
 */
function cutLevel(
  space: Workspace,
  nodes: GrownNode[],
  level: readonly LevelNode[],
  cut: Cut,
  place: number,
  slots: number,
  more: boolean,
): readonly LevelNode[] {
  const placeOf = (k: number): { left: number; right: number } => ({
    left: place + 2 * k,
    right: place + 2 * k + 1,
  });
  space.part(level.map(({ node }, k) => ({ node: nodes[node]!.place, ...placeOf(k) })), cut);
  const fills: { node: number; slot: number; parent: number }[] = [];
  const next = level.flatMap(({ node, slot }, k) => {
    const { left, right } = placeOf(k);
    const [leftRows, rightRows] = [space.rowsOf(left), space.rowsOf(right)];
    if (leftRows === 0 || rightRows === 0) return [{ node, slot }];
    const first = nodes.length;
    nodes.push(
      { place: left, rows: leftRows, bounds: FREE },
      { place: right, rows: rightRows, bounds: FREE },
    );
    nodes[node] = { ...nodes[node]!, split: { ...cut, left: first, right: first + 1 } };
    const fresh = slot + slots;
    const leftIsSmaller = leftRows <= rightRows;
    fills.push({ node: leftIsSmaller ? left : right, slot: fresh, parent: slot });
    return [
      { node: first, slot: leftIsSmaller ? fresh : slot },
      { node: first + 1, slot: leftIsSmaller ? slot : fresh },
    ];
  });
  if (!more) return [];
  space.histograms.fill(fills);
  return next.map(({ node, slot }) => ({ node, slot, total: space.histograms.totalOf(slot) }));
}
