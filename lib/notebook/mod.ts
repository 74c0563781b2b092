/** Jupyter notebooks: read, written, executed, checked. */
export * from "./check.ts";
export * from "./create.ts";
export * from "./format.ts";
export * from "./freshness.ts";
export * from "./kernel_install.ts";
export * from "./packages.ts";
export * from "./read.ts";
export * from "./strip.ts";
export * from "./write.ts";
export { injectParameters, type Parameter, type ParameterKind, parametersOf } from "./parameters.ts";
export { type RunEvent, runNotebook, type RunOptions, type RunResult } from "./run.ts";
export type { RunFailure } from "./run_failure.ts";
