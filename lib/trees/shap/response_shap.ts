import { ensure, type Matrix, matrix } from "../../core/mod.ts";
import type { Forest } from "../forest.ts";
import { interventionalShap } from "./interventional.ts";
import { predict, predictRaw } from "../predict/predict.ts";
import type { Explanation } from "./tree_shap.ts";

/**
 * SHAP values on the scale of predictions: chances instead of log-odds, amounts instead of their logarithms. Against each background row
 * alone, raw values are stretched so that they add up to the difference of the two predictions, and these are averaged over the background
 * (the rescale rule, as in the shap library's `model_output="probability"`). For a link that is not a line these are not the Shapley values
 * of the prediction as a game, which cost all subsets of the features.
 *
 * @param background Rows that say what "not known" means; values explain the distance from their mean prediction.
 * @returns Values that add up, with the base, to what `predict` gives.
 * @throws {RangeError} If the forest has several outputs, a number of columns is not the forest's, or the background is empty.
 * @see Chen, Lundberg and Lee 2022, https://doi.org/10.1038/s41467-022-31384-3
 */
export function responseShap(forest: Forest, rows: Matrix, background: Matrix): Explanation {
  const action = "explain on the scale of predictions";
  ensure(forest.outputs === 1, action, "the number of outputs", "1", forest.outputs);
  ensure(background.rows >= 1, action, "background", "one row or more", background.rows);
  const p = forest.features.length;
  const [raw, response] = [predictRaw(forest, rows).values, predict(forest, rows).values];
  const [rawThere, responseThere] = [
    predictRaw(forest, background).values,
    predict(forest, background).values,
  ];
  const values = new Float64Array(rows.rows * p);
  for (let b = 0; b < background.rows; b++) {
    const there = matrix(1, p, background.values.slice(b * p, (b + 1) * p));
    const alone = interventionalShap(forest, rows, there).values;
    for (let row = 0; row < rows.rows; row++) {
      const gap = raw[row]! - rawThere[b]!;
      const stretch = Math.abs(gap) > TINY
        ? (response[row]! - responseThere[b]!) / gap
        : slope(forest, raw[row]!);
      for (let f = 0; f < p; f++) values[row * p + f]! += stretch * alone[row * p + f]! / background.rows;
    }
  }
  const base = responseThere.reduce((a, b) => a + b, 0) / background.rows;
  return { features: forest.features, rows: rows.rows, outputs: 1, values, base: Float64Array.of(base) };
}

/** Below this distance of raw outputs the quotient of differences is worse than the slope. */
const TINY = 1e-6;

function slope({ link, steepness }: Forest, raw: number): number {
  if (link === "exponential") return Math.exp(raw);
  if (link === "identity") return 1;
  const chance = 1 / (1 + Math.exp(-steepness * raw));
  return steepness * chance * (1 - chance);
}
