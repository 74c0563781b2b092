import type { Tree } from "../forest.ts";
import { directions, type LeafPath, passed } from "./leaf_paths.ts";
import { gaussLegendre } from "./quadrature.ts";

/** SHAP values of one leaf row by row, each pattern of passed features computed once: for a path too long for the kernel. */
export function addLongPath(
  tree: Tree,
  path: LeafPath,
  values: Float64Array,
  columns: number,
  add: (row: number, feature: number, phi: number) => void,
): void {
  const known = new Map<number, Float64Array>();
  const went = new Uint8Array(tree.feature.length);
  for (let row = 0; row * columns < values.length; row++) {
    directions(tree, values.subarray(row * columns, (row + 1) * columns), went);
    const pattern = passed(path, went);
    const phi = known.get(pattern) ?? shapOfPattern(path, pattern);
    known.set(pattern, phi);
    path.features.forEach((feature, slot) => add(row, feature, phi[slot]!));
  }
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
