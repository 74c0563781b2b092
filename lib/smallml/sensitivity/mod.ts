/**
 * What becomes of order, coverage and set size when one thing at a time is changed, in made-up worlds of known truth.
 *
 * @module
 */
export {
  BASE,
  type Factor,
  GRID,
  pointsOf,
  runSensitivity,
  type SensitivityOptions,
  type SensitivityPoint,
} from "./grid.ts";
export { type LabelCoverage, runWorld, type SensitivityRun } from "./run.ts";
export { type Circumstances, drawWorld, type World } from "./world.ts";
