import { ensure, type Matrix } from "../../core/mod.ts";
import { type Forest, leafOf } from "../forest.ts";
import { addLeaves } from "./add_leaves.ts";

/** Rows as the forest compares them: numbers in float32 precision where it asks for that; codes of categories stay whole. */
export function comparable(forest: Forest, rows: Matrix): Float64Array {
  const columns = forest.features.length;
  const rule = `${columns}: ${forest.features.slice(0, 8).join(", ")}`;
  ensure(rows.columns === columns, "predict", "the number of columns", rule, rows.columns);
  if (!forest.float32) return rows.values;
  return rows.values.map((value, i) => forest.categoryCodes?.has(i % columns) ? value : Math.fround(value));
}

/**
 * Raw outputs: the base and every tree's leaf, in the order of the trees.
 *
 * @param rows One row a customer; NaN is missing, a category is its code.
 * @returns `rows × outputs`, row-major.
 * @throws {RangeError} If the number of columns is not the forest's.
 */
export function predictRaw(forest: Forest, rows: Matrix): Matrix {
  const values = comparable(forest, rows);
  const raw = new Float64Array(rows.rows * forest.outputs);
  for (let i = 0; i < rows.rows; i++) raw.set(forest.base, i * forest.outputs);
  addLeaves(forest, values, raw);
  return { rows: rows.rows, columns: forest.outputs, values: raw };
}

/**
 * Predictions on the scale of the target: probabilities for classes, means for counts and amounts.
 *
 * @returns `rows × outputs`, row-major; a two-class model has the probability of the positive class only.
 */
export function predict(forest: Forest, rows: Matrix): Matrix {
  const raw = predictRaw(forest, rows);
  applyLink(forest, raw.values);
  return raw;
}

function applyLink({ link, steepness, outputs }: Forest, raw: Float64Array): void {
  if (link === "softmax") {
    for (let at = 0; at < raw.length; at += outputs) softmax(raw.subarray(at, at + outputs));
  } else if (link === "logistic") {
    for (let k = 0; k < raw.length; k++) raw[k] = 1 / (1 + Math.exp(-steepness * raw[k]!));
  } else if (link === "exponential") {
    for (let k = 0; k < raw.length; k++) raw[k] = Math.exp(raw[k]!);
  }
}

function softmax(outputs: Float64Array): void {
  const largest = outputs.reduce((a, b) => Math.max(a, b));
  const total = outputs.reduce((sum, raw) => sum + Math.exp(raw - largest), 0);
  outputs.forEach((raw, k) => outputs[k] = Math.exp(raw - largest) / total);
}

/** The library's number of the leaf that each row falls into: `rows × trees`. */
export function leafNumbers(forest: Forest, rows: Matrix): Matrix {
  const values = comparable(forest, rows);
  const found = new Float64Array(rows.rows * forest.trees.length);
  for (let i = 0; i < rows.rows; i++) {
    const row = values.subarray(i * rows.columns, (i + 1) * rows.columns);
    forest.trees.forEach((tree, t) =>
      found[i * forest.trees.length + t] = tree.leafNumber[leafOf(tree, row)]!
    );
  }
  return { rows: rows.rows, columns: forest.trees.length, values: found };
}
