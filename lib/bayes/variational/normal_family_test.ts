import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { FullRank } from "./full_rank.ts";
import { MeanField } from "./mean_field.ts";
import { logNormalDensity, type NormalFamily } from "./normal_family.ts";

/** L as rows, read off by transforming unit vectors. */
function dense(q: NormalFamily): number[][] {
  const unit = new Float64Array(q.dim), z = new Float64Array(q.dim);
  const columns = Array.from({ length: q.dim }, (_, j) => {
    unit.fill(0);
    unit[j] = 1;
    q.transform(unit, z);
    return Array.from(z, (v, i) => v - q.mean[i]!);
  });
  return columns[0]!.map((_, i) => columns.map((c) => c[i]!));
}

function families(): NormalFamily[] {
  const rng = createRng(1, "families"), mean = rng.normals(4);
  const lower = rng.normals(10);
  for (const i of [0, 2, 5, 9]) lower[i] = 0.5 + Math.abs(lower[i]!);
  return [new MeanField(mean, Float64Array.of(0.5, 2, 1, 3)), new FullRank(mean, lower)];
}

for (const q of families()) {
  const name = q.constructor.name;

  Deno.test(`${name}.pullBack() is the transpose of transform()`, () => {
    const rng = createRng(2, "adjoint"), g = rng.normals(4), noise = rng.normals(4);
    const z = new Float64Array(4), back = new Float64Array(4);
    q.transform(noise, z);
    q.pullBack(g, back);
    const there = g.reduce((sum, v, i) => sum + v * (z[i]! - q.mean[i]!), 0);
    almostEqual(noise.reduce((sum, e, i) => sum + e * back[i]!, 0), there, 1e-12, "rounding");
  });

  Deno.test(`${name}.move() multiplies L from the right, as the dense product says`, () => {
    const rng = createRng(3, "move"), shift = rng.normals(4), stretch = rng.normals(4).map((v) => 0.3 * v);
    const noise = rng.normals(4), before = dense(q), moved = q.copy();
    moved.move(shift, stretch, noise);
    const a = before.map((_, i) =>
      before.map((_, j) => i === j ? Math.exp(stretch[i]! * noise[i]!) : i > j ? stretch[i]! * noise[j]! : 0)
    );
    const independent = name === "MeanField";
    const expected = before.map((row, i) =>
      row.map((_, j) =>
        row.reduce((sum, l, k) => sum + l * (independent && k !== j ? 0 : a[k]![j]!), 0) *
        (independent && i !== j ? 0 : 1)
      )
    );
    dense(moved).forEach((row, i) => almostEqual(row, expected[i]!, 1e-12, `row ${i}`));
    const means = Float64Array.from(
      before,
      (row, i) => q.mean[i]! + row.reduce((s, l, k) => s + l * shift[k]!, 0),
    );
    almostEqual(moved.mean, means, 1e-12, "the mean moves by L times the shift");
  });

  Deno.test(`${name}.divergence() is the mean of the log ratio under the first`, () => {
    const rng = createRng(4, "divergence"), other = q.copy();
    other.move(rng.normals(4).map((v) => 0.2 * v), rng.normals(4).map((v) => 0.1 * v), rng.normals(4));
    assert.equal(q.divergence(q), 0);
    // log q − log other at draws of q, by the quadratic form of each.
    const z = new Float64Array(4),
      inverse = (l: number[][], d: number[]): number[] => {
        const x: number[] = [];
        d.forEach((v, i) => x.push((v - x.reduce((s, w, k) => s + l[i]![k]! * w, 0)) / l[i]![i]!));
        return x;
      };
    const l = dense(other), runs = 40_000;
    let sum = 0, squares = 0;
    for (let r = 0; r < runs; r++) {
      const noise = rng.normals(4);
      q.transform(noise, z);
      const theirs = Float64Array.from(inverse(l, Array.from(z, (v, i) => v - other.mean[i]!)));
      const ratio = logNormalDensity(q, noise) - logNormalDensity(other, theirs);
      sum += ratio;
      squares += ratio * ratio;
    }
    const mean = sum / runs, error = Math.sqrt((squares / runs - mean * mean) / runs);
    almostEqual(q.divergence(other), mean, { absolute: 5 * error }, "five standard errors");
  });
}
