/** Jupyter notebooks: read, written, executed, checked. */
export * from "./format.ts";
export * from "./read.ts";
export * from "./write.ts";
