import type { Matrix } from "../../core/mod.ts";
import type { Forest } from "../forest.ts";
import { directions, type LeafPath, leafPaths, passed } from "./leaf_paths.ts";
import { comparable } from "../predict/predict.ts";
import { gaussLegendre } from "./quadrature.ts";
import { treeShap } from "./tree_shap.ts";

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
