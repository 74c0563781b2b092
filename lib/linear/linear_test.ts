import { deepEqual, equal, match, notEqual, ok, rejects, throws } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng, DISPLAY, type Matrix, matrix } from "../core/mod.ts";
import {
  chooseElasticNet,
  chooseLogistic,
  fitElasticNet,
  fitElasticNetPath,
  fitFirth,
  fitLogistic,
  fitLogisticPath,
  type LinearModel,
  loadLinear,
} from "./mod.ts";

interface Sample {
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly target: Float64Array;
}

function simulate(seed: number, n: number, p: number): Sample {
  const rng = createRng(seed, "linear-test");
  const x = matrix(n, p, rng.normals(n * p));
  const eta = Float64Array.from(
    { length: n },
    (_, i) => 0.3 + 0.9 * x.values[i * p]! - 0.6 * x.values[i * p + p - 1]!,
  );
  const y = eta.map((e) => Number(rng.uniform() < 1 / (1 + Math.exp(-e))));
  y[0] = 0, y[1] = 1;
  return { x, y, target: eta.map((e) => e + rng.normal()) };
}

/** The slow oracle: proximal gradient descent on the objective as documented, in the units given. */
function proximalDescent(
  { x, y }: { x: Matrix; y: ArrayLike<number> },
  logistic: boolean,
  l1: number,
  l2: number,
): number[] {
  const { rows: n, columns: p } = x;
  const b = new Array<number>(p + 1).fill(0);
  let norm = n;
  for (const value of x.values) norm += value * value;
  const step = n / norm;
  for (let round = 0; round < 30_000; round++) {
    const slope = new Array<number>(p + 1).fill(0);
    for (let i = 0; i < n; i++) {
      let eta = b[0]!;
      for (let j = 0; j < p; j++) eta += b[j + 1]! * x.values[i * p + j]!;
      const left = ((logistic ? 1 / (1 + Math.exp(-eta)) : eta) - y[i]!) / n;
      slope[0]! += left;
      for (let j = 0; j < p; j++) slope[j + 1]! += left * x.values[i * p + j]!;
    }
    let most = 0;
    for (let j = 0; j <= p; j++) {
      const to = b[j]! - step * (slope[j]! + (j ? l2 * b[j]! : 0));
      const next = j ? Math.sign(to) * Math.max(0, Math.abs(to) - step * l1) : to;
      most = Math.max(most, Math.abs(next - b[j]!));
      b[j] = next;
    }
    if (most < 1e-13) break;
  }
  return b;
}

/** By how much the optimality conditions are broken: the intercept's slope, and each column's against its penalty. */
function kktViolation(
  { x, y }: { x: Matrix; y: ArrayLike<number> },
  model: LinearModel,
  l1: number,
  l2: number,
): number {
  const { rows: n, columns: p } = x, mean = model.predict(x);
  let worst = Math.abs(mean.reduce((sum, m, i) => sum + m - y[i]!, 0)) / n;
  for (let j = 0; j < p; j++) {
    const b = model.coefficients[j]!;
    let slope = l2 * b;
    for (let i = 0; i < n; i++) slope += (mean[i]! - y[i]!) * x.values[i * p + j]! / n;
    worst = Math.max(worst, b === 0 ? Math.abs(slope) - l1 : Math.abs(slope + l1 * Math.sign(b)));
  }
  return worst;
}

function status(model: LinearModel, code: string): string | undefined {
  return model.checks.find((c) => c.code === code)?.status;
}

Deno.test("fitLogistic() and fitElasticNet() reach the minimum that plain proximal descent reaches", () => {
  const { x, y, target } = simulate(1, 60, 4), lambda = 0.05, l1Ratio = 0.6;
  const options = { lambda, l1Ratio, standardise: false, tolerance: 1e-15 };
  for (
    const [model, labels, logistic] of [
      [fitLogistic(x, y, options), y, true],
      [fitElasticNet(x, target, options), target, false],
    ] as const
  ) {
    const slow = proximalDescent({ x, y: labels }, logistic, lambda * l1Ratio, lambda * (1 - l1Ratio));
    almostEqual([model.intercept, ...model.coefficients], slow, 1e-7, "both far below their stops");
  }
});

Deno.test("every penalised fit keeps the optimality conditions and its duality gap, few rows or many", () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(1e6),
        n: fc.integer({ min: 4, max: 40 }),
        p: fc.integer({ min: 2, max: 12 }), // also more columns than rows
        lambda: fc.double({ min: 1e-3, max: 2, noNaN: true }),
        l1Ratio: fc.constantFrom(0, 0.01, 0.5, 1),
        logistic: fc.boolean(),
      }),
      ({ seed, n, p, lambda, l1Ratio, logistic }) => {
        const { x, y, target } = simulate(seed, n, p);
        const options = { lambda, l1Ratio, standardise: false, tolerance: 1e-13, maxIterations: 200 };
        const labels = logistic ? y : target;
        const model = logistic ? fitLogistic(x, y, options) : fitElasticNet(x, target, options);
        equal(status(model, "converged"), "pass");
        const worst = kktViolation({ x, y: labels }, model, lambda * l1Ratio, lambda * (1 - l1Ratio));
        ok(worst < 3e-6, `optimality broken by ${worst}`);
      },
    ),
    { numRuns: 60, seed: 21 },
  );
});

Deno.test("the gap bounds how far the objective is above its minimum when the solver is stopped early", () => {
  const { x, y } = simulate(5, 50, 6), lambda = 0.02;
  const height = (model: LinearModel): number => {
    const eta = model.linearPredictor(x);
    const loss = eta.reduce((sum, e, i) => sum + Math.log1p(Math.exp(y[i] ? -e : e)), 0) / 50;
    return loss + lambda * model.coefficients.reduce((sum, b) => sum + Math.abs(b), 0);
  };
  const base = { lambda, l1Ratio: 1, standardise: false };
  const best = height(fitLogistic(x, y, { ...base, tolerance: 1e-15 }));
  for (const maxIterations of [1, 2, 3]) {
    const early = fitLogistic(x, y, { ...base, tolerance: 0, maxIterations });
    const above = height(early) - best;
    ok(above <= early.state.gap + 1e-14, `${above} above, gap ${early.state.gap}`);
    equal(status(early, "converged"), "fail");
    equal(early.standardErrors, undefined);
  }
});

Deno.test("a weight of k gives what k copies of the row give, and 0 what leaving it out gives", () => {
  const { x, y } = simulate(3, 30, 3), counts = y.map((_, i) => i % 3);
  const rows = [...counts].flatMap((k, i) => new Array<number>(k).fill(i));
  const copied = matrix(
    rows.length,
    3,
    Float64Array.from(rows.flatMap((i) => [...x.values.subarray(3 * i, 3 * i + 3)])),
  );
  const labels = rows.map((i) => y[i]!);
  for (const penalty of [{}, { lambda: 0.1 }, { lambda: 0.02, l1Ratio: 1 }]) {
    const weighted = fitLogistic(x, y, { ...penalty, weights: counts }),
      plain = fitLogistic(copied, labels, penalty);
    almostEqual(weighted.coefficients, plain.coefficients, 1e-6, "two stops");
    almostEqual(weighted.standardErrors ?? [], plain.standardErrors ?? [], 1e-6, "two stops");
  }
  almostEqual(
    fitFirth(x, y, { weights: counts }).coefficients,
    fitFirth(copied, labels).coefficients,
    1e-8,
    "the same",
  );
});

Deno.test("fitLogistic() says that labels are separated, by which column, and gives no standard errors", () => {
  const x = matrix(6, 2, Float64Array.of(1, 3, 2, 1, 3, 2, 4, 3, 5, 1, 6, 2));
  const complete = fitLogistic(x, [0, 0, 0, 1, 1, 1], { names: ["visits", "noise"] });
  equal(status(complete, "separation"), "fail");
  equal(complete.checks.find((c) => c.code === "separation")!.value, 6);
  ok(complete.checks.find((c) => c.code === "separation")!.columns!.includes("visits"));
  equal(complete.standardErrors, undefined);
  match(complete[DISPLAY]()["text/plain"], /Do not use/);
  // Quasi-complete: everybody with the flag bought; the others overlap.
  const flag = matrix(8, 2, Float64Array.of(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1, 3, 1, 4));
  const quasi = fitLogistic(flag, [0, 1, 0, 1, 0, 1, 1, 1], { names: ["flag", "age"] });
  const found = quasi.checks.find((c) => c.code === "separation")!;
  deepEqual([found.status, found.value, found.columns], ["fail", 2, ["flag"]]);
  const firth = fitFirth(flag, [0, 1, 0, 1, 0, 1, 1, 1]);
  equal(status(firth, "converged"), "pass");
  ok(firth.standardErrors!.every(Number.isFinite));
});

Deno.test("fitLogistic() finds no separation where strong effects overlap", () => {
  fc.assert(
    fc.property(fc.nat(1e6), (seed) => {
      const rng = createRng(seed, "overlap"), n = 60;
      const x = matrix(n, 1, rng.uniforms(n).map((u, i) => i + u / 2));
      const y = Array.from({ length: n }, (_, i) => Number(i >= 30));
      y[29] = 1, y[30] = 0; // one pair the wrong way round: overlap, and nothing more
      const model = fitLogistic(x, y);
      equal(status(model, "separation"), undefined);
      equal(status(model, "converged"), "pass");
    }),
    { numRuns: 40, seed: 3 },
  );
});

Deno.test("Firth's estimate of a two by two table adds a half to each cell", () => {
  const x = matrix(12, 1, Float64Array.from([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]));
  const model = fitFirth(x, [1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0]);
  almostEqual(model.intercept, Math.log(1.5 / 4.5), 1e-8, "cells 1 and 4");
  almostEqual(model.coefficients, [Math.log(5.5 / 2.5) - Math.log(1.5 / 4.5)], 1e-8, "cells 5 and 2");
});

Deno.test("columns that are constant or follow from others get 0 and a check; predictions stay", () => {
  const { x, y } = simulate(8, 50, 2);
  const wide = matrix(
    50,
    4,
    Float64Array.from({ length: 200 }, (_, at) => {
      const i = at >> 2, [a, b] = [x.values[2 * i]!, x.values[2 * i + 1]!];
      return [a, 7, b, 3 * a - b + 1][at & 3]!;
    }),
  );
  const model = fitLogistic(wide, y, { names: ["a", "seven", "b", "mix"] }), plain = fitLogistic(x, y);
  deepEqual(model.checks.filter((c) => c.status === "warn").map((c) => [c.code, c.columns]), [
    ["constantColumn", ["seven"]],
    ["aliasedColumn", ["mix"]],
  ]);
  deepEqual([model.coefficients[1], model.coefficients[3]], [0, 0]);
  almostEqual(model.predict(wide), plain.predict(x), 1e-9, "the same model");
  deepEqual(model.standardErrors!.map(Number.isNaN), [false, false, true, false, true]);
  const ridge = fitLogistic(wide, y, { lambda: 0.01 });
  ok(ridge.coefficients[3] !== 0, "a penalty shares among columns that say the same");
});

Deno.test("fitLogistic() with more columns than rows separates without a penalty and fits with one", () => {
  const { x, y } = simulate(9, 8, 20);
  equal(status(fitLogistic(x, y), "separation"), "fail");
  equal(status(fitLogistic(x, y, { lambda: 0.1 }), "converged"), "pass");
  equal(status(fitLogistic(x, y, { lambda: 0.05, l1Ratio: 1 }), "converged"), "pass");
});

Deno.test("paths start where the first column enters, and warm starts end where cold ones end", () => {
  const { x, y, target } = simulate(11, 80, 6);
  for (
    const [path, cold] of [
      [
        fitLogisticPath(x, y, { count: 12, l1Ratio: 0.7, tolerance: 1e-14 }),
        (lambda: number) => fitLogistic(x, y, { lambda, l1Ratio: 0.7, tolerance: 1e-14 }),
      ],
      [
        fitElasticNetPath(x, target, { count: 12, l1Ratio: 0.7, tolerance: 1e-14 }),
        (lambda: number) => fitElasticNet(x, target, { lambda, l1Ratio: 0.7, tolerance: 1e-14 }),
      ],
    ] as const
  ) {
    ok(path.models[0]!.coefficients.every((b) => b === 0));
    ok(path.models[1]!.coefficients.some((b) => b !== 0));
    path.models.forEach((model, k) =>
      almostEqual(model.coefficients, cold(path.lambdas[k]!).coefficients, 1e-6, "two ways to one minimum")
    );
  }
});

Deno.test("chooseLogistic() judges out of fold, repeats itself by seed, and prefers few columns by one error", () => {
  const { x, y } = simulate(12, 120, 8);
  const options = { seed: 7, count: 25, ratio: 1e-3, tolerance: 1e-8 };
  const choice = chooseLogistic(x, y, options), again = chooseLogistic(x, y, options);
  deepEqual([choice.losses, choice.chosen], [again.losses, again.chosen]);
  notEqual(chooseLogistic(x, y, { ...options, seed: 8 }).losses[10], choice.losses[10]);
  equal(choice.losses[choice.chosen], Math.min(...choice.losses));
  ok(choice.losses[choice.chosen]! < choice.losses[0]! - 0.02, "two columns matter");
  const simple = chooseLogistic(x, y, { ...options, rule: "oneStandardError" });
  ok(simple.lambda >= choice.lambda);
  match(choice[DISPLAY]()["text/plain"], /by 5 folds/);
});

Deno.test("chooseElasticNet() computes the loss of each fold as written down, on splits of one's own", () => {
  const { x, target } = simulate(13, 30, 2);
  const rows = Uint32Array.from({ length: 30 }, (_, i) => i);
  const splits = [0, 1].map((half) => ({
    train: rows.filter((i) => i % 2 !== half),
    test: rows.filter((i) => i % 2 === half),
  }));
  const choice = chooseElasticNet(x, target, { seed: 0, splits, lambdas: [0.1], l1Ratio: 0.5 });
  const by = splits.map(({ train, test }) => {
    const take = (some: Uint32Array): Matrix =>
      matrix(
        some.length,
        2,
        Float64Array.from([...some].flatMap((i) => [x.values[2 * i]!, x.values[2 * i + 1]!])),
      );
    const model = fitElasticNet(take(train), [...train].map((i) => target[i]!), {
      lambda: 0.1,
      l1Ratio: 0.5,
    });
    return model.predict(take(test)).reduce((sum, m, k) => sum + (m - target[test[k]!]!) ** 2 / 2, 0) /
      test.length;
  });
  almostEqual(choice.losses, [(by[0]! + by[1]!) / 2], 1e-12, "equal folds");
});

Deno.test("LinearModel.save() loads back to the same predictions, bit for bit, and to the same errors", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { x, y } = simulate(14, 40, 3);
    const model = fitLogistic(x, y, { offsets: new Float64Array(40).fill(0.1) });
    await model.save(`${folder}/model.json`);
    const loaded = await loadLinear(`${folder}/model.json`);
    deepEqual(loaded.predict(x, new Float64Array(40)), model.predict(x, new Float64Array(40)));
    deepEqual(loaded.standardErrors, model.standardErrors);
    throws(() => loaded.predict(x), /offsets must be given, as in the fit/);
    await Deno.writeTextFile(
      `${folder}/cut.json`,
      (await Deno.readTextFile(`${folder}/model.json`)).slice(0, 90),
    );
    await rejects(loadLinear(`${folder}/cut.json`), /cut\.json: the file must be JSON/);
    await Deno.writeTextFile(`${folder}/other.json`, JSON.stringify({ format: "another" }));
    await rejects(loadLinear(`${folder}/other.json`), /other\.json: format/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a fitted model cannot be changed", () => {
  const { x, y } = simulate(15, 30, 2), model = fitLogistic(x, y);
  throws(() => (model.coefficients as number[])[0] = 1, TypeError);
  throws(() => (model.state as { intercept: number }).intercept = 1, TypeError);
});

Deno.test("fits refuse what no fit could use, and say where", () => {
  const { x, y } = simulate(16, 10, 2);
  const spoiled = matrix(10, 2, x.values.with(5, NaN));
  throws(() => fitLogistic(spoiled, y, { names: ["a", "b"] }), /x at row 2, column "b" must be finite .*NaN/);
  throws(
    () => fitLogistic(x, new Float64Array(10)),
    /y must be 0 for some rows and 1 for others, current value is "0 for all"/,
  );
  throws(() => fitFirth(x, y.map(() => 1)), /1 for all/);
  throws(() => fitLogistic(x, y.with(3, 2)), /y\[3\] must be 0 or 1, current value is 2/);
  throws(() => fitLogistic(x, y.slice(1)), /y must be 10 long/);
  throws(() => fitLogistic(x, y, { weights: y.map(() => 0) }), /weights must be above 0 somewhere/);
  throws(() => fitLogistic(x, y, { weights: y.map(() => -1) }), /weights\[0\] must be 0 or more/);
  throws(() => fitLogistic(x, y, { names: ["a"] }), /names must be one for each of 2 columns/);
  throws(() => fitLogistic(x, y, { lambda: -1 }), /lambda must be 0 or more/);
  throws(() => fitElasticNet(x, y, { lambda: 1, l1Ratio: 2 }), /l1Ratio must be in \[0, 1\]/);
  throws(() => fitElasticNet(matrix(0, 2), [], { lambda: 1 }), /at least one row/);
  throws(() => fitElasticNetPath(x, new Float64Array(10).fill(3)), /related to y/);
  equal(fitElasticNet(x, new Float64Array(10).fill(3), { lambda: 0.1, l1Ratio: 1 }).intercept, 3);
  equal(
    fitElasticNet(matrix(2, 2, Float64Array.of(1, 2, 2, 1)), [1, 2], { lambda: 0 }).standardErrors,
    undefined,
  );
});
