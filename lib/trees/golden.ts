/** Reads the golden models of `tests/golden/05_treeshap` for the tests beside it. */
import { type Matrix, matrix } from "../core/mod.ts";
import type { Forest } from "./forest.ts";
import { readCatBoost } from "./files/read_catboost.ts";
import { readLightGbm } from "./files/read_lightgbm.ts";
import { readXgboost } from "./files/read_xgboost.ts";

const FOLDER = new URL("../../tests/golden/05_treeshap/", import.meta.url);

/** Every model there, with the tolerances of its library. */
export const GOLDEN: readonly { readonly tag: string; readonly raw: number; readonly phi: number }[] = [
  ...["binary_numeric", "binary_cat_missing", "regression_missing", "multiclass", "poisson_zero_as_missing"]
    .map((name) => ({ tag: `lgbm_${name}`, raw: 1e-12, phi: 1e-9 })),
  ...["binary_missing", "binary_categorical", "regression", "multiclass", "poisson_dart"]
    .map((name) => ({ tag: `xgb_${name}`, raw: 1e-6, phi: 1e-5 })),
  ...["logloss_numeric", "rmse_missing", "logloss_onehot", "logloss_depthwise"]
    .map((name) => ({ tag: `cat_${name}`, raw: 1e-12, phi: 1e-9 })),
];

/** The text of a golden file. */
export function goldenText(name: string): string {
  return Deno.readTextFileSync(new URL(name, FOLDER));
}

/** A golden model's forest. */
export function goldenForest(tag: string): Forest {
  if (tag.startsWith("lgbm")) return readLightGbm(goldenText(`${tag}_model.txt`));
  return (tag.startsWith("xgb") ? readXgboost : readCatBoost)(goldenText(`${tag}_model.json`));
}

/** A golden model's expected values. */
// deno-lint-ignore no-explicit-any
export function goldenExpected(tag: string): any {
  return JSON.parse(goldenText(`${tag}_expected.json`));
}

/** Rows of `<tag>_inputs.csv` or `<tag>_background.csv`; an empty field is NaN, a category its code. */
export function goldenRows(tag: string, part: "inputs" | "background", forest: Forest): Matrix {
  const lines = goldenText(`${tag}_${part}.csv`).trim().split("\n").slice(1);
  const values = lines.flatMap((line) =>
    line.split(",").map((field, column) => numberOf(field, column, forest))
  );
  return matrix(lines.length, values.length / lines.length, Float64Array.from(values));
}

function numberOf(field: string, column: number, forest: Forest): number {
  const codes = forest.categoryCodes?.get(column);
  if (codes) return codes.get(String(Math.trunc(Number(field)))) ?? 0;
  return field === "" ? NaN : Number(field);
}
