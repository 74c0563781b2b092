import { cholesky, createRng, ensure, type Matrix, matrix, type Rng, solveCholesky } from "../../core/mod.ts";
import { normalQuantile } from "../diagnostics/normal_quantile.ts";
import { evaluateSpline } from "../fit/spline.ts";
import { logSoftmax } from "../likelihood/multinomial.ts";
import type { Posterior } from "../sampler/posterior.ts";
import {
  countWays,
  type GapPlan,
  LEVEL_SD,
  MOST_WAYS,
  type NumberFeature,
  stateOf,
  touchedBy,
  waysToFill,
} from "./plan.ts";

/** The regressions of all features with gaps under some draws. */
export interface GapDraws {
  readonly plan: GapPlan;
  /** In the order of the plan. */
  readonly regressions: readonly GapRegression[];
  /** Names the streams of random numbers. */
  readonly seed: number;
}

/** One feature's regression under some draws. */
interface GapRegression {
  /** By group, and last for a group never seen: `[draw][output]`. */
  readonly intercepts: readonly Float64Array[];
  /** `[draw][output][regressor]`. */
  readonly slopes: Float64Array;
  /** Standard deviation of a number around its mean, by draw; empty for a feature of few values. */
  readonly sigma: Float64Array;
}

/** Reads the regressions of a fit at some draws, counted through all chains. */
export function thinGaps(
  posterior: Posterior,
  plan: GapPlan,
  groups: readonly string[],
  kept: readonly number[],
): GapDraws {
  const positions = new Map(posterior.quantities.map((name, i) => [name, i])),
    width = posterior.quantities.length;
  const rng = createRng(posterior.seed, "gaps of a group never seen");
  const regressions = plan.features.map((feature): GapRegression => {
    const read = (name: string): Float64Array => {
      const at = positions.get(`${feature.name} ~ ${name}`)!;
      return Float64Array.from(kept, (draw) => posterior.values[draw * width + at]!);
    };
    const outputs = feature.kind === "states" && feature.states.length > 2
      ? feature.states.slice(1).map((state) => `,${state}`)
      : [""];
    const byDraw = (columns: readonly Float64Array[]): Float64Array =>
      Float64Array.from(kept.flatMap((_, d) => columns.map((column) => column[d]!)));
    const varies = groups.length > 1;
    return {
      intercepts: [
        ...groups.map((group) => byDraw(outputs.map((output) => read(`beta[${group},intercept${output}]`)))),
        byDraw(outputs.map((output) => {
          const mu = read(`mu[intercept${output}]`);
          return varies ? mu.map((m) => m + LEVEL_SD * rng.normal()) : mu;
        })),
      ],
      slopes: byDraw(
        outputs.flatMap((output) => feature.regressors.map((k) => read(`mu[${plan.names[k]}${output}]`))),
      ),
      sigma: feature.kind === "number" ? read("sigma") : new Float64Array(0),
    };
  });
  return { plan, regressions, seed: posterior.seed };
}

/** Fills the gaps of one row under one draw; `point` says which of many fillings. The array is used again. */
export type GapFiller = (draw: number, point: number) => Float64Array;

/**
 * How the gaps of a row are filled: by draws from what its other features say of them, not by one best guess. The points of a
 * row are spread evenly (a shifted lattice), so that averages over a few hundred are close; rows differ in the shift.
 *
 * @param x The row; its missing columns hold anything.
 * @param group Position of its group; −1 for one never seen.
 * @throws {RangeError} If the row can be filled in more than 64 ways.
 * @see Roberts 2018, The unreasonable effectiveness of quasirandom sequences, for the lattice
 */
export function gapFiller(
  { plan, regressions, seed }: GapDraws,
  x: Float64Array,
  group: number,
  missing: readonly number[],
): GapFiller {
  const { features, means, sds } = plan, count = countWays(plan, missing);
  ensure(
    count <= MOST_WAYS,
    "predict",
    "the ways to fill a row",
    `at most ${MOST_WAYS}, such as 6 yes or no`,
    count,
  );
  const ways = waysToFill(plan, missing), touched = touchedBy(plan, missing);
  const hidden = missing.filter((f) => features[f]!.kind === "number");
  const rows = touched.filter((f) => features[f]!.kind === "number"), m = hidden.length;
  const filled = x.slice(), scaled = x.map((v, k) => (v - means[k]!) / sds[k]!);
  const logs = new Float64Array(ways.length), centres = ways.map(() => new Float64Array(m));
  const normal = { matrix: matrix(m, m), right: new Float64Array(m), row: new Float64Array(m) };
  const uniform = shiftedLattice(1 + m, createRng(seed, "gaps of a row", hashOf(x)));
  const placeOf = new Map(hidden.map((f, h) => [features[f]!.columns[0]!, h]));

  const setState = (f: number, state: number): void => {
    const feature = features[f]!;
    if (feature.kind !== "states") return;
    feature.columns.forEach((k, c) => {
      filled[k] = feature.values[state]![c]!;
      scaled[k] = (filled[k]! - means[k]!) / sds[k]!;
    });
  };

  function predict(f: number, output: number, outputs: number, draw: number): number {
    const { intercepts, slopes } = regressions[f]!, { regressors } = features[f]!;
    let sum = intercepts[group < 0 ? intercepts.length - 1 : group]![draw * outputs + output]!;
    const base = (draw * outputs + output) * regressors.length;
    regressors.forEach((k, r) => sum += placeOf.has(k) ? 0 : slopes[base + r]! * scaled[k]!);
    return sum;
  }

  /** The row of the least-squares problem that number feature `f` makes for the hidden numbers, and its right side. */
  function equation(f: number, draw: number, out: Float64Array): number {
    const { slopes, sigma } = regressions[f]!, { regressors, columns } = features[f]!, s = sigma[draw]!;
    const own = placeOf.get(columns[0]!), centre = predict(f, 0, 1, draw), sign = own === undefined ? 1 : -1;
    out.fill(0);
    regressors.forEach((k, r) => {
      const place = placeOf.get(k);
      if (place !== undefined) out[place] = sign * slopes[draw * regressors.length + r]! / s;
    });
    if (own === undefined) return (scaled[columns[0]!]! - centre) / s;
    out[own] = 1 / s;
    return centre / s;
  }

  return (draw, point) => {
    let lower = normal.matrix;
    ways.forEach((way, w) => {
      let log = 0, next = 0;
      for (const f of touched) {
        const feature = features[f]!;
        if (feature.kind !== "states") continue;
        const isMissing = missing.includes(f), state = isMissing ? way[next++]! : stateOf(feature, x, 0);
        if (isMissing) setState(f, state);
        const outputs = feature.states.length - 1;
        log += logSoftmax(
          Float64Array.from({ length: outputs }, (_, o) => predict(f, o, outputs, draw)),
          state,
        );
      }
      const squares = accumulate(normal, rows.length, (r, out) => equation(rows[r]!, draw, out));
      if (w === 0 && m > 0) lower = cholesky(normal.matrix)!; // the same for all ways
      const centre = m > 0 ? solveCholesky(lower, normal.right) : normal.right;
      log -= 0.5 * (squares - centre.reduce((sum, c, h) => sum + c * normal.right[h]!, 0));
      centres[w]!.set(centre);
      logs[w] = log;
    });
    const way = categorical(logs, uniform(0, point));
    let next = 0;
    for (const f of touched) {
      if (missing.includes(f) && features[f]!.kind === "states") setState(f, ways[way]![next++]!);
    }
    if (m > 0) {
      const z = Float64Array.from({ length: m }, (_, h) => normalQuantile(uniform(1 + h, point)));
      solveUpper(lower.values, z);
      hidden.forEach((f, h) => setNumber(features[f] as NumberFeature, centres[way]![h]! + z[h]!));
    }
    return filled;
  };

  function setNumber({ columns, curves }: NumberFeature, value: number): void {
    const k = columns[0]!;
    filled[k] = means[k]! + sds[k]! * value;
    curves.forEach((curve, c) => filled[columns[c + 1]!] = evaluateSpline(curve, filled[k]!));
  }
}

/** Normal equations, filled again and again. */
interface NormalEquations {
  readonly matrix: Matrix;
  readonly right: Float64Array;
  readonly row: Float64Array;
}

/** Writes CᵀC and Cᵀr of equations C t = r, given row by row; returns rᵀr. */
function accumulate(
  { matrix: { values }, right, row }: NormalEquations,
  rows: number,
  equation: (row: number, out: Float64Array) => number,
): number {
  const unknowns = right.length;
  values.fill(0);
  right.fill(0);
  let squares = 0;
  for (let r = 0; r < rows; r++) {
    const value = equation(r, row);
    squares += value * value;
    for (let i = 0; i < unknowns; i++) {
      right[i]! += row[i]! * value;
      for (let j = 0; j < unknowns; j++) values[i * unknowns + j]! += row[i]! * row[j]!;
    }
  }
  return squares;
}

/** Solves Lᵀ x = z in place. */
function solveUpper(lower: Float64Array, z: Float64Array): void {
  const n = z.length;
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) z[i]! -= lower[k * n + i]! * z[k]!;
    z[i]! /= lower[i * n + i]!;
  }
}

/** The position whose share of the exponentials holds `u`. */
function categorical(logs: Float64Array, u: number): number {
  const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = logs.map((log) => Math.exp(log - largest));
  let left = u * shares.reduce((a, b) => a + b, 0);
  for (let i = 0; i < shares.length - 1; i++) {
    left -= shares[i]!;
    if (left < 0) return i;
  }
  return shares.length - 1;
}

/** Coordinates of the points of a lattice in the unit cube, shifted at random. */
function shiftedLattice(
  dimensions: number,
  rng: Rng,
): (dimension: number, point: number) => number {
  let root = 2; // of x^(d + 1) = x + 1
  for (let i = 0; i < 60; i++) root = (1 + root) ** (1 / (dimensions + 1));
  const steps = Array.from({ length: dimensions }, (_, j) => root ** -(j + 1)),
    shifts = rng.uniforms(dimensions);
  return (dimension, point) => (shifts[dimension]! + point * steps[dimension]!) % 1 || Number.MIN_VALUE;
}

/** A number from the bits of a row (FNV-1a). */
function hashOf(x: Float64Array): number {
  const words = new Uint32Array(x.slice().buffer);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) >>> 0;
  return hash;
}
