import { cholesky, invertCholesky, type Matrix, matrix, solveCholesky } from "../../core/mod.ts";

/** Where a search ended. */
export interface Maximum {
  /** The logs of the parameters. */
  readonly at: Float64Array;
  readonly value: number;
  readonly converged: boolean;
  /** How far below the maximum the value may be, by the parabola there: ½ gᵀ H⁻¹ g. */
  readonly decrement: number;
  /** The inverse of the information over the logs, where the maximum is one. */
  readonly covariance: Matrix | undefined;
  readonly iterations: number;
}

/** A standard error of a log beyond which nothing is known: a factor of e¹⁰ either way. */
const FLAT = 10;

/**
 * The maximum of a smooth function of a few positive parameters, in their logs, by Newton's method with derivatives from
 * differences; damped where the function is not concave. Converged means: the parabola at the end is a maximum, promises less
 * than 1e-7 more, and is not so flat that a parameter may as well be 0 or infinity.
 *
 * @see Nocedal and Wright 2006, sections 3.4 and 8.1.
 */
export function maximise(f: (logs: Float64Array) => number, start: readonly number[]): Maximum {
  let at: Float64Array = Float64Array.from(start, Math.log), value = f(at);
  let damping = 1e-3, iterations = 0, decrement = Infinity;
  let lower: Matrix | undefined;
  for (; iterations < 200; iterations++) {
    const { gradient, information } = derivatives(f, at, value);
    lower = cholesky(information);
    decrement = lower ? product(gradient, solveCholesky(lower, gradient)) / 2 : Infinity;
    if (decrement < 1e-7) break;
    const next = climb(f, at, value, gradient, information, damping);
    if (!next) break;
    ({ at, value, damping } = next);
  }
  const spread = lower && invertCholesky(lower), k = at.length;
  const known = spread !== undefined && at.every((_, j) => spread.values[j * k + j]! < FLAT ** 2);
  const converged = decrement < 1e-7 && known && Number.isFinite(value);
  return { at, value, converged, decrement, covariance: converged ? spread : undefined, iterations };
}

/** A step that rises, with more damping until one does. */
function climb(
  f: (logs: Float64Array) => number,
  at: Float64Array,
  value: number,
  gradient: Float64Array,
  information: Matrix,
  damping: number,
): { at: Float64Array; value: number; damping: number } | undefined {
  const k = at.length;
  const scale = Math.max(1e-8, ...at.map((_, j) => Math.abs(information.values[j * k + j]!)));
  for (; damping < 1e8; damping *= 4) {
    const damped = matrix(k, k, information.values.slice());
    for (let j = 0; j < k; j++) damped.values[j * k + j]! += damping * scale;
    const lower = cholesky(damped);
    if (!lower) continue;
    const step = solveCholesky(lower, gradient);
    const longest = Math.max(...step.map(Math.abs));
    const next = at.map((v, j) => v + step[j]! / Math.max(1, longest)); // a factor of e at a time
    const after = f(next);
    if (after > value) return { at: next, value: after, damping: Math.max(1e-12, damping / 10) };
  }
  return undefined;
}

/** Gradient and minus the second derivatives, by central differences. */
function derivatives(
  f: (logs: Float64Array) => number,
  at: Float64Array,
  value: number,
): { gradient: Float64Array; information: Matrix } {
  const k = at.length, fine = 1e-4, wide = 1e-3;
  const moved = (...moves: readonly (readonly [number, number])[]): number => {
    const next = at.slice();
    for (const [j, by] of moves) next[j]! += by;
    return f(next);
  };
  const gradient = at.map((_, j) => (moved([j, fine]) - moved([j, -fine])) / (2 * fine));
  const information = matrix(k, k);
  for (let a = 0; a < k; a++) {
    information.values[a * k + a] = (2 * value - moved([a, wide]) - moved([a, -wide])) / wide ** 2;
    for (let b = 0; b < a; b++) {
      const bent = moved([a, wide], [b, wide]) - moved([a, wide], [b, -wide]) - moved([a, -wide], [b, wide]) +
        moved([a, -wide], [b, -wide]);
      information.values[a * k + b] = information.values[b * k + a] = -bent / (4 * wide ** 2);
    }
  }
  return { gradient, information };
}

function product(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0);
}
