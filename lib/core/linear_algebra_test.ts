import { deepEqual, equal, throws } from "node:assert/strict";
import { almostEqual } from "./almost_equal.ts";
import {
  cholesky,
  invertCholesky,
  leastSquares,
  logDeterminant,
  multiply,
  multiplyVector,
  solveCholesky,
  transpose,
} from "./linear_algebra.ts";
import { type Matrix, matrix } from "./matrix.ts";
import { createRng } from "./rng.ts";

const rng = createRng(1, "linear-algebra-test");
const random = (rows: number, columns: number): Matrix => matrix(rows, columns, rng.normals(rows * columns));

Deno.test("multiply() and transpose() do what the definition says", () => {
  const a = matrix(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6)),
    b = matrix(3, 2, Float64Array.of(7, 8, 9, 10, 11, 12));
  deepEqual([...multiply(a, b).values], [58, 64, 139, 154]);
  deepEqual([...multiplyVector(a, [1, 0, -1])], [-2, -2]);
  deepEqual(transpose(a), matrix(3, 2, Float64Array.of(1, 4, 2, 5, 3, 6)));
  const x = random(4, 3), y = random(3, 5);
  almostEqual(
    transpose(multiply(x, y)).values,
    multiply(transpose(y), transpose(x)).values,
    1e-15,
    "rounding",
  );
  throws(() => multiply(a, a), /Cannot multiply matrices: the second must be of 3 rows, current value is 2/);
  throws(() => multiplyVector(a, [1]), /the vector must be 3 long/);
});

Deno.test("cholesky() gives back its matrix, and solves, inverts and measures it", () => {
  for (const n of [1, 2, 7, 30]) {
    const x = random(n + 5, n), m = multiply(transpose(x), x), lower = cholesky(m)!;
    almostEqual(multiply(lower, transpose(lower)).values, m.values, 1e-12, "rounding");
    const b = rng.normals(n);
    almostEqual(multiplyVector(m, solveCholesky(lower, b)), b, 1e-9, "rounding, by the condition of m");
    const identity = multiply(m, invertCholesky(lower)).values;
    almostEqual(
      identity,
      identity.map((_, at) => Number(at % (n + 1) === 0)),
      1e-9,
      "rounding, by the condition of m",
    );
  }
  almostEqual(
    logDeterminant(cholesky(matrix(2, 2, Float64Array.of(4, 2, 2, 3)))!),
    Math.log(8),
    1e-15,
    "4 · 3 − 2 · 2",
  );
});

Deno.test("cholesky() is undefined for what is not positive definite", () => {
  for (const values of [[1, 2, 2, 1], [0, 0, 0, 0], [NaN, 0, 0, 1], [1, 1, 1, 1]]) {
    equal(cholesky(matrix(2, 2, Float64Array.from(values))), undefined);
  }
  throws(() => cholesky(matrix(1, 2)), /the matrix must be square, current value is "1 × 2"/);
  throws(() => solveCholesky(matrix(2, 2), [1]), /the right side must be 2 long/);
});

Deno.test("leastSquares() leaves residuals at right angles to every column", () => {
  for (const [n, p] of [[1, 1], [6, 6], [50, 4]] as const) {
    const x = random(n, p), y = rng.normals(n), fitted = multiplyVector(x, leastSquares(x, y)!);
    const residuals = y.map((v, i) => v - fitted[i]!);
    almostEqual(multiplyVector(transpose(x), residuals), new Float64Array(p), 1e-12, "rounding");
  }
});

Deno.test("leastSquares() keeps digits that XᵀX loses", () => {
  // Läuchli's matrix: XᵀX rounds to singular in doubles.
  const e = 1e-9, x = matrix(3, 2, Float64Array.of(1, 1, e, 0, 0, e));
  equal(cholesky(multiply(transpose(x), x)), undefined);
  almostEqual(leastSquares(x, multiplyVector(x, [3, -2]))!, [3, -2], 1e-6, "condition 1e9 of 1e16");
});

Deno.test("leastSquares() is undefined for columns that follow from others", () => {
  equal(leastSquares(matrix(3, 2, Float64Array.of(1, 2, 2, 4, 3, 6)), [1, 2, 3]), undefined);
  for (let run = 0; run < 50; run++) { // to rounding: the third column is a sum of the others
    const x = random(20, 3);
    for (let i = 0; i < 20; i++) x.values[3 * i + 2] = 0.3 * x.values[3 * i]! - 1.7 * x.values[3 * i + 1]!;
    equal(leastSquares(x, new Float64Array(20)), undefined);
  }
  equal(leastSquares(matrix(2, 1), [1, 2]), undefined);
  equal(leastSquares(matrix(1, 1, Float64Array.of(NaN)), [1]), undefined);
  throws(() => leastSquares(matrix(1, 2), [1]), /x must be at least as many rows as columns/);
});
