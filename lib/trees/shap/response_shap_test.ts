import assert from "node:assert/strict";
import { almostEqual, createRng, matrix } from "../../core/mod.ts";
import { boost } from "../boost.ts";
import { goldenForest, goldenRows } from "../golden.ts";
import { interventionalShap } from "./interventional.ts";
import { predict } from "../predict/predict.ts";
import { responseShap } from "./response_shap.ts";

for (const tag of ["lgbm_binary_cat_missing", "xgb_poisson_dart", "cat_rmse_missing"]) {
  Deno.test(`responseShap() adds up to the predictions of ${tag}`, () => {
    const forest = goldenForest(tag);
    const [rows, background] = [goldenRows(tag, "inputs", forest), goldenRows(tag, "background", forest)];
    const { values, base } = responseShap(forest, rows, background);
    const p = forest.features.length;
    const sums = Array.from(
      { length: rows.rows },
      (_, i) => values.subarray(i * p, (i + 1) * p).reduce((a, b) => a + b, base[0]!),
    );
    almostEqual(sums, predict(forest, rows).values, 1e-9, "additivity");
    if (forest.link === "identity") {
      almostEqual(values, interventionalShap(forest, rows, background).values, 1e-9, "nothing to stretch");
    }
  });
}

Deno.test("responseShap() is the prediction's difference itself where one feature does it all", () => {
  const rng = createRng(1, "response-shap");
  const rows = matrix(200, 1, rng.normals(200));
  const forest = boost(rows, rows.values.map((x) => Number(x > 0)), { rounds: 5 });
  const { values, base } = responseShap(forest, rows, rows);
  almostEqual(
    values,
    predict(forest, rows).values.map((chance) => chance - base[0]!),
    1e-9,
    "one player takes all",
  );
  assert.throws(() => responseShap(forest, rows, matrix(0, 1)), /background must be one row or more/);
  assert.throws(() => responseShap(goldenForest("lgbm_multiclass"), rows, rows), /outputs must be 1/);
});
