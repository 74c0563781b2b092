/** Probabilities that mean what they say: fitting maps that repair them, and judging them. */
export * from "./isotonic.ts";
export type { Calibrator, CalibratorJson, CalibratorMethod, FitOptions, Values } from "./calibrator.ts";
