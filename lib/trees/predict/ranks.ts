import { ensure } from "../../core/mod.ts";
import { type Forest, goesLeft, MISSING, type Tree, ZERO } from "../forest.ts";

/**
 * A forest's tests on ranks. Between two neighbouring cuts of a feature no test of the forest tells values apart, so that a value is as
 * good as its rank: 0 for missing, r ≥ 1 above cut r − 1 and not above cut r, counted from 1.
 */
export interface RankedForest {
  /** By feature, ascending. */
  readonly cuts: readonly Float64Array[];
  readonly trees: readonly RankedTree[];
}

/** The tests of a tree by node. */
export interface RankedTree {
  readonly tree: Tree;
  /** Ranks from `low` to `high` go left, unless `sides` says otherwise. */
  readonly low: Uint16Array;
  readonly high: Uint16Array;
  /** Where categories or zeros are told apart, by rank 1 for left. */
  readonly sides: readonly (Uint8Array | undefined)[];
}

/** Whether a rank goes left at a node. */
export function rankGoesLeft({ low, high, sides }: RankedTree, node: number, rank: number): boolean {
  const side = sides[node];
  return side ? side[rank] === 1 : rank >= low[node]! && rank <= high[node]!;
}

/** Ranks are signed numbers of 16 bits, and the largest stands for missing. */
const MOST_CUTS = 32_765;

const known = new WeakMap<Forest, RankedForest>();

/** A forest's tests on ranks, found once. @throws {RangeError} If a feature has more than 32,765 cuts. */
export function rankForest(forest: Forest): RankedForest {
  const made = known.get(forest) ?? compute(forest);
  known.set(forest, made);
  return made;
}

function compute(forest: Forest): RankedForest {
  const cuts = cutsOf(forest);
  const rankOf = cuts.map((own) => new Map(Array.from(own, (cut, k) => [cut, k + 1])));
  const trees = forest.trees.map((tree): RankedTree => {
    const size = tree.feature.length;
    const [low, high] = [new Uint16Array(size), new Uint16Array(size)];
    const sides: (Uint8Array | undefined)[] = Array.from({ length: size });
    for (let node = 0; node < size; node++) {
      const feature = tree.feature[node]!;
      if (feature < 0) continue;
      if (tree.categories[node] || tree.missing[node]! >= MISSING.zeroLeft) {
        const own = cuts[feature]!;
        sides[node] = Uint8Array.from(
          { length: own.length + 2 },
          (_, rank) => Number(goesLeft(tree, node, exampleOf(own, rank))),
        );
        continue;
      }
      low[node] = goesLeft(tree, node, NaN) ? 0 : 1;
      high[node] = rankOf[feature]!.get(tree.threshold[node]!)!;
    }
    return { tree, low, high, sides };
  });
  return { cuts, trees };
}

/** A value of a rank. */
function exampleOf(cuts: Float64Array, rank: number): number {
  return rank === 0 ? NaN : cuts[rank - 1] ?? Infinity;
}

function cutsOf(forest: Forest): Float64Array[] {
  const found = forest.features.map(() => new Set<number>());
  for (const tree of forest.trees) {
    for (let node = 0; node < tree.feature.length; node++) {
      if (tree.feature[node]! < 0) continue;
      const own = found[tree.feature[node]!]!;
      const split = tree.categories[node];
      if (split) {
        for (const member of split.members) boundsOf(member).forEach((bound) => own.add(bound));
        continue;
      }
      own.add(tree.threshold[node]!);
      if (tree.missing[node]! >= MISSING.zeroLeft) own.add(justBelow(-ZERO)).add(ZERO);
    }
  }
  return found.map((own, feature) => {
    const name = forest.features[feature]!;
    ensure(own.size <= MOST_CUTS, "rank values", `the cuts of ${name}`, `at most ${MOST_CUTS}`, own.size);
    return Float64Array.from(own).sort();
  });
}

/** The cuts on both sides of the values that are a category when their fraction is cut off. */
function boundsOf(category: number): [number, number] {
  return [
    category > 0 ? justBelow(category) : category - 1,
    category >= 0 ? justBelow(category + 1) : category,
  ];
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The largest double below a finite number that is not 0. */
function justBelow(value: number): number {
  double[0] = value;
  bits[0]! += value > 0 ? -1n : 1n;
  return double[0]!;
}
