import { type Matrix } from "../core/mod.ts";
import { comparable, type Forest, predictRaw } from "./forest.ts";
import { directions, type LeafPath, leafPaths, passed } from "./leaf_paths.ts";
import { gaussLegendre } from "./quadrature.ts";

/** SHAP values of rows: what each feature adds to the raw output, from the base to the prediction. */
export interface Explanation {
  /** The columns, in order. */
  readonly features: readonly string[];
  /** How many rows are explained. */
  readonly rows: number;
  /** How many raw outputs each has. */
  readonly outputs: number;
  /** `values[(row * outputs + output) * features + feature]`, on the raw scale (log-odds for a logistic link). */
  readonly values: Float64Array;
  /** The raw output when nothing is known of a row, by output. */
  readonly base: Float64Array;
}

/** Largest distance of base + Σ SHAP from the raw prediction, relative to its size. */
const ADDITIVITY = 1e-9;

/**
 * Path-dependent TreeSHAP: features that are not known take the way that training rows took, by their share at each node.
 *
 * The Shapley weights |S|!(m − |S| − 1)!/m! are ∫ t^|S| (1 − t)^(m−|S|−1) dt, so that a leaf gives its feature i
 * value · (oᵢ − zᵢ) · ∫ Πₖ≠ᵢ (t·oₖ + (1 − t)·zₖ) dt, with oₖ ∈ {0, 1} whether the row passes the leaf's tests of feature k and zₖ the
 * share of training rows that do: a polynomial, which Gauss–Legendre integrates exactly. It depends on the row by the pattern of oₖ
 * alone, so each leaf keeps a table by pattern, filled when first visited.
 *
 * @param rows One row a customer; NaN is missing, a category is its code.
 * @throws {RangeError} If the number of columns is not the forest's.
 * @throws {Error} If the values do not add up to the prediction within 1e-9 of its size: a defect, never data.
 * @see Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9, algorithm 2
 */
export function treeShap(forest: Forest, rows: Matrix): Explanation {
  const p = forest.features.length;
  const values = new Float64Array(rows.rows * forest.outputs * p);
  const compared = comparable(forest, rows);
  const base = Float64Array.from(forest.base);
  for (const tree of forest.trees) {
    const leaves = leafPaths(tree).map((path) => new Leaf(path));
    const went = new Uint8Array(tree.feature.length);
    for (const leaf of leaves) base[tree.output]! += leaf.expected;
    for (let i = 0; i < rows.rows; i++) {
      directions(tree, compared.subarray(i * p, (i + 1) * p), went);
      const start = (i * forest.outputs + tree.output) * p;
      for (const leaf of leaves) leaf.add(went, values, start);
    }
  }
  const explanation = { features: forest.features, rows: rows.rows, outputs: forest.outputs, values, base };
  requireAdditive(explanation, predictRaw(forest, rows).values);
  return explanation;
}

/** Throws unless base + Σ SHAP is the raw prediction. */
export function requireAdditive(explanation: Explanation, raw: Float64Array): void {
  const { features, values, base, outputs } = explanation;
  const p = features.length;
  for (let k = 0; k < raw.length; k++) {
    let [sum, size] = [base[k % outputs]!, Math.abs(base[k % outputs]!) + Math.abs(raw[k]!)];
    for (let j = 0; j < p; j++) {
      sum += values[k * p + j]!;
      size += Math.abs(values[k * p + j]!);
    }
    if (!(Math.abs(sum - raw[k]!) <= ADDITIVITY * Math.max(1, size))) {
      throw new Error(
        `Cannot explain the forest: SHAP values of row ${Math.floor(k / outputs)} add up to ${sum}, not ${
          raw[k]
        }`,
      );
    }
  }
}

/** A leaf with its tables: SHAP by the pattern of passed slots. */
class Leaf {
  /** Value × share of training rows: what the leaf adds to the base. */
  readonly expected: number;
  readonly #path: LeafPath;
  readonly #tables = new Map<number, Float64Array>();
  readonly #small: (Float64Array | undefined)[] | undefined;

  constructor(path: LeafPath) {
    this.#path = path;
    this.expected = path.share.reduce((product, share) => product * share, path.value);
    this.#small = path.features.length <= 12 ? Array.from({ length: 1 << path.features.length }) : undefined;
  }

  /** Adds this leaf's SHAP values for a row of these directions. */
  add(went: Uint8Array, values: Float64Array, start: number): void {
    const table = this.#tableOf(passed(this.#path, went));
    const { features } = this.#path;
    for (let slot = 0; slot < features.length; slot++) values[start + features[slot]!]! += table[slot]!;
  }

  #tableOf(pattern: number): Float64Array {
    if (this.#small) return this.#small[pattern] ??= shapOfPattern(this.#path, pattern);
    const known = this.#tables.get(pattern);
    if (known) return known;
    const table = shapOfPattern(this.#path, pattern);
    this.#tables.set(pattern, table);
    return table;
  }
}

function shapOfPattern({ value, share }: LeafPath, pattern: number): Float64Array {
  const m = share.length;
  const phi = new Float64Array(m);
  const { nodes, weights } = gaussLegendre(Math.ceil(m / 2));
  for (let q = 0; q < nodes.length; q++) {
    const t = nodes[q]!;
    for (let i = 0; i < m; i++) {
      let product = weights[q]! * value * (((pattern >> i) & 1) - share[i]!);
      for (let k = 0; k < m; k++) {
        if (k !== i) product *= t * ((pattern >> k) & 1) + (1 - t) * share[k]!;
      }
      phi[i]! += product;
    }
  }
  return phi;
}

/**
 * Interventional TreeSHAP: features that are not known take their values from the rows of a background, each as it is.
 *
 * For one row x and one background row b, a leaf counts only if each of its features passes with x or with b; with a features that only
 * x passes and c that only b passes, each of the first gets value·(a − 1)!c!/(a + c)!, each of the second −value·a!(c − 1)!/(a + c)!.
 *
 * @param background Rows that say what "not known" means; SHAP values explain the distance from their mean prediction.
 * @throws {RangeError} If a number of columns is not the forest's, or the background is empty.
 * @throws {Error} If the values do not add up to the prediction within 1e-9 of its size: a defect, never data.
 * @see Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9, algorithm 3
 */
export function interventionalShap(forest: Forest, rows: Matrix, background: Matrix): Explanation {
  if (background.rows < 1) {
    throw new RangeError("Cannot explain the forest: background must have a row, current value is 0");
  }
  const p = forest.features.length;
  const values = new Float64Array(rows.rows * forest.outputs * p);
  const [compared, comparedBackground] = [comparable(forest, rows), comparable(forest, background)];
  const base = meanOutputs(predictRaw(forest, background));
  for (const tree of forest.trees) {
    const paths = leafPaths(tree);
    const went = new Uint8Array(tree.feature.length);
    const patterns = (all: Float64Array, count: number): Int32Array => {
      const bits = new Int32Array(count * paths.length);
      for (let i = 0; i < count; i++) {
        directions(tree, all.subarray(i * p, (i + 1) * p), went);
        for (let l = 0; l < paths.length; l++) bits[i * paths.length + l] = passed(paths[l]!, went);
      }
      return bits;
    };
    const [ofRows, ofBackground] = [
      patterns(compared, rows.rows),
      patterns(comparedBackground, background.rows),
    ];
    for (let i = 0; i < rows.rows; i++) {
      const phi = values.subarray(
        (i * forest.outputs + tree.output) * p,
        (i * forest.outputs + tree.output + 1) * p,
      );
      for (let b = 0; b < background.rows; b++) {
        for (let l = 0; l < paths.length; l++) {
          addPair(
            paths[l]!,
            ofRows[i * paths.length + l]!,
            ofBackground[b * paths.length + l]!,
            background.rows,
            phi,
          );
        }
      }
    }
  }
  const explanation = { features: forest.features, rows: rows.rows, outputs: forest.outputs, values, base };
  requireAdditive(explanation, predictRaw(forest, rows).values);
  return explanation;
}

function meanOutputs(raw: Matrix): Float64Array {
  const mean = new Float64Array(raw.columns);
  raw.values.forEach((value, k) => mean[k % raw.columns]! += value / raw.rows);
  return mean;
}

function addPair(path: LeafPath, x: number, b: number, backgroundRows: number, phi: Float64Array): void {
  const m = path.features.length;
  if ((x | b) !== (1 << m) - 1 || x === b) return;
  const [onlyX, onlyB] = [x & ~b, b & ~x];
  const [a, c] = [countBits(onlyX), countBits(onlyB)];
  const weight = path.value / backgroundRows;
  // (a − 1)! c! / (a + c)! is 1 / (a · choose(a + c, a)), and the other way round.
  const ways = choose(a + c, a);
  for (let slot = 0; slot < m; slot++) {
    if ((onlyX >> slot) & 1) phi[path.features[slot]!]! += weight / (a * ways);
    else if ((onlyB >> slot) & 1) phi[path.features[slot]!]! -= weight / (c * ways);
  }
}

function countBits(bits: number): number {
  let count = 0;
  for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
  return ways;
}

/**
 * SHAP interaction values, path-dependent: each feature's value split into what it does alone (the diagonal) and, halved, what it does
 * together with each other feature.
 *
 * @returns `rows · outputs` symmetric matrices of features × features, one after the other; each row of a matrix adds up to the
 * feature's SHAP value.
 * @see Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9, "SHAP interaction values"
 */
export function shapInteractions(forest: Forest, rows: Matrix): Float64Array {
  const p = forest.features.length;
  const compared = comparable(forest, rows);
  const pairs = new Float64Array(rows.rows * forest.outputs * p * p);
  for (const tree of forest.trees) {
    const paths = leafPaths(tree);
    const went = new Uint8Array(tree.feature.length);
    for (let i = 0; i < rows.rows; i++) {
      directions(tree, compared.subarray(i * p, (i + 1) * p), went);
      const start = (i * forest.outputs + tree.output) * p * p;
      for (const path of paths) {
        addInteractions(path, passed(path, went), pairs.subarray(start, start + p * p), p);
      }
    }
  }
  const { values } = treeShap(forest, rows);
  values.forEach((phi, k) => {
    let others = 0;
    for (let j = 0; j < p; j++) others += j === k % p ? 0 : pairs[k * p + j]!;
    pairs[k * p + (k % p)] = phi - others;
  });
  return pairs;
}

/** Adds ½ · value · (oᵢ − zᵢ)(oⱼ − zⱼ) · ∫ Πₖ≠ᵢⱼ (t·oₖ + (1 − t)·zₖ) dt for each pair of a leaf's features. */
function addInteractions(
  { value, share, features }: LeafPath,
  pattern: number,
  pairs: Float64Array,
  p: number,
): void {
  const m = share.length;
  if (m < 2) return;
  const { nodes, weights } = gaussLegendre(Math.ceil((m - 1) / 2));
  const gap = (k: number): number => ((pattern >> k) & 1) - share[k]!;
  for (let i = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++) {
      let integral = 0;
      for (let q = 0; q < nodes.length; q++) {
        let product = weights[q]!;
        for (let k = 0; k < m; k++) {
          if (k !== i && k !== j) product *= nodes[q]! * ((pattern >> k) & 1) + (1 - nodes[q]!) * share[k]!;
        }
        integral += product;
      }
      const half = 0.5 * value * gap(i) * gap(j) * integral;
      pairs[features[i]! * p + features[j]!]! += half;
      pairs[features[j]! * p + features[i]!]! += half;
    }
  }
}
