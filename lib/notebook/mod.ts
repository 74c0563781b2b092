/** Jupyter notebooks: read, written, executed, checked. */
export * from "./check.ts";
export * from "./format.ts";
export * from "./read.ts";
export * from "./strip.ts";
export * from "./write.ts";
