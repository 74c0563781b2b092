import { FREE, type GrownNode, type GrownTree, type GrowthLimits } from "./growers.ts";
import type { Cut, Filled } from "./histograms.ts";
import type { Support } from "./histories.ts";
import type { Sums, Workspace } from "./workspace.ts";

/** A tree of ordered boosting. */
export interface OrderedTree extends GrownTree {
  /** The cut of each level. */
  readonly cuts: readonly Cut[];
  /** The leaves of all supporting models that have rows in their body: those without stay as they are. */
  readonly leaves: readonly SupportLeaf[];
}

/** A supporting model's leaf, as the workspace's numbers of its nodes. */
export interface SupportLeaf {
  readonly body: number;
  readonly tail: number;
}

/** A node of a supporting model. Those by which cuts are judged, with rows in body and tail, hold histograms. */
interface SupportNode extends SupportLeaf {
  readonly judges?: { readonly body: Filled; readonly tail: Filled };
}

/** A node that is cut, and its children. */
interface Parted {
  readonly node: number;
  readonly left: number;
  readonly right: number;
}

/** Nodes of a tree of this depth, for the training rows and the bodies and tails of supporting models. */
export function orderedNodes(supports: readonly (readonly Support[])[], depth: number): number {
  return (1 + 2 * supports.flat().length) * (2 ** (depth + 1) - 1);
}

/**
 * Grows a symmetric tree whose cuts are judged by rows that the models had not seen: one history is taken, and each cut's leaf values, by the
 * gradients of a supporting model on its body, are held against the gradients on its tail. The tree then parts the rows of all models.
 *
 * @param rows How many training rows there are; they come first in the workspace.
 * @param supports By history.
 * @param chosen Which history is taken.
 * @see Prokhorenkova et al. 2018, CatBoost, https://arxiv.org/abs/1706.09516, Algorithm 2 and section 5
 */
export function growOrdered(
  space: Workspace,
  rows: number,
  supports: readonly (readonly Support[])[],
  chosen: number,
  limits: GrowthLimits,
): OrderedTree {
  const { noise = 0, depth } = limits;
  const lambda = limits.l2 + 1e-9; // an empty side must not divide zero by zero
  const growth = new OrderedGrowth(space, rows, supports, chosen);
  const cuts: Cut[] = [];
  while (cuts.length < depth) {
    const judges = growth.level.flatMap((node) => node.judges ?? []);
    const cut = space.histograms.bestOrderedCut(judges, lambda, noise);
    if (!cut) break;
    cuts.push(cut);
    growth.cut(cut, cuts.length < depth);
  }
  return { nodes: growth.nodes, cuts, leaves: growth.level };
}

/** Adds a tree to the raw outputs of supporting models, each with leaf values by the rows of its body. */
export function addToSupports(
  space: Workspace,
  leaves: readonly SupportLeaf[],
  output: number,
  valueOf: (leaf: GrownNode, sums: Sums) => number,
): void {
  const sums = space.sums(leaves.map(({ body }) => body));
  const added = leaves.flatMap(({ body, tail }, k) => {
    const value = valueOf({ place: body, rows: space.rowsOf(body), bounds: FREE }, sums[k]!);
    return [{ node: body, value }, { node: tail, value }];
  });
  space.add(added, output);
}

/** A tree that grows on the training rows and on those of supporting models at once. */
class OrderedGrowth {
  /** The tree of the training rows; a node whose rows all fall on one side stays whole. */
  readonly nodes: GrownNode[];
  /** The nodes of supporting models that are cut next. */
  level: readonly SupportNode[];
  readonly #space: Workspace;
  /** The tree's ends: their place in `nodes`, and the workspace's number of their rows. */
  #ends = [{ at: 0, node: 0 }];
  #nextNode = 1;
  #nextSlot = 0;

  constructor(
    space: Workspace,
    rows: number,
    supports: readonly (readonly Support[])[],
    chosen: number,
  ) {
    this.#space = space;
    space.place(0, 0, rows);
    this.nodes = [{ place: 0, rows, bounds: FREE }];
    this.level = supports.flatMap((models, r) =>
      models.map(({ begin, middle, end }): SupportNode => {
        const [body, tail] = [this.#root(begin, middle), this.#root(middle, end)];
        if (r !== chosen) return { body, tail };
        const [bodySlot, tailSlot] = [this.#nextSlot++, this.#nextSlot++];
        space.histograms.fill([{ node: body, slot: bodySlot }, { node: tail, slot: tailSlot }]);
        return { body, tail, judges: { body: this.#filled(bodySlot), tail: this.#filled(tailSlot) } };
      })
    );
  }

  #root(begin: number, end: number): number {
    this.#space.place(this.#nextNode, begin, end);
    return this.#nextNode++;
  }

  #filled(slot: number): Filled {
    return { slot, total: this.#space.histograms.totalOf(slot) };
  }

  /** @param more Whether another cut follows, for which histograms are made. */
  cut(cut: Cut, more: boolean): void {
    const parted = (node: number): Parted => ({ node, left: this.#nextNode++, right: this.#nextNode++ });
    const ends = this.#ends.map(({ node }) => parted(node));
    const level = this.level.map(({ body, tail }) => ({ body: parted(body), tail: parted(tail) }));
    this.#space.part([...ends, ...level.flatMap(({ body, tail }) => [body, tail])], cut);
    this.#cutTree(cut, ends);
    const fills: { node: number; slot: number; parent: number }[] = [];
    const next = level.flatMap(({ body, tail }, k) => {
      const judges = more ? this.level[k]!.judges : undefined;
      const bodies = judges && this.#slotsBelow(body, judges.body.slot, fills);
      const tails = judges && this.#slotsBelow(tail, judges.tail.slot, fills);
      return (["left", "right"] as const).map((side) => ({
        leaf: { body: body[side], tail: tail[side] },
        slots: bodies && tails && { body: bodies[side], tail: tails[side] },
      }));
    });
    this.#space.histograms.fill(fills);
    const rows = (node: number): number => this.#space.rowsOf(node);
    this.level = next.filter(({ leaf }) => rows(leaf.body) > 0).map(({ leaf, slots }) => {
      if (!slots || rows(leaf.tail) === 0) return leaf;
      return { ...leaf, judges: { body: this.#filled(slots.body), tail: this.#filled(slots.tail) } };
    });
  }

  /** Slots of a node's children: the one with fewer rows is filled anew, the other's is what that leaves of the parent's. */
  #slotsBelow(
    { left, right }: Parted,
    parent: number,
    fills: { node: number; slot: number; parent: number }[],
  ): { left: number; right: number } {
    const [leftRows, rightRows] = [this.#space.rowsOf(left), this.#space.rowsOf(right)];
    if (leftRows === 0 || rightRows === 0) return { left: parent, right: parent };
    const slot = this.#nextSlot++;
    const leftIsSmaller = leftRows <= rightRows;
    fills.push({ node: leftIsSmaller ? left : right, slot, parent });
    return leftIsSmaller ? { left: slot, right: parent } : { left: parent, right: slot };
  }

  #cutTree(cut: Cut, parted: readonly Parted[]): void {
    this.#ends = this.#ends.flatMap(({ at }, k) => {
      const { left, right } = parted[k]!;
      const [leftRows, rightRows] = [this.#space.rowsOf(left), this.#space.rowsOf(right)];
      if (leftRows === 0) return [{ at, node: right }];
      if (rightRows === 0) return [{ at, node: left }];
      const first = this.nodes.length;
      this.nodes.push({ place: left, rows: leftRows, bounds: FREE }, {
        place: right,
        rows: rightRows,
        bounds: FREE,
      });
      this.nodes[at] = { ...this.nodes[at]!, split: { ...cut, left: first, right: first + 1 } };
      return [{ at: first, node: left }, { at: first + 1, node: right }];
    });
  }
}
