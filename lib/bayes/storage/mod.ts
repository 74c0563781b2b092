/** Draws in a format that other tools open. */
export { writeZarr } from "./zarr.ts";
