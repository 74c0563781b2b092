/** Hierarchical Bayesian models: densities, sampling by NUTS, and the diagnostics that say whether to believe it. */
export * from "./diagnostics/mod.ts";
export * from "./model/mod.ts";
export * from "./sampler/mod.ts";
export * from "./hierarchical/mod.ts";
export * from "./fit/mod.ts";
export * from "./verdict/mod.ts";
export * from "./plots/mod.ts";
export * from "./predictive/mod.ts";
export * from "./sensitivity/mod.ts";
export * from "./storage/mod.ts";
export * from "./variational/mod.ts";
