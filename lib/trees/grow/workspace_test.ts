import assert from "node:assert/strict";
import { almostEqual, createRng, type Matrix, matrix } from "../../core/mod.ts";
import { compiledBeside, compileKernel } from "../../core/compile_kernel.ts";
import { logistic } from "../losses.ts";
import { fitBins } from "./bins.ts";
import { type Room, Workspace } from "./workspace.ts";

Deno.test("kernel.wasm is what kernel.as.ts compiles to, byte for byte", async () => {
  const source = new URL("./kernel.as.ts", import.meta.url);
  assert.deepEqual(await Deno.readFile(compiledBeside(source)), await compileKernel(source));
});

/** Rows with missing values, repeated values and a constant column, and gradients to go with them. */
function example(rows: number, seed: number, room: Partial<Room> = {}): { space: Workspace; values: Matrix } {
  const rng = createRng(seed, "workspace-test");
  const values = matrix(rows, 4);
  for (let i = 0; i < rows; i++) {
    values.values.set(
      [rng.normal(), rng.integer(5), rng.uniform() < 0.2 ? NaN : rng.exponential(), 7],
      4 * i,
    );
  }
  const space = new Workspace(values, fitBins(values, 0), { slots: 4, ...room });
  for (let i = 0; i < rows; i++) {
    space.gradient[i] = rng.normal();
    space.hessian[i] = 0.05 + rng.uniform();
  }
  space.begin();
  space.packGradients();
  return { space, values };
}

interface Side {
  g: number;
  h: number;
}

/** Every cut of every feature in plain arithmetic: those allowed, the best score first. */
function bestByTrying(
  { space, values }: ReturnType<typeof example>,
  lambda: number,
  least: number,
  groups: readonly Iterable<number>[] = [space.rowsIn(0)],
): number {
  const drawn = (g: number): number => Math.sign(g) * Math.max(0, Math.abs(g) - space.histograms.l1);
  const score = ({ g, h }: Side): number => h + lambda > 0 ? drawn(g) ** 2 / (h + lambda) : 0;
  let best = 0;
  space.bins.cuts.forEach((cuts, f) => {
    for (const threshold of [...cuts, Infinity]) {
      for (const missingLeft of [false, true]) {
        let sum = 0;
        for (const rows of groups) {
          const [left, right]: [Side, Side] = [{ g: 0, h: 0 }, { g: 0, h: 0 }];
          for (const i of rows) {
            const value = values.values[4 * i + f]!;
            const side = (Number.isNaN(value) ? missingLeft : value <= threshold) ? left : right;
            side.g += space.gradient[i]!;
            side.h += space.hessian[i]!;
          }
          if (left.h >= least && right.h >= least) sum += score(left) + score(right);
        }
        best = Math.max(best, sum);
      }
    }
  });
  return best;
}

Deno.test("bestCut() finds the score that trying every cut finds", () => {
  for (let seed = 0; seed < 20; seed++) {
    const one = example(30 + 17 * seed, seed);
    one.space.histograms.l1 = 2 * (seed % 2);
    one.space.histograms.fill([{ node: 0, slot: 0 }]);
    const total = one.space.histograms.totalOf(0);
    const [lambda, least] = [seed % 3, 0.5 * (seed % 4)];
    const cut = one.space.histograms.bestCut(0, total, lambda, least);
    // Fixed point keeps about 9 digits here.
    almostEqual(
      cut?.score ?? 0,
      bestByTrying(one, lambda, least),
      { relative: 1e-6 },
      "rounding of fixed point",
    );
  }
});

Deno.test("bestSharedCut() finds the sum over nodes that trying every cut finds", () => {
  for (let seed = 0; seed < 10; seed++) {
    const one = example(40 + 60 * seed, seed);
    const { space } = one;
    space.histograms.l1 = 2 * (seed % 2);
    space.part([{ node: 0, left: 1, right: 2 }], { feature: 0, bin: 15, missingLeft: false });
    space.part([{ node: 2, left: 3, right: 4 }], { feature: 1, bin: 2, missingLeft: false });
    const nodes = [1, 3, 4];
    space.histograms.fill(nodes.map((node, slot) => ({ node, slot })));
    const level = nodes.map((_, slot) => ({ slot, total: space.histograms.totalOf(slot) }));
    const expected = bestByTrying(one, 1, 0, nodes.map((node) => space.rowsIn(node)));
    const cut = space.histograms.bestSharedCut(level, 1);
    almostEqual(cut!.score, expected, { relative: 1e-6 }, "rounding of fixed point and of single precision");
  }
});

Deno.test("part() keeps both sides in order and agrees with the thresholds", () => {
  const { space, values } = example(300, 5);
  for (const missingLeft of [false, true]) {
    space.begin();
    space.part([{ node: 0, left: 1, right: 2 }], { feature: 2, bin: 100, missingLeft });
    const threshold = space.bins.cuts[2]![99]!;
    const expected = Array.from({ length: 300 }, (_, i) => i).filter((i) => {
      const value = values.values[4 * i + 2]!;
      return Number.isNaN(value) ? missingLeft : value <= threshold;
    });
    assert.deepEqual([...space.rowsIn(1)], expected);
    const left = new Set(expected);
    assert.deepEqual(
      [...space.rowsIn(2)],
      [...space.rowsIn(0)].sort((a, b) => a - b).filter((i) => !left.has(i)),
    );
  }
});

Deno.test("histograms() gives the sibling's to the last bit, of near rows and of far ones", () => {
  const { space } = example(5000, 8);
  for (const bin of [60, 5]) { // at bin 5 the left side has few rows, which are copied together first
    space.begin();
    space.histograms.fill([{ node: 0, slot: 0 }]);
    space.part([{ node: 0, left: 1, right: 2 }], { feature: 0, bin, missingLeft: false });
    space.histograms.fill([{ node: 1, slot: 1 }, { node: 2, slot: 2 }]);
    const [left, right] = [1, 2].map((slot) => ({
      total: space.histograms.totalOf(slot),
      cut: space.histograms.bestCut(slot, space.histograms.totalOf(slot), 1, 0),
    }));
    space.histograms.fill([{ node: 1, slot: 3, parent: 0 }]);
    assert.deepEqual({
      total: space.histograms.totalOf(0),
      cut: space.histograms.bestCut(0, right!.total, 1, 0),
    }, right);
    assert.deepEqual({
      total: space.histograms.totalOf(3),
      cut: space.histograms.bestCut(3, left!.total, 1, 0),
    }, left);
  }
});

Deno.test("a Workspace of three threads finds what one finds, to the last bit", () => {
  const answers = [1, 3].map((threads) => {
    const { space } = example(5000, 2, { threads });
    try {
      space.histograms.fill([{ node: 0, slot: 0 }]);
      const total = space.histograms.totalOf(0);
      const [cut, shared] = [
        space.histograms.bestCut(0, total, 1, 0)!,
        space.histograms.bestSharedCut([{ slot: 0, total }], 1),
      ];
      space.part([{ node: 0, left: 1, right: 2 }], cut);
      space.histograms.fill([{ node: 1, slot: 1, parent: 0 }]);
      const rest = [0, 1].map((slot) => space.histograms.bestCut(slot, space.histograms.totalOf(slot), 1, 0));
      return { cut, shared, rest, sums: space.sums([1, 2]), rows: [...space.rowsIn(1)] };
    } finally {
      space[Symbol.dispose]();
    }
  });
  assert.deepEqual(answers[1], answers[0]);
});

Deno.test("packGradients() with bagging weighs rows by draws of mean 1, anew each time, and leaves sums alone", () => {
  const { space } = example(5000, 4, { bagging: 1 });
  const [exact] = space.sums([0]);
  const seen = [0, 1].map(() => {
    space.packGradients();
    space.histograms.fill([{ node: 0, slot: 0 }]);
    return space.histograms.hessianOf(space.histograms.totalOf(0)) / exact!.hessian;
  });
  // Weights have variance 1, hessians one of 1/12 around 0.55: the standard error of the ratio is 0.016.
  for (const ratio of seen) assert.ok(Math.abs(ratio - 1) < 0.065 && ratio !== 1, `${ratio}`);
  assert.notEqual(seen[0], seen[1]);
  almostEqual(
    space.sums([0])[0]!.hessian,
    exact!.hessian,
    { relative: 1e-12 },
    "other scales of the fixed point",
  );
});

Deno.test("bestSharedCut() with noise lets near cuts take turns, and keeps to a cut that is far better", () => {
  const { space } = example(2000, 5);
  const cuts = (): string[] => {
    space.packGradients();
    space.histograms.fill([{ node: 0, slot: 0 }]);
    const node = { slot: 0, total: space.histograms.totalOf(0) };
    return Array.from({ length: 20 }, () => {
      const { feature, bin } = space.histograms.bestSharedCut([node], 1, 1)!;
      return `${feature} ${bin}`;
    });
  };
  assert.ok(new Set(cuts()).size > 5); // gradients of noise: any cut is as good
  const bins = space.binsOf(1);
  for (let i = 0; i < space.rows; i++) space.gradient[i] = bins[i]! > 2 ? 10 : -10;
  assert.deepEqual(new Set(cuts()), new Set(["1 2"]));
});

Deno.test("sums() adds up gradients and hessians as doubles do", () => {
  const { space } = example(3000, 6);
  const [sums] = space.sums([0]);
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  almostEqual(sums!.gradient, sum(space.gradient), { absolute: 1e-10 }, "rounding of 3,000 doubles");
  almostEqual(sums!.hessian, sum(space.hessian), { relative: 1e-13 }, "rounding of 3,000 doubles");
});

Deno.test("sums() holds one gradient as large as all others together, whatever its random weight", () => {
  const { space } = example(3000, 6, { bagging: 1 });
  for (let row = 0; row < 40; row++) { // the smallest of 40 weights is about 1/40
    space.gradient.fill(1e-6);
    space.gradient[row] = 1e6;
    space.packGradients();
    almostEqual(
      space.sums([0])[0]!.gradient,
      1e6 + 2999e-6,
      { absolute: 7e-7 },
      "half of 2^−51 of 1e6, 3,000 times",
    );
  }
});

Deno.test("logistic() gives the gradients that the loss in plain TypeScript gives", () => {
  const { space } = example(1003, 7);
  const rng = createRng(1, "logistic");
  for (let i = 0; i < space.rows; i++) {
    space.raw[0]![i] = i < 6 ? [0, -0, 40, -40, 800, -800][i]! : 5 * rng.normal();
    space.target[i] = rng.integer(2);
    space.weights[i] = rng.exponential();
  }
  space.logistic();
  const [g, h] = [new Float64Array(space.rows), new Float64Array(space.rows)];
  logistic.gradients(space.raw, 0, space.target, space.weights, g, h);
  g.forEach((value, i) => almostEqual(space.gradient[i]!, value, { absolute: 1e-14 }, "rounding near 1"));
  h.forEach((value, i) => almostEqual(space.hessian[i]!, value, { absolute: 1e-14 }, "rounding near 1"));
});

Deno.test("fitBins() cuts between distinct values where they are few, and evenly where they are many", () => {
  const few = fitBins(matrix(6, 1, Float64Array.of(1, 2, 2, NaN, 4, 4)), 0);
  assert.deepEqual([...few.cuts[0]!], [1.5, 3]);
  assert.deepEqual([...few.counts], [4]);
  const many = fitBins(matrix(10_000, 1, createRng(1, "many").uniforms(10_000)), 0);
  assert.equal(many.counts[0], 256);
  almostEqual(many.cuts[0]![126]!, 0.5, 0.03, "the middle of uniform values; five standard errors are 0.025");
  assert.throws(
    () => new Workspace(matrix(2, 1, Float64Array.of(1, Infinity)), few, { slots: 1 }),
    /finite or NaN/,
  );
});
