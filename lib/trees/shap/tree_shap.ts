import type { Matrix } from "../../core/mod.ts";
import type { Forest } from "../forest.ts";
import { comparable, predictRaw } from "../predict/predict.ts";
import { addLongPath } from "./long_path.ts";
import { explainRows } from "./explain_rows.ts";
import { packGroups } from "./pack_groups.ts";

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
 * alone, so neighbouring leaves share a table by pattern, filled where it is visited.
 *
 * @param rows One row a customer; NaN is missing, a category is its code.
 * @throws {RangeError} If the number of columns is not the forest's.
 * @throws {Error} If the values do not add up to the prediction within 1e-9 of its size: a defect, never data.
 * @see Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9, algorithm 2
 */
export function treeShap(forest: Forest, rows: Matrix): Explanation {
  const p = forest.features.length;
  const compared = comparable(forest, rows);
  const packed = packGroups(forest);
  const values = explainRows(forest, packed, compared);
  for (const { tree: index, path } of packed.long) {
    const tree = forest.trees[index]!;
    addLongPath(tree, path, compared, p, (row, feature, phi) => {
      values[(row * forest.outputs + tree.output) * p + feature]! += phi;
    });
  }
  const base = forest.base.map((start, k) => start + packed.expected[k]!);
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
