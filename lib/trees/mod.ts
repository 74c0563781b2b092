/** Sums of trees: model files of LightGBM, XGBoost and CatBoost read, predicted with and explained. */
export * from "./forest.ts";
export { leafNumbers, predict, predictRaw } from "./predict.ts";
export * from "./read_catboost.ts";
export * from "./read_lightgbm.ts";
export * from "./read_xgboost.ts";
export * from "./shap.ts";
export { interventionalShap } from "./interventional.ts";
export { shapInteractions } from "./interactions.ts";
export { boost } from "./boost.ts";
export type { BoostOptions } from "./boost_options.ts";
export * from "./losses.ts";
export { writeLightGbm } from "./write_lightgbm.ts";
export * from "./importance.ts";
export * from "./fit_trees.ts";
export * from "./fitted_trees.ts";
export type { ColumnEncoder } from "./encode_table.ts";
export type { TreesSchema } from "./store_trees.ts";
export * from "./shap_figures.ts";
