import assert from "node:assert/strict";
import { almostEqual, createRng, expit, mean, variance } from "../../core/mod.ts";
import type { DesignRows } from "./design.ts";
import { ThinnedDraws } from "./thinned_draws.ts";

const ROWS = 5, COLUMNS = 3;

/** Two groups and one never seen, with rows whose predictors are far from 0 or near it. */
function simulate(count: number, scale: number): { draws: ThinnedDraws; rows: DesignRows } {
  const rng = createRng(count, "thinned draws");
  const coefficients = [0, 1, 2].map(() => rng.normals(COLUMNS * count).map((z) => scale * z));
  const rows = {
    x: { rows: ROWS, columns: COLUMNS, values: rng.normals(ROWS * COLUMNS) },
    group: Int32Array.of(0, 1, -1, 1, 0),
    offset: rng.normals(ROWS),
  };
  return { draws: new ThinnedDraws({ count, columns: COLUMNS, coefficients, parameters: [] }), rows };
}

/** The linear predictor under one draw after another. */
function oracle(
  { coefficients, count }: ThinnedDraws,
  { x, group, offset }: DesignRows,
  row: number,
): Float64Array {
  const own = coefficients.at(group[row]!)!;
  return Float64Array.from({ length: count }, (_, d) => {
    let eta = offset![row]!;
    for (let k = 0; k < COLUMNS; k++) eta += x.values[row * COLUMNS + k]! * own[k * count + d]!;
    return eta;
  });
}

for (const count of [1, 2, 7, 8, 9, 400]) {
  Deno.test(`ThinnedDraws.linear() has the bits of a sum over coefficients: ${count} draws`, () => {
    const { draws, rows } = simulate(count, 1), eta = new Float64Array(count);
    for (let i = 0; i < ROWS; i++) {
      draws.linear(rows, i, eta);
      assert.deepEqual(eta, oracle(draws, rows, i));
    }
  });

  Deno.test(`ThinnedDraws.probability() has the moments of the definition: ${count} draws`, () => {
    for (const scale of [1e-4, 1, 30, 2000]) {
      const { draws, rows } = simulate(count, scale);
      for (let i = 0; i < ROWS; i++) {
        const eta = oracle(draws, rows, i), p = eta.map(expit), found = draws.probability(rows, i);
        const rounding = { relative: 1e-13 * (1 + scale), absolute: 1e-300 };
        almostEqual(found.mean, mean(p), rounding, "mean");
        almostEqual(found.noise, mean(p.map((v, d) => v * expit(-eta[d]!))), rounding, "noise");
        const spread = count === 1 ? 0 : variance(p, 0);
        almostEqual(
          found.notKnowing,
          spread,
          { relative: 1e-9 * (1 + scale), absolute: 1e-32 },
          "not knowing",
        );
      }
    }
  });
}
