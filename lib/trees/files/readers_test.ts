import assert from "node:assert/strict";
import { goldenText } from "../golden.ts";
import { readCatBoost } from "./read_catboost.ts";
import { readLightGbm } from "./read_lightgbm.ts";
import { readXgboost } from "./read_xgboost.ts";

Deno.test("readLightGbm() refuses what is cut short, edited or unknown, by name", () => {
  const text = goldenText("lgbm_regression_missing_model.txt");
  assert.throws(() => readLightGbm(text.slice(0, 3000)), /cut short/);
  assert.throws(() => readLightGbm("trees"), /must begin/);
  assert.throws(
    () => readLightGbm(text.replace("version=v4", "version=v9")),
    /version must be one of v3, v4/,
  );
  assert.throws(
    () => readLightGbm(text.replace("objective=regression", "objective=lambdarank")),
    /objective.*lambdarank/,
  );
  assert.throws(() => readLightGbm(text.replace("is_linear=0", "is_linear=1")), /is_linear/);
  assert.throws(() => readLightGbm(text.replace("shrinkage=1", "wobble=1")), /"wobble" of tree 0/);
  assert.throws(
    () => readLightGbm(text.replace(/leaf_value=\S+ /, "leaf_value=")),
    /leaf_value of tree 0 must have 8/,
  );
  assert.throws(
    () => readLightGbm(text.replace(/threshold=\S+ /, "threshold=x ")),
    /threshold of tree 0 holds what is no number/,
  );
});

Deno.test("readXgboost() refuses what is cut short, edited or unknown, by name", () => {
  const text = goldenText("xgb_regression_model.json");
  assert.throws(() => readXgboost(text.slice(0, 3000)), /cut short/);
  assert.throws(() => readXgboost(text.replace("reg:squarederror", "rank:ndcg")), /objective.*rank:ndcg/);
  assert.throws(() => readXgboost(text.replace('"name":"gbtree"', '"name":"gblinear"')), /gblinear/);
  assert.throws(() => readXgboost(text.replace('"parents"', '"wobble"')), /trees\.0/);
  assert.throws(() => readXgboost(text.replace('"version":[3', '"version":[9')), /version must be 2 or 3/);
});

Deno.test("readCatBoost() refuses what is cut short, edited or unknown, by name", () => {
  const text = goldenText("cat_logloss_numeric_model.json");
  assert.throws(() => readCatBoost(text.slice(0, 3000)), /cut short/);
  assert.throws(() => readCatBoost(text.replace('"FloatFeature"', '"OnlineCtr"')), /split_type/);
  assert.throws(
    () => readCatBoost(text.replace('"float_features"', '"ctrs":[{}],"float_features"')),
    /ctrs is not read/,
  );
  assert.throws(
    () => readCatBoost(text.replace('"leaf_values":[', '"leaf_values":[1,')),
    /8 leaf values, it has 9/,
  );
});
