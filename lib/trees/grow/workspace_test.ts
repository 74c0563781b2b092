import assert from "node:assert/strict";
import { almostEqual, createRng, type Matrix, matrix } from "../../core/mod.ts";
import { compiledBeside, compileKernel } from "../../core/compile_kernel.ts";
import { fitBins } from "./bins.ts";
import { Workspace } from "./workspace.ts";

Deno.test("kernel.wasm is what kernel.as.ts compiles to, byte for byte", async () => {
  const source = new URL("./kernel.as.ts", import.meta.url);
  assert.deepEqual(await Deno.readFile(compiledBeside(source)), await compileKernel(source));
});

/** Rows with missing values, repeated values and a constant column, and gradients to go with them. */
function example(rows: number, seed: number): { space: Workspace; values: Matrix } {
  const rng = createRng(seed, "workspace-test");
  const values = matrix(rows, 4);
  for (let i = 0; i < rows; i++) {
    values.values.set(
      [rng.normal(), rng.integer(5), rng.uniform() < 0.2 ? NaN : rng.exponential(), 7],
      4 * i,
    );
  }
  const space = new Workspace(values, fitBins(values, 0), 4);
  for (let i = 0; i < rows; i++) {
    space.order[i] = i;
    space.gradient[i] = rng.normal();
    space.hessian[i] = 0.05 + rng.uniform();
  }
  space.packGradients();
  return { space, values };
}

interface Side {
  g: number;
  h: number;
}

/** Every cut of every feature in plain arithmetic: those allowed, the best score first. */
function bestByTrying({ space, values }: ReturnType<typeof example>, lambda: number, least: number): number {
  const drawn = (g: number): number => Math.sign(g) * Math.max(0, Math.abs(g) - space.l1);
  const score = ({ g, h }: Side): number => h + lambda > 0 ? drawn(g) ** 2 / (h + lambda) : 0;
  let best = 0;
  space.bins.cuts.forEach((cuts, f) => {
    for (const threshold of [...cuts, Infinity]) {
      for (const missingLeft of [false, true]) {
        const [left, right]: [Side, Side] = [{ g: 0, h: 0 }, { g: 0, h: 0 }];
        for (let i = 0; i < values.rows; i++) {
          const value = values.values[4 * i + f]!;
          const side = (Number.isNaN(value) ? missingLeft : value <= threshold) ? left : right;
          side.g += space.gradient[i]!;
          side.h += space.hessian[i]!;
        }
        if (left.h >= least && right.h >= least) best = Math.max(best, score(left) + score(right));
      }
    }
  });
  return best;
}

Deno.test("bestCut() finds the score that trying every cut finds", () => {
  for (let seed = 0; seed < 20; seed++) {
    const one = example(30 + 17 * seed, seed);
    one.space.l1 = 2 * (seed % 2);
    one.space.histogram({ begin: 0, end: one.space.rows }, 0);
    const total = one.space.totalOf(0);
    const [lambda, least] = [seed % 3, 0.5 * (seed % 4)];
    const cut = one.space.bestCut(0, total, lambda, least);
    // Fixed point keeps about 9 digits here.
    almostEqual(
      cut?.score ?? 0,
      bestByTrying(one, lambda, least),
      { relative: 1e-6 },
      "rounding of fixed point",
    );
  }
});

Deno.test("bestSharedCut() on one node finds the same score", () => {
  const one = example(200, 3);
  one.space.histogram({ begin: 0, end: 200 }, 0);
  const cut = one.space.bestSharedCut([{ slot: 0, total: one.space.totalOf(0) }], 1);
  almostEqual(cut!.score, bestByTrying(one, 1, 0), { relative: 1e-6 }, "rounding of fixed point");
});

Deno.test("part() keeps both sides in order and agrees with the thresholds", () => {
  const { space, values } = example(300, 5);
  for (const missingLeft of [false, true]) {
    for (let i = 0; i < 300; i++) space.order[i] = i;
    const cut = { feature: 2, bin: 100, missingLeft };
    const middle = space.part({ begin: 0, end: 300 }, cut);
    const threshold = space.bins.cuts[2]![99]!;
    const expected = Array.from({ length: 300 }, (_, i) => i).filter((i) => {
      const value = values.values[4 * i + 2]!;
      return Number.isNaN(value) ? missingLeft : value <= threshold;
    });
    assert.deepEqual([...space.order.subarray(0, middle)], expected);
    assert.deepEqual(
      [...space.order.subarray(middle)],
      [...space.order.subarray(middle)].toSorted((a, b) => a - b),
    );
  }
});

Deno.test("subtract() gives the sibling's histogram to the last bit", () => {
  const { space } = example(500, 8);
  space.histogram({ begin: 0, end: 500 }, 0);
  const middle = space.part({ begin: 0, end: 500 }, { feature: 0, bin: 60, missingLeft: false });
  space.histogram({ begin: 0, end: middle }, 1);
  space.histogram({ begin: middle, end: 500 }, 2);
  space.subtract(0, 1, 3);
  assert.deepEqual(space.bestCut(3, space.totalOf(3), 1, 0), space.bestCut(2, space.totalOf(2), 1, 0));
  assert.equal(space.totalOf(3), space.totalOf(2));
});

Deno.test("fitBins() cuts between distinct values where they are few, and evenly where they are many", () => {
  const few = fitBins(matrix(6, 1, Float64Array.of(1, 2, 2, NaN, 4, 4)), 0);
  assert.deepEqual([...few.cuts[0]!], [1.5, 3]);
  assert.deepEqual([...few.counts], [4]);
  const many = fitBins(matrix(10_000, 1, createRng(1, "many").uniforms(10_000)), 0);
  assert.equal(many.counts[0], 256);
  almostEqual(many.cuts[0]![126]!, 0.5, 0.03, "the middle of uniform values; five standard errors are 0.025");
  assert.throws(() => new Workspace(matrix(2, 1, Float64Array.of(1, Infinity)), few, 1), /finite or NaN/);
});
