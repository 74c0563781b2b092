import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, matrix, multiply, transpose } from "../../core/mod.ts";
import { correlatedNormal, nowhere } from "../sampler/normal_fixture.ts";
import { type Change, Curvature, dot } from "./curvature.ts";
import { pathfinder } from "./mod.ts";

/** Random changes with positive curvature, and a positive diagonal. */
function randomHistory(dim: number, length: number): { alpha: Float64Array; history: Change[] } {
  const rng = createRng(1, "history");
  const history = Array.from({ length }, () => {
    const s = rng.normals(dim), z = s.map((v, i) => v * (0.5 + i) + 0.2 * rng.normal());
    return { s, z };
  });
  assert.ok(history.every(({ s, z }) => dot(s, z) > 0));
  return { alpha: Float64Array.from({ length: dim }, () => 0.5 + rng.uniform()), history };
}

/** The dense BFGS update of an inverse Hessian, change after change (Nocedal and Wright 2006, equation 6.17). */
function denseInverse(alpha: Float64Array, history: readonly Change[]): Float64Array[] {
  const n = alpha.length;
  let h = matrix(n, n);
  alpha.forEach((v, i) => h.values[i * n + i] = v);
  for (const { s, z } of history) {
    const rho = 1 / dot(s, z), left = matrix(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) left.values[i * n + j] = Number(i === j) - rho * s[i]! * z[j]!;
    }
    h = multiply(multiply(left, h), transpose(left));
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) h.values[i * n + j]! += rho * s[i]! * s[j]!;
  }
  return Array.from({ length: n }, (_, i) => h.values.slice(i * n, (i + 1) * n));
}

for (const [dim, length] of [[9, 3], [4, 3], [2, 3], [1, 2]] as const) {
  Deno.test(`Curvature in factors is the dense BFGS update: ${length} changes in ${dim} dimensions`, () => {
    const { alpha, history } = randomHistory(dim, length);
    const curvature = Curvature.of(alpha, history)!, expected = denseInverse(alpha, history);
    expected.forEach((row, i) => {
      const unit = new Float64Array(dim);
      unit[i] = 1;
      almostEqual(curvature.apply(unit), row, 1e-9, `column ${i}`);
    });
  });
}

Deno.test("Curvature.draw() has the covariance it applies, and the density of that normal", () => {
  const { alpha, history } = randomHistory(5, 3), curvature = Curvature.of(alpha, history)!;
  // Draws of unit vectors are the columns of a root of the covariance.
  const columns = Array.from({ length: 5 }, (_, k) => {
    const unit = new Float64Array(5), out = new Float64Array(5);
    unit[k] = 1;
    curvature.draw(unit, out);
    return out;
  });
  const expected = denseInverse(alpha, history);
  expected.forEach((row, i) => {
    const ours = row.map((_, j) => columns.reduce((sum, c) => sum + c[i]! * c[j]!, 0));
    almostEqual(ours, row, 1e-9, `row ${i} of the covariance`);
  });
  const noise = createRng(2, "noise").normals(5), x = new Float64Array(5);
  const log = curvature.draw(noise, x);
  const determinant = (rows: number[][]): number =>
    rows.length === 0
      ? 1
      : rows[0]!.reduce((sum, v, j) =>
        sum + (j % 2 === 0 ? v : -v) * determinant(rows.slice(1).map((r) => r.filter((_, k) => k !== j))), 0);
  const covariance = expected.map((row) => [...row]);
  const squares = dot(noise, noise); // xᵀ Σ⁻¹ x, as x = root · noise
  almostEqual(
    log,
    -0.5 * (squares + Math.log(determinant(covariance)) + 5 * Math.log(2 * Math.PI)),
    1e-9,
    "the normal density",
  );
});

for (const paths of [1, 4]) {
  for (const [dim, rho] of [[1, 0], [2, 0.9], [5, 0.6]] as const) {
    Deno.test(`pathfinder() finds a normal: ${dim} dimensions, correlation ${rho}, ${paths} path(s)`, async () => {
      const fit = await pathfinder(correlatedNormal({ dim, rho }), { paths, seed: 4, draws: 4000 });
      assert.equal(fit.paretoK.status, "pass", fit.verdict.sentence);
      for (let i = 1; i <= dim; i++) {
        const { mean, sd } = fit.summary(dim === 1 ? "x" : `x[${i}]`);
        // A tenth of an sd for what L-BFGS has not seen of the curvature, and for draws that were drawn twice.
        almostEqual(mean, 0, { absolute: 0.1 * i }, `mean of x[${i}]`);
        almostEqual(sd, i, { absolute: 0.1 * i }, `sd of x[${i}]`);
      }
    });
  }
}

Deno.test("pathfinder() counts its paths and keeps the ELBO of each", async () => {
  const fit = await pathfinder(correlatedNormal({ dim: 4, rho: 0.5 }), { paths: 3, seed: 1 });
  assert.deepEqual([...new Set(fit.trace.map((p) => p.path))], [0, 1, 2]);
  assert.equal(fit.settled.value, 3);
  assert.equal(fit.draws, 1000);
});

Deno.test("pathfinder() gives the same bits for the same seed, and stops when told", async () => {
  const model = correlatedNormal({ dim: 4, rho: 0.5 });
  const first = await pathfinder(model, { seed: 2 }), second = await pathfinder(model, { seed: 2 });
  assert.deepEqual(first.values, second.values);
  const stopped = await pathfinder(model, { signal: AbortSignal.abort() });
  assert.equal(stopped.complete, false);
  assert.equal(stopped.draws, 0);
  assert.match(String(stopped[DISPLAY]()["text/plain"]), /stopped before its end/);
});

Deno.test("pathfinder() refuses options out of range, and a density that is nowhere finite", async () => {
  const model = correlatedNormal({ dim: 2, rho: 0 });
  await assert.rejects(() => pathfinder(model, { paths: 0 }), /paths must be an integer, 1 or more/);
  await assert.rejects(() => pathfinder(nowhere()), /no point with finite log density/);
});
