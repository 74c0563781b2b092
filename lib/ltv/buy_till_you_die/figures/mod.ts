/** Pictures of when customers buy. */
export * from "./alive_figure.ts";
export * from "./calibration_figure.ts";
export * from "./timeline_figure.ts";
export * from "./tracking.ts";
