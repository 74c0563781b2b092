import { type RankedTree, rankGoesLeft } from "../predict/ranks.ts";
import { type LeafPath, leafPaths } from "./leaf_paths.ts";

/**
 * Neighbouring leaves explained together. What a row gets of them depends on how it comes out at their tests alone: each feature that they
 * test has a few outcomes, a cell is one outcome of each, and a table holds the sum of the leaves' SHAP values by cell.
 */
export interface LeafGroup {
  readonly leaves: readonly LeafPath[];
  readonly slots: readonly Slot[];
}

/** The outcomes of one feature in a group: codes from 0, each for ranks that come out alike at all its tests. */
export interface Slot {
  readonly feature: number;
  /** A rank of each code. */
  readonly example: readonly number[];
  /** The code changes to `code` at `rank`; the first step is rank 0. */
  readonly steps: readonly { readonly rank: number; readonly code: number }[];
}

/** Most numbers in a group's table: of those, few are visited. Twice or half as many are a tenth slower on 10,000 rows. */
const TABLE = 16_384;

/** Most leaves of a group, one bit each. */
const MOST_LEAVES = 64;

/** Most bits of a cell. */
export const MOST_BITS = 16;

/** Bits that tell so many codes apart. */
export function bitsOf(codes: number): number {
  return codes < 2 ? 0 : 32 - Math.clz32(codes - 1);
}

/**
 * The largest subtrees whose tables are small enough, and the leaves that alone have a larger one; leaves whose features do not fit into
 * the bits of a cell come apart.
 */
export function leafGroups(ranked: RankedTree): { groups: LeafGroup[]; long: LeafPath[] } {
  const { tree } = ranked;
  const paths = leafPaths(tree);
  const groups: LeafGroup[] = [];
  const long: LeafPath[] = [];
  const leafCount = countLeaves(ranked);
  let next = 0; // paths come in the order of a walk, left before right
  const walk = (node: number, above: readonly Step[]): void => {
    const count = leafCount[node]!;
    const slots = count <= MOST_LEAVES
      ? slotsOf(ranked, node, above, count === 1 ? Infinity : TABLE)
      : undefined;
    if (slots) {
      groups.push({ leaves: paths.slice(next, next + count), slots });
      next += count;
    } else if (count === 1) long.push(paths[next++]!);
    else {
      walk(tree.left[node]!, [...above, { node, left: true }]);
      walk(tree.right[node]!, [...above, { node, left: false }]);
    }
  };
  walk(0, []);
  return { groups, long };
}

/** A node on the way to a group, and which way it is left. */
interface Step {
  readonly node: number;
  readonly left: boolean;
}

function countLeaves({ tree }: RankedTree): Int32Array {
  const found = new Int32Array(tree.feature.length);
  const count = (node: number): number =>
    found[node] = tree.feature[node]! < 0 ? 1 : count(tree.left[node]!) + count(tree.right[node]!);
  count(0);
  return found;
}

/** The slots of a subtree, or nothing where its table would be larger than `most` or its cells longer than their bits. */
function slotsOf(ranked: RankedTree, root: number, above: readonly Step[], most: number): Slot[] | undefined {
  const { tree } = ranked;
  const within = new Map<number, Map<number, number>>();
  for (const { node } of above) within.set(tree.feature[node]!, new Map());
  const collect = (node: number): void => {
    const feature = tree.feature[node]!;
    if (feature < 0) return;
    const tests = within.get(feature);
    if (tests) tests.set(testKey(ranked, node), node);
    else within.set(feature, new Map([[testKey(ranked, node), node]]));
    collect(tree.left[node]!);
    collect(tree.right[node]!);
  };
  collect(root);
  if (within.size > MOST_BITS) return undefined; // a feature that cannot come out in two ways has no bit
  const slots: Slot[] = [];
  let [numbers, bits] = [within.size, 0];
  for (const [feature, tests] of within) {
    const steps = above.filter(({ node }) => tree.feature[node] === feature);
    const slot = slotOf(ranked, feature, [...tests.values()], steps);
    numbers *= slot.example.length;
    bits += bitsOf(slot.example.length);
    if (numbers > most || bits > MOST_BITS) return undefined;
    slots.push(slot);
  }
  return slots;
}

/** The same for nodes that test a feature alike, so that symmetric trees test it once. */
function testKey({ low, high, sides }: RankedTree, node: number): number {
  return sides[node] ? -1 - node : 65536 * low[node]! + high[node]!;
}

/** The tests on the way to a subtree matter together alone, passed or not; where they are passed, those within it one by one. */
function slotOf(
  ranked: RankedTree,
  feature: number,
  nodes: readonly number[],
  above: readonly Step[],
): Slot {
  const changes = new Set([0]);
  for (const node of nodes) addChanges(ranked, node, changes);
  for (const { node } of above) addChanges(ranked, node, changes);
  const ranks = [...changes].sort((a, b) => a - b);
  let outcomes = ranks.map((rank) =>
    Number(above.every(({ node, left }) => rankGoesLeft(ranked, node, rank) === left))
  );
  for (const node of nodes) {
    const parts = new Map([[0, 0]]);
    outcomes = outcomes.map((outcome, i) =>
      outcome === 0 ? 0 : numberOf(parts, 2 * outcome + Number(rankGoesLeft(ranked, node, ranks[i]!)))
    );
  }
  const codes = new Map<number, number>();
  const example: number[] = [];
  const steps: { rank: number; code: number }[] = [];
  ranks.forEach((rank, i) => {
    const code = numberOf(codes, outcomes[i]!);
    if (code === example.length) example.push(rank);
    if (code !== steps.at(-1)?.code) steps.push({ rank, code });
  });
  return { feature, example, steps };
}

/** The number of a key, in the order in which keys come. */
function numberOf(numbers: Map<number, number>, key: number): number {
  const found = numbers.get(key) ?? numbers.size;
  numbers.set(key, found);
  return found;
}

/** Adds the ranks at which a test comes out otherwise than at the rank before. */
function addChanges({ low, high, sides }: RankedTree, node: number, changes: Set<number>): void {
  const side = sides[node];
  if (!side) {
    changes.add(low[node]!).add(high[node]! + 1);
    return;
  }
  for (let rank = 1; rank < side.length; rank++) if (side[rank] !== side[rank - 1]) changes.add(rank);
}
