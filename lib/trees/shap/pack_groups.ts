import { ensure } from "../../core/mod.ts";
import type { Forest } from "../forest.ts";
import { type RankedTree, rankForest, rankGoesLeft } from "../predict/ranks.ts";
import { Packer } from "../scratch.ts";
import { bitsOf, type LeafGroup, leafGroups, MOST_BITS } from "./leaf_groups.ts";
import type { LeafPath } from "./leaf_paths.ts";
import { gaussLegendre } from "./quadrature.ts";

/** A forest's groups of leaves as the kernel reads them; places are bytes into `data`. */
export interface PackedGroups {
  readonly data: Uint8Array;
  /** The place of each group. */
  readonly groups: readonly number[];
  /** Leaves whose paths have more features than the kernel takes, with the place of their tree. */
  readonly long: readonly { readonly tree: number; readonly path: LeafPath }[];
  /** By output, value × share of training rows, summed over all leaves: what is expected when nothing is known. */
  readonly expected: Float64Array;
  /** Most features of a group, and most bits of its cells. */
  readonly mostSlots: number;
  readonly mostBits: number;
  /** Most bytes that the kernel makes of a group's leaves. */
  readonly mostExpanded: number;
}

const known = new WeakMap<Forest, PackedGroups>();

/** A forest's groups as the kernel reads them, made once. */
export function packGroups(forest: Forest): PackedGroups {
  const made = known.get(forest) ?? pack(forest);
  known.set(forest, made);
  return made;
}

function pack(forest: Forest): PackedGroups {
  const p = forest.features.length;
  ensure(p < 2 ** 16, "explain the forest", "the number of features", "below 65,536", p);
  const packer = new Packer();
  const quadratures = Array.from(
    { length: MOST_BITS + 1 },
    (_, m) => packer.add(packQuadrature(Math.ceil(m / 2))),
  );
  const groups: number[] = [];
  const long: { tree: number; path: LeafPath }[] = [];
  const expected = new Float64Array(forest.outputs);
  let [mostSlots, mostBits, mostExpanded] = [0, 0, 0];
  rankForest(forest).trees.forEach((ranked, index) => {
    const { output } = ranked.tree;
    const found = leafGroups(ranked);
    for (const group of found.groups) {
      const { slots, leaves } = group;
      groups.push(packGroup(packer, ranked, group, output * p, quadratures));
      mostSlots = Math.max(mostSlots, slots.length);
      mostBits = Math.max(mostBits, slots.reduce((sum, { example }) => sum + bitsOf(example.length), 0));
      mostExpanded = Math.max(
        mostExpanded,
        leaves.reduce((sum, { features }) => sum + expandedSize(features.length), 0),
      );
      expected[output]! += expectedOf(leaves);
    }
    long.push(...found.long.map((path) => ({ tree: index, path })));
    expected[output]! += expectedOf(found.long);
  });
  return { data: packer.bytes, groups, long, expected, mostSlots, mostBits, mostExpanded };
}

function expectedOf(paths: readonly LeafPath[]): number {
  return paths.reduce((sum, { share, value }) => sum + share.reduce((product, s) => product * s, value), 0);
}

/** Adds a group in the layout that stands in `kernel.as.ts`, and gives its place. */
function packGroup(
  packer: Packer,
  ranked: RankedTree,
  { leaves, slots }: LeafGroup,
  firstColumn: number,
  quadratures: readonly number[],
): number {
  const stepCount = slots.reduce((sum, { steps }) => sum + steps.length - 1, 0);
  const masks = packer.add(passMasks(ranked, leaves, slots));
  const slotOf = new Map(slots.map(({ feature }, slot) => [feature, slot]));
  const [firstLeaf] = leaves.map((path) =>
    packer.add(packLeaf(path, quadratures[path.features.length]!, slotOf))
  );
  const words = new Uint32Array(8 + 6 * slots.length + 2 * stepCount);
  let [bit, step, mask] = [0, 8 + 6 * slots.length, masks];
  slots.forEach(({ feature, example, steps }, k) => {
    const bits = bitsOf(example.length);
    words.set([feature, firstColumn + feature, bit, (1 << bits) - 1, mask], 8 + 6 * k);
    for (let s = 1; s < steps.length; s++) {
      words[step++] = feature | (steps[s]!.rank - 1) << 16;
      words[step++] = ((steps[s]!.code - steps[s - 1]!.code) << bit) & 0xffff;
    }
    bit += bits;
    mask += 8 * example.length;
  });
  words.set([slots.length, stepCount, bit, leaves.length, firstLeaf!]);
  return packer.add(words);
}

/** By slot and code, one bit for each leaf whose tests of that feature are all passed, in two 32-bit numbers. */
function passMasks(ranked: RankedTree, leaves: readonly LeafPath[], slots: LeafGroup["slots"]): Uint32Array {
  const words = new Uint32Array(2 * slots.reduce((sum, { example }) => sum + example.length, 0)).fill(
    0xffffffff,
  );
  let begin = 0;
  for (const { feature, example } of slots) {
    leaves.forEach((path, number) => {
      for (let t = 0; t < path.node.length; t++) {
        if (path.features[path.slot[t]!] !== feature) continue;
        example.forEach((rank, code) => {
          if (rankGoesLeft(ranked, path.node[t]!, rank) !== (path.left[t] === 1)) {
            words[begin + 2 * code + (number >> 5)]! &= ~(1 << (number & 31));
          }
        });
      }
    });
    begin += 2 * example.length;
  }
  return words;
}

/** Bytes that the kernel makes of a leaf with so many features. */
function expandedSize(m: number): number {
  const quads = Math.ceil(Math.ceil(m / 2) / 4);
  return 16 + 4 * ((m + 3) & ~3) + 32 * quads * (1 + 4 * m);
}

/** In the layout that stands in `kernel.as.ts`. @param slotOf The group's slot of a feature. */
function packLeaf(
  { value, share, features }: LeafPath,
  quadrature: number,
  slotOf: ReadonlyMap<number, number>,
): Float64Array {
  const m = features.length;
  const numbers = new Float64Array(2 + m + ((m + 1) >> 1));
  const words = new Uint32Array(numbers.buffer);
  words.set([m, quadrature]);
  numbers[1] = value;
  numbers.set(share, 2);
  features.forEach((feature, k) => words[2 * (2 + m) + k] = slotOf.get(feature)!);
  return numbers;
}

/** Gauss–Legendre nodes by fours, with nodes of weight 0 to fill the last. */
function packQuadrature(points: number): Float64Array {
  const { nodes, weights } = gaussLegendre(points);
  const quads = Math.ceil(points / 4);
  const numbers = new Float64Array(2 + 12 * quads);
  new Uint32Array(numbers.buffer)[0] = quads;
  for (let q = 0; q < 4 * quads; q++) {
    const t = nodes[q] ?? 0.5;
    const at = 2 + 12 * (q >> 2) + (q & 3);
    numbers.set([t], at);
    numbers.set([weights[q] ?? 0], at + 4);
    numbers.set([-1 / (1 - t)], at + 8);
  }
  return numbers;
}
