/**
 * Trees: boosted on tables and matrices, explained by SHAP values, and exchanged with LightGBM, XGBoost and CatBoost.
 *
 * @module
 */
export {
  type CategorySplit,
  type Forest,
  goesLeft,
  leafOf,
  type Link,
  MISSING,
  type Tree,
} from "./forest.ts";
export { leafNumbers, predict, predictRaw } from "./predict/predict.ts";
export * from "./files/read_catboost.ts";
export * from "./files/read_lightgbm.ts";
export * from "./files/read_xgboost.ts";
export * from "./shap/tree_shap.ts";
export { interventionalShap } from "./shap/interventional.ts";
export { shapInteractions } from "./shap/interactions.ts";
export { boost, boostAsync } from "./boost.ts";
export type { BoostOptions } from "./boost_options.ts";
export * from "./losses.ts";
export { writeLightGbm } from "./files/write_lightgbm.ts";
export * from "./importance.ts";
export * from "./fit_trees.ts";
export * from "./fitted_trees.ts";
export type { ColumnEncoder } from "./encode_table.ts";
export type { TreesSchema } from "./files/store_trees.ts";
export * from "./shap/shap_figures.ts";
export * from "./robust_losses.ts";
export * from "./random_forest.ts";
export * from "./shap/response_shap.ts";
