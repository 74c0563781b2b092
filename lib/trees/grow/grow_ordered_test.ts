import assert from "node:assert/strict";
import { almostEqual, createRng, type Matrix, matrix, mean, standardDeviation } from "../../core/mod.ts";
import { boost } from "../boost.ts";
import { leafOf } from "../forest.ts";
import { squared } from "../losses.ts";
import { fitBins } from "./bins.ts";
import { addToSupports, growOrdered, orderedNodes } from "./grow_ordered.ts";
import { bodiesOf, drawOrders, layOutHistories } from "./histories.ts";
import { type Sums, Workspace } from "./workspace.ts";

interface Settings {
  readonly rounds: number;
  readonly learningRate: number;
  readonly depth: number;
  readonly l2: number;
  readonly orders: number;
  readonly seed: number;
}

interface Cut {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
}

/** Algorithm 2 of Prokhorenkova et al. 2018 with models M_{r,2^j}, squared errors and l2, as plainly as can be: the final F after each round. */
function byAlgorithm2(rows: Matrix, y: Float64Array, settings: Settings): Float64Array[] {
  const { rows: n, columns: p } = rows;
  const { rounds, learningRate, depth, l2, orders, seed } = settings;
  const start = y.reduce((a, b) => a + b) / n;
  const sigma = drawOrders(n, orders, seed);
  const bodies = bodiesOf(n);
  const M = sigma.map(() => bodies.map(() => new Float64Array(n).fill(start)));
  const F = new Float64Array(n).fill(start);
  const value = (row: number, feature: number): number => rows.values[row * p + feature]!;
  const side = (row: number, { feature, threshold, missingLeft }: Cut): string =>
    (Number.isNaN(value(row, feature)) ? missingLeft : value(row, feature) <= threshold) ? "L" : "R";
  const candidates = fitBins(rows, 0).cuts.flatMap((cuts, feature): Cut[] => [
    ...[...cuts].flatMap((threshold) =>
      [false, true].map((missingLeft) => ({ feature, threshold, missingLeft }))
    ),
    { feature, threshold: Infinity, missingLeft: false },
  ]);
  /** How far a model goes in a leaf, by residuals of the rows that it learns from. */
  const step = (learnt: number[], model: Float64Array): number =>
    learnt.length === 0
      ? 0
      : learnt.reduce((sum, row) => sum + y[row]! - model[row]!, 0) / (learnt.length + l2);
  return Array.from({ length: rounds }, (_, round) => {
    const r = createRng(seed, "history", round).integer(orders);
    const path = new Array<string>(n).fill("");
    for (let level = 0; level < depth; level++) {
      let [best, top]: [Cut | undefined, number] = [undefined, 0];
      for (const cut of candidates) {
        let [dot, norm] = [0, 0];
        bodies.forEach((body, j) => {
          const learnt = Map.groupBy(sigma[r]!.subarray(0, body), (row) => path[row]! + side(row, cut));
          for (const row of sigma[r]!.subarray(body, 2 * body)) {
            const delta = step(learnt.get(path[row]! + side(row, cut)) ?? [], M[r]![j]!);
            dot += delta * (y[row]! - M[r]![j]![row]!);
            norm += delta * delta;
          }
        });
        const cosine = dot > 0 ? dot / Math.sqrt(norm) : 0;
        if (cosine > top * (1 + 1e-9)) [best, top] = [cut, cosine];
      }
      if (!best) break;
      for (let row = 0; row < n; row++) path[row] += side(row, best);
    }
    const boostOn = (model: Float64Array, learnt: Iterable<number>, told: Iterable<number>): void => {
      const groups = Map.groupBy(learnt, (row) => path[row]!);
      const steps = new Map([...groups].map(([leaf, group]) => [leaf, step(group, model)]));
      for (const row of told) model[row]! += learningRate * (steps.get(path[row]!) ?? 0);
    };
    sigma.forEach((order, k) =>
      bodies.forEach((body, j) => boostOn(M[k]![j]!, order.subarray(0, body), order.subarray(0, 2 * body)))
    );
    boostOn(F, path.keys(), path.keys());
    return F.slice();
  });
}

function example(n: number, seed: number): { rows: Matrix; y: Float64Array } {
  const rng = createRng(seed, "ordered-test");
  const rows = matrix(n, 3);
  for (let i = 0; i < n; i++) {
    rows.values.set([rng.normal(), rng.uniform() < 0.2 ? NaN : rng.normal(), rng.integer(4)], 3 * i);
  }
  const y = Float64Array.from({ length: n }, (_, i) => rows.values[3 * i]! + rng.normal());
  return { rows, y };
}

Deno.test("growOrdered() finds the trees and approximations that Algorithm 2 finds in its slow form", () => {
  for (let seed = 0; seed < 12; seed++) {
    const { rows, y } = example(20 + seed, seed);
    const settings = { rounds: 8, learningRate: 0.5, depth: 3, l2: seed % 3, orders: 1 + seed % 3, seed };
    const expected = byAlgorithm2(rows, y, settings);
    const options = {
      grower: "symmetric",
      boosting: "ordered",
      loss: squared,
      noise: 0,
      bagging: 0,
    } as const;
    const { trees, base } = boost(rows, y, { ...options, ...settings });
    const F = new Float64Array(y.length).fill(base[0]!);
    expected.forEach((wanted, round) => {
      F.forEach((_, i) =>
        F[i]! += trees[round]!.value[leafOf(trees[round]!, rows.values.subarray(3 * i, 3 * i + 3))]!
      );
      F.forEach((value, i) =>
        almostEqual(value, wanted[i]!, { absolute: 1e-9 }, `seed ${seed}, round ${round}`)
      );
    });
  }
});

/** Supporting models and a plain one after one tree on the first column, at rate 1 without penalties, of n rows y = 3 x1 + x2. */
function afterOneTree(n: number, seed: number): { plain: number; ordered: number } {
  const rng = createRng(seed, "shift");
  const rows = matrix(n, 2, Float64Array.from({ length: 2 * n }, () => rng.integer(2)));
  const y = Float64Array.from({ length: n }, (_, i) => 3 * rows.values[2 * i]! + rows.values[2 * i + 1]!);
  const [order] = drawOrders(n, 1, seed);
  const { rows: all, origin, supports } = layOutHistories(rows, [{ order: order!, rows }]);
  const room = { slots: 2 * supports[0]!.length, nodes: orderedNodes(supports, 1), ordered: true };
  using space = new Workspace(all, fitBins(rows, 0), room);
  space.use[1] = 0;
  space.target.set(Float64Array.from(origin, (row) => y[row]!));
  squared.gradients(space.raw, 0, space.target, space.weights, space.gradient, space.hessian);
  space.begin();
  space.packGradients();
  const limits = { leaves: 2, depth: 1, minRows: 0, minHessian: 0, l2: 0 };
  const { leaves, nodes } = growOrdered(space, n, supports, 0, limits);
  const valueOf = (_: unknown, { gradient, hessian }: Sums): number => -gradient / hessian;
  const ends = nodes.filter(({ split }) => !split).map(({ place }) => place);
  space.add(space.sums(ends).map((sums, k) => ({ node: ends[k]!, value: valueOf(0, sums) })), 0);
  addToSupports(space, leaves, 0, valueOf);
  /** What residuals say of x2: E[r | x2 = 1] − E[r | x2 = 0], as x2 is 0 or 1 by a fair coin. */
  const contrast = (begin: number, end: number): number => {
    let sum = 0;
    for (let k = begin; k < end; k++) {
      const sign = 2 * rows.values[2 * origin[k]! + 1]! - 1;
      sum += 2 * sign * (space.target[k]! - space.raw[0]![k]!);
    }
    return sum / (end - begin);
  };
  const { middle, end } = supports[0]!.at(-1)!;
  return { plain: contrast(0, n), ordered: contrast(middle, end) };
}

Deno.test("growOrdered() leaves gradients that tell the truth of rows unseen, where those of plain boosting are shifted", () => {
  const [n, runs] = [16, 400];
  const seen = Array.from({ length: runs }, (_, seed) => afterOneTree(n, seed));
  const within = (values: number[], truth: number): boolean => {
    const center = mean(Float64Array.from(values));
    const error = standardDeviation(Float64Array.from(values)) / Math.sqrt(runs);
    return Math.abs(center - truth) < 4 * error;
  };
  // In a leaf of k rows a row's own target is 1/k of what is taken from it, and E[1/k] = 2/n (1 − 2^−n): what Theorem 1 of Prokhorenkova et
  // al. 2018 rests on. The tail's rows are in no leaf value; an empty leaf of the body of 8, once in 256, takes nothing.
  const shifted = 1 - 2 / n * (1 - 2 ** -n);
  const [plain, ordered] = [seen.map((one) => one.plain), seen.map((one) => one.ordered)];
  assert.ok(within(plain, shifted) && !within(plain, 1), "plain residuals are shifted by 2/n");
  assert.ok(within(ordered, 1) && !within(ordered, shifted), "residuals of the tail are not");
});
