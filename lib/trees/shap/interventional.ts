import type { Matrix } from "../../core/mod.ts";
import type { Forest } from "../forest.ts";
import { directions, type LeafPath, leafPaths, passed } from "./leaf_paths.ts";
import { comparable, predictRaw } from "../predict/predict.ts";
import { type Explanation, requireAdditive } from "./tree_shap.ts";

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
