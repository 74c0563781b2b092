import assert from "node:assert/strict";
import { almostEqual, mean } from "../../core/mod.ts";
import { type GapDraws, gapFiller } from "./predict.ts";

/** Columns: intercept, a; the yes-or-no b told from a; numbers d from a and b, e from a, b and d. Nothing is scaled. */
function draws(): GapDraws {
  return {
    plan: {
      names: ["intercept", "a", "b", "d", "e"],
      features: [
        {
          kind: "states",
          name: "b",
          columns: [2],
          states: ["no", "yes"],
          values: [[0], [1]],
          regressors: [1],
        },
        { kind: "number", name: "d", columns: [3], curves: [], regressors: [1, 2] },
        { kind: "number", name: "e", columns: [4], curves: [], regressors: [1, 2, 3] },
      ],
      means: [0, 0, 0, 0, 0],
      sds: [1, 1, 1, 1, 1],
    },
    regressions: [
      {
        intercepts: [Float64Array.of(-0.3), Float64Array.of(0)],
        slopes: Float64Array.of(0.8),
        sigma: new Float64Array(0),
      },
      {
        intercepts: [Float64Array.of(0.2), Float64Array.of(0)],
        slopes: Float64Array.of(0.5, 1.2),
        sigma: Float64Array.of(0.7),
      },
      {
        intercepts: [Float64Array.of(-0.1), Float64Array.of(0)],
        slopes: Float64Array.of(-0.4, 0.6, 0.9),
        sigma: Float64Array.of(0.5),
      },
    ],
    seed: 5,
  };
}

/** Log density of the features of a row given a, written out. */
function logJoint([, a, b, d, e]: readonly number[]): number {
  const odds = -0.3 + 0.8 * a!,
    logNormal = (x: number, m: number, s: number): number => -0.5 * ((x - m) / s) ** 2;
  return (b === 1 ? -Math.log1p(Math.exp(-odds)) : -Math.log1p(Math.exp(odds))) +
    logNormal(d!, 0.2 + 0.5 * a! + 1.2 * b!, 0.7) + logNormal(e!, -0.1 - 0.4 * a! + 0.6 * b! + 0.9 * d!, 0.5);
}

/** Means of b and d, of d² and of b d by summing over a fine grid. */
function byGrid(row: readonly number[], missing: readonly number[]): number[] {
  const grid = (f: number, column: number, values: number[]): number[] =>
    missing.includes(f) ? values : [row[column]!];
  const line = Array.from({ length: 161 }, (_, i) => -6 + 12 * i / 160), sums = [0, 0, 0, 0, 0, 0];
  for (const b of grid(0, 2, [0, 1])) {
    for (const d of grid(1, 3, line)) {
      for (const e of grid(2, 4, line)) {
        const p = Math.exp(logJoint([1, row[1]!, b, d, e]));
        [1, b, d, d * d, b * d, e].forEach((v, k) => sums[k]! += p * v);
      }
    }
  }
  return sums.slice(1).map((s) => s / sums[0]!);
}

for (const missing of [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]]) {
  Deno.test(`gapFiller() draws features ${missing} from what the others say of them`, () => {
    const row = [1, 0.6, 1, -0.5, 1.4],
      fill = gapFiller(draws(), Float64Array.from(row), 0, missing),
      n = 4000;
    const filled = Array.from({ length: n }, (_, point) => [...fill(0, point)]);
    const found = [2, 3].map((k) => mean(filled.map((x) => x[k]!)));
    found.push(
      mean(filled.map((x) => x[3]! ** 2)),
      mean(filled.map((x) => x[2]! * x[3]!)),
      mean(filled.map((x) => x[4]!)),
    );
    almostEqual(found, byGrid(row, missing), 0.006, "a lattice of 4,000 points");
    filled.forEach((x) =>
      row.forEach((v, k) => assert.ok(missing.some((f) => f + 2 === k) || x[k] === v, "the rest stays"))
    );
  });
}

Deno.test("gapFiller() of a group never seen uses intercepts of its own, and rows differ in their luck", () => {
  const rows = [0, 0.001].map((a) => gapFiller(draws(), Float64Array.of(1, a, 0, 0, 0), -1, [1]));
  const [one, other] = rows.map((fill) => Array.from({ length: 2000 }, (_, point) => fill(0, point)[3]!));
  almostEqual([mean(one!), mean(other!)], [0, 0], 0.006, "d ~ N(0, 0.7), e ~ N(0.9 d, 0.5), and e is 0");
  const together = mean(one!.map((d, i) => d * other![i]!)) / mean(one!.map((d) => d * d));
  assert.ok(Math.abs(together) < 0.9, `a correlation of ${together}`);
});
