/** What every other folder stands on: errors, checks, claims, records, randomness, matrices, workers. */
export * from "./almost_equal.ts";
export * from "./check.ts";
export * from "./claim.ts";
export * from "./display.ts";
export * from "./ensure.ts";
export * from "./html.ts";
export { insideKernel } from "./kernel.ts";
export * from "./linear_algebra.ts";
export * from "./logistic.ts";
export * from "./matrix.ts";
export * from "./nearest.ts";
export * from "./pool.ts";
export { type Progress, progressBar, type ProgressOptions, type ProgressSink } from "./progress.ts";
export * from "./record.ts";
export * from "./rng.ts";
export * from "./serve.ts";
export * from "./stats.ts";
export * from "./write_atomic.ts";
