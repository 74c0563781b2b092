import assert from "node:assert/strict";
import { almostEqual, createRng, matrix, row } from "../../core/mod.ts";
import { compileKernel } from "../../core/compile_kernel.ts";
import type { GroupedRows } from "./likelihood.ts";
import { logisticLikelihood } from "./logistic.ts";

function simulate(rows: number, columns: number, groups: number, seed: number): GroupedRows {
  const rng = createRng(seed, "logistic rows");
  const x = { rows, columns, values: rng.normals(rows * columns) };
  const group = Int32Array.from({ length: rows }, () => rng.integer(groups));
  return {
    x,
    group,
    groups,
    y: Float64Array.from({ length: rows }, () => rng.integer(2)),
    offset: rng.normals(rows),
  };
}

/** The likelihood as the textbook has it, row by row. */
function oracle(
  { x, y, group, groups, offset }: GroupedRows,
  beta: Float64Array,
): { log: number; gradient: Float64Array } {
  const gradient = new Float64Array(groups * x.columns);
  let log = 0;
  for (let i = 0; i < x.rows; i++) {
    const values = row(x, i), base = group[i]! * x.columns;
    const eta = values.reduce((sum, v, k) => sum + v * beta[base + k]!, offset?.[i] ?? 0);
    const m = y[i] === 1 ? eta : -eta;
    log += Math.min(m, 0) - Math.log1p(Math.exp(-Math.abs(m)));
    const p = eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta));
    values.forEach((v, k) => gradient[base + k]! += (y[i]! - p) * v);
  }
  return { log, gradient };
}

for (
  const [rows, columns, groups] of [[1, 1, 1], [7, 3, 1], [8, 2, 2], [100, 11, 10], [2001, 5, 3], [50, 1, 40]]
) {
  Deno.test(`logisticLikelihood() equals the row-by-row form: ${rows} rows, ${columns} columns, ${groups} groups`, () => {
    const data = simulate(rows!, columns!, groups!, 3);
    const likelihood = logisticLikelihood(data);
    const rng = createRng(4, "coefficients");
    for (const scale of [0, 0.1, 1, 10, 300]) {
      likelihood.beta.set(rng.normals(groups! * columns!).map((z) => z * scale));
      const expected = oracle(data, likelihood.beta);
      almostEqual(
        likelihood.evaluate(),
        expected.log,
        { relative: 1e-12, absolute: 1e-12 },
        "rounding of sums",
      );
      almostEqual(
        likelihood.gradient,
        expected.gradient,
        { relative: 1e-11, absolute: 1e-11 },
        "rounding of sums",
      );
    }
  });
}

Deno.test("logisticLikelihood() is right at |eta| from 0 to 2,000, one row at a time", () => {
  const x = matrix(1, 1, Float64Array.of(1));
  for (const y of [0, 1]) {
    const likelihood = logisticLikelihood({ x, y: Float64Array.of(y), group: Int32Array.of(0), groups: 1 });
    for (const size of [0, 1e-300, 1e-9, 0.3, 0.7, 20, 36, 37, 700, 708, 709, 746, 2000]) {
      for (const eta of [size, -size]) {
        likelihood.beta[0] = eta;
        const m = y === 1 ? eta : -eta;
        const log = Math.min(m, 0) - Math.log1p(Math.exp(-Math.abs(m)));
        almostEqual(
          likelihood.evaluate(),
          log,
          { relative: 7e-16, absolute: 8e-15 },
          `rounding of eta at ${eta}`,
        );
        const p = m >= 0 ? Math.exp(-m) / (1 + Math.exp(-m)) : 1 / (1 + Math.exp(m));
        almostEqual(
          likelihood.gradient[0]!,
          y === 1 ? p : -p,
          { relative: 4e-16 * (2 + size), absolute: 1e-18 },
          `rounding of eta at ${eta}`,
        );
      }
    }
  }
});

Deno.test("logisticLikelihood() lets what is not finite through as such, never as a number", () => {
  const likelihood = logisticLikelihood(simulate(20, 2, 1, 1));
  likelihood.beta.set([NaN, 1]);
  assert.ok(Number.isNaN(likelihood.evaluate()));
  likelihood.beta.set([Infinity, 1]);
  assert.ok(!Number.isFinite(likelihood.evaluate()));
});

Deno.test("logisticLikelihood() refuses shapes and values that are wrong, by name", () => {
  const good = simulate(4, 2, 2, 1);
  assert.throws(
    () => logisticLikelihood({ ...good, y: Float64Array.of(0, 1, 2, 1) }),
    /y\[2\] must be 0 or 1/,
  );
  assert.throws(
    () => logisticLikelihood({ ...good, group: Int32Array.of(0, 1, 2, 1) }),
    /group\[2\] must be in 0 to 1/,
  );
  const hole = matrix(4, 2, Float64Array.of(1, 2, 3, NaN, 5, 6, 7, 8));
  assert.throws(
    () => logisticLikelihood({ ...good, x: hole }),
    /x\[1, 1\] must be finite, current value is NaN/,
  );
});

Deno.test("logistic.wasm is what logistic.as.ts compiles to, byte for byte", async () => {
  const committed = await Deno.readFile(new URL("./logistic.wasm", import.meta.url));
  assert.deepEqual(await compileKernel(new URL("./logistic.as.ts", import.meta.url)), committed);
});
