import { createRng, ensure, type Matrix, matrix, row } from "../../core/mod.ts";
import { shiftWeights } from "../../conformal/mod.ts";
import { boost, predict } from "../../trees/mod.ts";

/** Rows and whose they are. */
export interface UserRows {
  /** n rows; NaN is missing. */
  readonly features: Matrix;
  /** n users. */
  readonly users: ArrayLike<number>;
}

/** Options of {@linkcode densityRatios}. */
export interface DensityRatioOptions {
  /** Of the halves. */
  readonly seed: number;
  /** Rounds of the classifier. @default {40} */
  readonly rounds?: number;
  /** Most leaves of a tree of it. @default {8} */
  readonly leaves?: number;
}

/** How much more often a row occurs among those to predict than among those of calibration. */
export interface DensityRatios {
  /** One a calibration row. */
  readonly calibration: Float64Array;
  /** One a row to predict. */
  readonly target: Float64Array;
}

/**
 * Likelihood ratios between rows to predict and calibration rows, by a classifier that tells the two apart: no row's ratio comes from a
 * classifier that saw the row or another one of its user. Users are dealt into two halves, each half weighted by the classifier of the other.
 *
 * They put right what changed about **who comes** (covariate shift). What changed about how the same customer spends they cannot see.
 *
 * @throws {RangeError} If the columns differ, or a half has no rows of one kind.
 * @see Tibshirani et al. 2019, https://arxiv.org/abs/1904.06019, section 2.3
 *
 * @example
 * ```ts
 * import { createRng, matrix } from "credible/core";
 * import { densityRatios } from "credible/ltv";
 * const rng = createRng(7, "example");
 * const rows = (n: number, shift: number) => ({
 *   features: matrix(n, 1, rng.normals(n).map((x) => x + shift)),
 *   users: Array.from({ length: n }, (_, i) => i),
 * });
 * const { calibration } = densityRatios(rows(400, 0), rows(400, 1), { seed: 7 }); // large where the feature is large
 * ```
 */
export function densityRatios(
  calibration: UserRows,
  target: UserRows,
  options: DensityRatioOptions,
): DensityRatios {
  const { seed, rounds = 40, leaves = 8 } = options, action = "estimate likelihood ratios";
  const columns = calibration.features.columns;
  ensure(
    target.features.columns === columns,
    action,
    "target",
    `of ${columns} columns`,
    target.features.columns,
  );
  const half = halves([...Array.from(calibration.users), ...Array.from(target.users)], seed);
  const sides = [calibration, target].map(({ features }, kind) => {
    const start = kind * calibration.features.rows;
    return [0, 1].map((h) => rowsWhere(features.rows, (i) => half[start + i] === h));
  });
  const ratios = [calibration, target].map(({ features }) => new Float64Array(features.rows));
  for (const h of [0, 1]) {
    const learn = sides.map((side) => side[1 - h]!);
    learn.forEach((rows, kind) => {
      ensure(
        rows.length > 0,
        action,
        kind === 0 ? "calibration" : "target",
        "rows of two or more users",
        "fewer",
      );
    });
    const x = stack([[calibration.features, learn[0]!], [target.features, learn[1]!]]);
    const y = Float64Array.from({ length: x.rows }, (_, i) => Number(i >= learn[0]!.length));
    const forest = boost(x, y, { rounds, leaves, learningRate: 0.1, l2: 1, seed });
    const share = learn[1]!.length / x.rows;
    [calibration, target].forEach(({ features }, kind) => {
      const judged = sides[kind]![h]!;
      if (judged.length === 0) return;
      const weights = shiftWeights(predict(forest, stack([[features, judged]])).values, share);
      judged.forEach((i, k) => ratios[kind]![i] = weights[k]!);
    });
  }
  return { calibration: ratios[0]!, target: ratios[1]! };
}

/** The half, 0 or 1, of each row's user. */
function halves(users: readonly number[], seed: number): Uint8Array {
  const rng = createRng(seed, "density-ratio-halves");
  const all = rng.shuffle([...new Set(users)].sort((a, b) => a - b));
  const second = new Set(all.slice(0, Math.floor(all.length / 2)));
  return Uint8Array.from(users, (user) => Number(second.has(user)));
}

function rowsWhere(n: number, keep: (i: number) => boolean): number[] {
  return Array.from({ length: n }, (_, i) => i).filter(keep);
}

/** The given rows of several matrices, one after another. */
function stack(parts: readonly (readonly [Matrix, readonly number[]])[]): Matrix {
  const columns = parts[0]![0].columns;
  const all = matrix(parts.reduce((n, [, rows]) => n + rows.length, 0), columns);
  let to = 0;
  for (const [from, rows] of parts) for (const i of rows) all.values.set(row(from, i), columns * to++);
  return all;
}
