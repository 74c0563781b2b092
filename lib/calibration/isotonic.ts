import { ensure, interpolate } from "../core/mod.ts";
import { type Calibrator, calibrator, ensureRows, type FitOptions, type Values } from "./calibrator.ts";

/** A non-decreasing function through points, straight between them and constant outside. */
export interface IsotonicFit {
  /** Ascending, the ends of each level. */
  readonly x: readonly number[];
  /** Non-decreasing, one a value of `x`. */
  readonly y: readonly number[];
}

/**
 * The non-decreasing function nearest to the points in weighted least squares, by pooling adjacent violators. Points of
 * equal x are merged to their mean first, so their order does not matter.
 *
 * @param x n values in any order.
 * @param y n values.
 * @param weights n weights of 0 or more; points without weight are left out. @default {all 1}
 * @returns The ends of each level, so that it can be drawn and saved.
 * @throws {RangeError} If a value is not finite, lengths differ, or no point has weight.
 * @see Barlow et al. 1972; ties as in scikit-learn's IsotonicRegression.
 *
 * @example
 * ```ts
 * import { fitIncreasing } from "credible/calibration";
 * const { x, y } = fitIncreasing([1, 2, 3], [0, 2, 1]);
 * if (y.join() !== "0,1.5,1.5") throw new Error("2 and 1 are pooled");
 * ```
 */
export function fitIncreasing(x: Values, y: Values, weights?: Values): IsotonicFit {
  const action = "fit an increasing function";
  ensure(y.length === x.length, action, "y", `${x.length} long`, y.length);
  ensure(!weights || weights.length === x.length, action, "weights", `${x.length} long`, weights?.length);
  const rows = Array.from(x, (_, i) => i).filter((i) => !weights || weights[i]! > 0);
  ensure(rows.length > 0, action, "the number of points with weight", "1 or more", 0);
  for (const i of rows) {
    ensure(Number.isFinite(x[i]), action, `x[${i}]`, "finite", x[i]);
    ensure(Number.isFinite(y[i]), action, `y[${i}]`, "finite", y[i]);
  }
  return ends(poolViolators(mergeTies(rows, x, y, weights)));
}

/** The value of an {@linkcode IsotonicFit} at a point. */
export function isotonicAt({ x, y }: IsotonicFit, at: number): number {
  return interpolate(x, y, at);
}

/**
 * Isotonic calibration: the observed rate as a non-decreasing function of the probability. Bends to any shape, so it
 * wants some hundreds of rows; its ends can be 0 and 1.
 *
 * @see Zadrozny & Elkan 2002, https://doi.org/10.1145/775047.775151
 */
export function fitIsotonic(probabilities: Values, labels: Values, options: FitOptions = {}): Calibrator {
  ensureRows(probabilities, labels, options.weights);
  return isotonicCalibrator(fitIncreasing(probabilities, labels, options.weights));
}

/** The calibrator of a fit. */
export function isotonicCalibrator(fit: IsotonicFit): Calibrator {
  return calibrator("isotonic", { x: fit.x, y: fit.y }, (p) => isotonicAt(fit, p));
}

/** Neighbours on one level. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly mean: number;
  readonly weight: number;
}

function mergeTies(rows: readonly number[], x: Values, y: Values, weights?: Values): Block[] {
  const blocks: Block[] = [];
  for (const i of rows.toSorted((a, b) => x[a]! - x[b]!)) {
    const own = { from: x[i]!, to: x[i]!, mean: y[i]!, weight: weights ? weights[i]! : 1 };
    const last = blocks.at(-1);
    if (last && last.from === own.from) blocks[blocks.length - 1] = join(last, own);
    else blocks.push(own);
  }
  return blocks;
}

function poolViolators(points: readonly Block[]): Block[] {
  const levels: Block[] = [];
  for (const point of points) {
    let level = point;
    while (levels.length > 0 && levels.at(-1)!.mean >= level.mean) level = join(levels.pop()!, level);
    levels.push(level);
  }
  return levels;
}

function join(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  const mean = a.mean === b.mean ? a.mean : (a.mean * a.weight + b.mean * b.weight) / weight;
  return { from: a.from, to: b.to, mean, weight };
}

function ends(levels: readonly Block[]): IsotonicFit {
  const flat = levels.flatMap(({ from, to, mean }) =>
    from === to ? [[from, mean]] : [[from, mean], [to, mean]]
  );
  return { x: flat.map(([x]) => x!), y: flat.map(([, y]) => y!) };
}
