import { goesLeft, MISSING, type Tree } from "../forest.ts";
import { type LeafPath, leafPaths } from "./leaf_paths.ts";
import { gaussLegendre } from "./quadrature.ts";

/** Rows feature by feature, and what their SHAP values add up in, feature by feature. */
export interface Batch {
  readonly rows: number;
  /** `columns[feature][row]`, as the forest compares them. */
  readonly columns: readonly Float64Array[];
  /** `phi[feature][row]`. */
  readonly phi: readonly Float64Array[];
}

/** Most numbers in a group's table: 64 KB, which a processor keeps near. */
const TABLE = 8192;

/** Rows that are told apart before their values are added, so that their cells stay near. */
const CHUNK = 2048;

/**
 * Neighbouring leaves explained together. What a row gets of them depends on how it comes out at their tests alone: each feature that they
 * test has a few outcomes, a cell is one outcome of each, and a table holds the sum of the leaves' SHAP values by cell, filled when a row
 * first falls into it.
 */
export interface LeafGroup {
  /** Value × share of training rows, summed over the leaves: what they add to the base. */
  readonly expected: number;
  /** Adds these leaves' SHAP values. */
  add(batch: Batch): void;
}

/** The largest subtrees whose tables are small enough, and the leaves that alone have a larger one. */
export function leafGroups(tree: Tree): LeafGroup[] {
  const paths = leafPaths(tree);
  const groups: LeafGroup[] = [];
  let next = 0; // paths come in the order of a walk, left before right
  const count = (node: number): number =>
    tree.feature[node]! < 0 ? 1 : count(tree.left[node]!) + count(tree.right[node]!);
  const walk = (node: number, above: readonly Step[]): void => {
    const leaves = count(node);
    const own = paths.slice(next, next + leaves);
    const outcomes = outcomesOf(tree, node, above);
    const cells = outcomes.reduce((product, { codes }) => product * codes, 1);
    if (cells * outcomes.length > TABLE && leaves > 1) {
      walk(tree.left[node]!, [...above, { node, left: true }]);
      walk(tree.right[node]!, [...above, { node, left: false }]);
      return;
    }
    next += leaves;
    groups.push(
      cells * outcomes.length > TABLE ? loneLeaf(tree, own[0]!) : cellGroup(tree, own, outcomes, cells),
    );
  };
  walk(0, []);
  return groups;
}

/** A node on the way to a group, and which way it is left. */
interface Step {
  readonly node: number;
  readonly left: boolean;
}

/** How values of one feature come out at the tests of a group: a number from 0 to `codes` − 1. */
interface Outcomes {
  readonly feature: number;
  readonly codes: number;
  /** Adds `stride` × code to each row's cell. */
  encode(values: Float64Array, begin: number, end: number, stride: number, cells: Int32Array): void;
}

/** The tests on the way to a subtree matter together alone, passed or not; those within it one by one. */
function outcomesOf(tree: Tree, root: number, above: readonly Step[]): Outcomes[] {
  const within = new Map<number, number[]>(above.map(({ node }) => [tree.feature[node]!, []]));
  const walk = (node: number): void => {
    const feature = tree.feature[node]!;
    if (feature < 0) return;
    within.set(feature, [...within.get(feature) ?? [], node]);
    walk(tree.left[node]!);
    walk(tree.right[node]!);
  };
  walk(root);
  return [...within].map(([feature, nodes]) => {
    const steps = above.filter(({ node }) => tree.feature[node] === feature);
    const plain = [...nodes, ...steps.map(({ node }) => node)]
      .every((node) => !tree.categories[node] && tree.missing[node]! < MISSING.zeroLeft);
    return (plain ? byThreshold : byTest)(tree, feature, nodes, steps);
  });
}

/**
 * The way to the subtree keeps low < x ≤ high. A number's code is 0 outside, and inside 1 more than the thresholds that it is above;
 * where nothing keeps it from below, codes begin inside and end outside. Missing has the code of values that go its way, or one more.
 */
function byThreshold(
  tree: Tree,
  feature: number,
  nodes: readonly number[],
  steps: readonly Step[],
): Outcomes {
  const bounds = (left: boolean): number[] =>
    steps.filter((step) => step.left === left).map(({ node }) => tree.threshold[node]!);
  const [lows, highs] = [bounds(false), bounds(true)];
  const high = Math.min(Infinity, ...highs);
  const lowest = Math.max(-Infinity, ...lows);
  const low = lows.length > 0 && lowest >= high ? Infinity : lowest; // no number comes here
  const [hasLow, hasHigh] = [lows.length > 0, highs.length > 0 && low < Infinity];
  // A threshold of infinity parts missing values from all others: no number is above it.
  const inner = nodes.map((node) => tree.threshold[node]!).filter((t) => t < high && (!hasLow || t > low));
  const rising = Float64Array.from(new Set(hasLow ? [low, ...inner] : inner)).sort();
  const outside = hasLow ? 0 : rising.length + 1;
  const plainCodes = rising.length + (hasHigh && !hasLow ? 2 : 1);
  const missingLeft = (node: number): boolean => goesLeft(tree, node, NaN);
  // Missing may go as the lowest values inside do, or as the highest, at every test of the subtree.
  const likeLowest = nodes.every((node) => missingLeft(node) === !(hasLow && tree.threshold[node]! <= low));
  const likeHighest = nodes.every((node) => missingLeft(node) === (tree.threshold[node]! >= high));
  const missing = steps.some(({ node, left }) => missingLeft(node) !== left)
    ? outside
    : likeLowest
    ? Number(hasLow)
    : likeHighest
    ? rising.length
    : plainCodes;
  return {
    feature,
    codes: Math.max(plainCodes, missing + 1),
    encode(values, begin, end, stride, cells): void {
      for (const threshold of rising) {
        for (let row = begin; row < end; row++) cells[row - begin]! += values[row]! > threshold ? stride : 0;
      }
      if (hasHigh) {
        const step = (outside - rising.length) * stride;
        for (let row = begin; row < end; row++) cells[row - begin]! += values[row]! > high ? step : 0;
      }
      if (missing === 0) return; // NaN is above no threshold
      for (let row = begin; row < end; row++) {
        cells[row - begin]! += values[row] === values[row] ? 0 : missing * stride;
      }
    },
  };
}

/** Where categories or zeros are told apart, the code is one bit a test, and one for all those on the way. */
function byTest(tree: Tree, feature: number, nodes: readonly number[], steps: readonly Step[]): Outcomes {
  const tests = nodes.map((node) => (value: number) => goesLeft(tree, node, value));
  if (steps.length > 0) {
    tests.push((value) => steps.every(({ node, left }) => goesLeft(tree, node, value) === left));
  }
  return {
    feature,
    codes: 2 ** tests.length,
    encode(values, begin, end, stride, cells): void {
      tests.forEach((test, k) => {
        for (let row = begin; row < end; row++) {
          cells[row - begin]! += test(values[row]!) ? stride << k : 0;
        }
      });
    },
  };
}

function cellGroup(
  tree: Tree,
  paths: readonly LeafPath[],
  outcomes: readonly Outcomes[],
  size: number,
): LeafGroup {
  const m = outcomes.length;
  const slotOf = new Map(outcomes.map(({ feature }, slot) => [feature, slot]));
  const leaves = paths.map((path) => ({ path, shap: patternTable(path) }));
  const table = new Float64Array(size * m);
  const filled = new Uint8Array(size);
  const cells = new Int32Array(CHUNK);
  const fill = (cell: number, columns: Batch["columns"], row: number): void => {
    filled[cell] = 1;
    for (const { path, shap } of leaves) {
      const phi = shap(patternOf(tree, path, columns, row));
      path.features.forEach((feature, k) => table[cell * m + slotOf.get(feature)!]! += phi[k]!);
    }
  };
  return {
    expected: expectedOf(paths),
    add({ rows, columns, phi }): void {
      for (let begin = 0; begin < rows; begin += CHUNK) {
        const end = Math.min(begin + CHUNK, rows);
        cells.fill(0);
        let stride = 1;
        for (const { feature, codes, encode } of outcomes) {
          encode(columns[feature]!, begin, end, stride, cells);
          stride *= codes;
        }
        for (let row = begin; row < end; row++) {
          if (filled[cells[row - begin]!] === 0) fill(cells[row - begin]!, columns, row);
        }
        for (let slot = 0; slot < m; slot++) {
          const into = phi[outcomes[slot]!.feature]!;
          for (let row = begin; row < end; row++) into[row]! += table[cells[row - begin]! * m + slot]!;
        }
      }
    },
  };
}

/** A leaf whose cells are too many for a table keeps those that are visited, by the pattern of features that are passed. */
function loneLeaf(tree: Tree, path: LeafPath): LeafGroup {
  const shap = patternTable(path);
  return {
    expected: expectedOf([path]),
    add({ rows, columns, phi }): void {
      for (let row = 0; row < rows; row++) {
        const values = shap(patternOf(tree, path, columns, row));
        path.features.forEach((feature, slot) => phi[feature]![row]! += values[slot]!);
      }
    },
  };
}

function expectedOf(paths: readonly LeafPath[]): number {
  return paths.reduce((sum, { share, value }) => sum + share.reduce((product, s) => product * s, value), 0);
}

/** The slots of a path whose tests a row all passes, as bits. */
function patternOf(tree: Tree, path: LeafPath, columns: Batch["columns"], row: number): number {
  let bits = (1 << path.features.length) - 1;
  for (let t = 0; t < path.node.length; t++) {
    const node = path.node[t]!;
    const left = goesLeft(tree, node, columns[tree.feature[node]!]![row]!);
    if (left !== (path.left[t] === 1)) bits &= ~(1 << path.slot[t]!);
  }
  return bits;
}

/** Paths up to this long keep a place for each pattern; longer ones a map. */
const MOST_PLACES = 12;

/** A leaf's SHAP values by pattern, each computed once. */
function patternTable(path: LeafPath): (pattern: number) => Float64Array {
  const m = path.features.length;
  if (m > MOST_PLACES) {
    const table = new Map<number, Float64Array>();
    return (pattern) => {
      const found = table.get(pattern) ?? shapOfPattern(path, pattern);
      table.set(pattern, found);
      return found;
    };
  }
  const places: (Float64Array | undefined)[] = Array.from({ length: 1 << m });
  return (pattern) => places[pattern] ??= shapOfPattern(path, pattern);
}

/** Of each product without factor i, the part before i is gathered going up and the part after i going down. */
function shapOfPattern({ value, share }: LeafPath, pattern: number): Float64Array {
  const m = share.length;
  const phi = new Float64Array(m);
  const products = new Float64Array(m);
  const { nodes, weights } = gaussLegendre(Math.ceil(m / 2));
  for (let q = 0; q < nodes.length; q++) {
    const t = nodes[q]!;
    for (let i = 0, before = weights[q]! * value; i < m; i++) {
      products[i] = before;
      before *= t * ((pattern >> i) & 1) + (1 - t) * share[i]!;
    }
    for (let i = m - 1, after = 1; i >= 0; i--) {
      phi[i]! += products[i]! * after * (((pattern >> i) & 1) - share[i]!);
      after *= t * ((pattern >> i) & 1) + (1 - t) * share[i]!;
    }
  }
  return phi;
}
