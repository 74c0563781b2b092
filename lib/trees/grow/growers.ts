import type { Cut, Segment, Workspace } from "./workspace.ts";

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
export interface GrownNode extends Segment {
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
  /** Called before a node's cut is looked for, to draw its columns. */
  readonly beforeCut?: () => void;
}

/** A score must rise by more than rounding to count as a gain. */
const GAIN = 1e-9;

const FREE: Bounds = { low: -Infinity, high: Infinity };

function rowsOf({ begin, end }: Segment): number {
  return end - begin;
}

interface Candidate extends Segment {
  readonly node: number;
  readonly slot: number;
  readonly depth: number;
  readonly total: bigint;
  readonly cut: ReturnType<Workspace["bestCut"]>;
  readonly gain: number;
}

/**
 * Grows a tree leaf by leaf: the cut with the largest gain anywhere is made next.
 *
 * @param active How many rows, at the front of the workspace's order, the tree is grown on.
 * @see Ke et al. 2017, LightGBM
 */
export function growLeafwise(space: Workspace, active: number, limits: GrowthLimits): GrownTree {
  const { leaves, depth: mostDepth, minRows, minHessian, l2 } = limits;
  const nodes: GrownNode[] = [{ begin: 0, end: active, bounds: FREE }];
  space.histogram(nodes[0]!, 0);
  const total = space.totalOf(0);
  const least = Math.max(minHessian, minRows * space.hessianOf(total) / active);
  const consider = (node: number, slot: number, depth: number, word: bigint): Candidate => {
    limits.beforeCut?.();
    const cut = depth < mostDepth ? space.bestCut(slot, word, l2, least, rowsOf(nodes[node]!)) : undefined;
    const gain = cut ? cut.score - space.scoreOf(word, l2) : 0;
    return { ...nodes[node]!, node, slot, depth, total: word, cut, gain };
  };
  const open = [consider(0, 0, 0, total)];
  while (open.length < leaves) {
    const best = open.reduce((a, b) => b.gain > a.gain ? b : a);
    const { cut, begin, end, node, slot, depth } = best;
    if (!cut || !(best.gain > GAIN * (1 + cut.score))) break;
    const middle = space.part(best, cut);
    if (middle === begin || middle === end) break; // no row on one side: the cut was of rounding
    const { bounds } = nodes[node]!;
    const [leftBounds, rightBounds] = boundsBelow(
      space,
      bounds,
      cut.feature,
      cut.left,
      best.total - cut.left,
      l2,
    );
    const left = nodes.push({ begin, end: middle, bounds: leftBounds }) - 1;
    const right = nodes.push({ begin: middle, end, bounds: rightBounds }) - 1;
    nodes[node] = { begin, end, bounds, split: { ...cut, left, right } };
    const fresh = open.length;
    const leftIsSmaller = middle - begin <= end - middle;
    space.histogram(nodes[leftIsSmaller ? left : right]!, fresh);
    space.subtract(slot, fresh, slot);
    open[open.indexOf(best)] = consider(left, leftIsSmaller ? fresh : slot, depth + 1, cut.left);
    open.push(consider(right, leftIsSmaller ? slot : fresh, depth + 1, best.total - cut.left));
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
  const middle = clip((space.valueOf(left, l2) + space.valueOf(right, l2)) / 2, bounds);
  const [below, above] = [{ ...bounds, high: middle }, { ...bounds, low: middle }];
  return direction > 0 ? [below, above] : [above, below];
}

/** The nearest value within bounds. */
export function clip(value: number, { low, high }: Bounds): number {
  return Math.min(Math.max(value, low), high);
}

/**
 * Grows a symmetric tree: every node of a level is cut in the same way. A node whose rows all fall on one side stays whole, so that a row
 * from where no training row was takes the value of those nearest, and no leaf is empty.
 *
 * @see Prokhorenkova et al. 2018, CatBoost
 */
export function growSymmetric(space: Workspace, active: number, limits: GrowthLimits): GrownTree {
  const lambda = limits.l2 + 1e-9; // an empty side must not divide zero by zero
  const nodes: GrownNode[] = [{ begin: 0, end: active, bounds: FREE }];
  space.histogram(nodes[0]!, 0);
  let level = [{ node: 0, slot: 0, total: space.totalOf(0) }];
  for (let depth = 0; depth < limits.depth; depth++) {
    const now = level.reduce((sum, { total }) => sum + space.scoreOf(total, lambda), 0);
    const cut = space.bestSharedCut(level, lambda);
    if (!cut || !(cut.score - now > GAIN * (1 + now))) break;
    const last = depth === limits.depth - 1;
    level = level.flatMap(({ node, slot, total }) => {
      const { begin, end } = nodes[node]!;
      const middle = space.part({ begin, end }, cut);
      if (middle === begin || middle === end) return [{ node, slot, total }];
      const left = nodes.push({ begin, end: middle, bounds: FREE }) - 1;
      const right = nodes.push({ begin: middle, end, bounds: FREE }) - 1;
      nodes[node] = { begin, end, bounds: FREE, split: { ...cut, left, right } };
      if (last) return [];
      const fresh = slot + (1 << depth);
      const leftIsSmaller = middle - begin <= end - middle;
      space.histogram(nodes[leftIsSmaller ? left : right]!, fresh);
      space.subtract(slot, fresh, slot);
      const [leftSlot, rightSlot] = leftIsSmaller ? [fresh, slot] : [slot, fresh];
      return [
        { node: left, slot: leftSlot, total: space.totalOf(leftSlot) },
        { node: right, slot: rightSlot, total: space.totalOf(rightSlot) },
      ];
    });
  }
  return { nodes };
}
