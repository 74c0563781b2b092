import assert from "node:assert/strict";
import { almostEqual } from "../../core/almost_equal.ts";
import { expit } from "../../core/mod.ts";
import {
  BASE,
  type Circumstances,
  drawWorld,
  GRID,
  pointsOf,
  runSensitivity,
  type SensitivityRun,
} from "./mod.ts";

const world = (change: Partial<Circumstances>, seed = 1): ReturnType<typeof drawWorld> =>
  drawWorld({ ...BASE, ...change }, seed);

const outcomes = (table: ReturnType<typeof drawWorld>["known"]): string[] => {
  const { codes, levels } = table.categories("left");
  return Array.from(codes, (code) => levels[code]!);
};

Deno.test("drawWorld() lets worlds of one seed share customers, gaps and mistakes", () => {
  const small = world({ businesses: 2, customers: 20, missing: 0.1 });
  const large = world({ businesses: 3, customers: 60, missing: 0.3 });
  const few = small.known.numbers("complaints"), many = large.known.numbers("complaints");
  const shared = Array.from(few.subarray(0, 20), (v, i) => [v, many[i]!] as const);
  assert.ok(shared.some(([, b]) => Number.isNaN(b)), "there are gaps");
  for (const [a, b] of shared) assert.ok(Number.isNaN(b) || a === b, "more is missing, the rest is the same");
  assert.notDeepEqual(world({}, 2).logOdds, world({}).logOdds);
  assert.deepEqual(world({}).known, world({}).known);
});

Deno.test("drawWorld() draws outcomes with the true probabilities, and gaps and mistakes in their shares", () => {
  const { heldOut, logOdds } = world({ businesses: 40 });
  const p = Array.from(logOdds, expit), n = p.length;
  const left = outcomes(heldOut).filter((outcome) => outcome === "left").length;
  const se = Math.sqrt(p.reduce((sum, q) => sum + q * (1 - q), 0));
  almostEqual(left, p.reduce((a, b) => a + b, 0), 4 * se, "four standard errors of a sum of Bernoullis");
  const right = outcomes(world({ businesses: 40 }).known);
  const { known } = world({ businesses: 40, missing: 0.3, wrong: 0.2 });
  const share = (of: readonly boolean[]): number => of.filter(Boolean).length / of.length;
  const reach = (q: number, of: number): number => 4 * Math.sqrt(q * (1 - q) / of);
  const gaps = Array.from(known.numbers("tenure"), Number.isNaN);
  almostEqual(share(gaps), 0.3, reach(0.3, gaps.length), "missing");
  almostEqual(share(outcomes(known).map((o, i) => o !== right[i])), 0.2, reach(0.2, right.length), "wrong");
  assert.ok(n >= 40 * 100);
});

Deno.test("drawWorld() refuses circumstances that cannot be", () => {
  assert.throws(() => world({ businesses: 0 }), /businesses must be a positive integer, current value is 0/);
  assert.throws(() => world({ missing: 1 }), /missing must be in \[0, 1\)/);
  assert.throws(() => world({ wrong: 0.5 }), /wrong must be in \[0, 0\.5\)/);
  assert.throws(() => world({ priorSd: 0 }), /priorSd must be above 0/);
});

/** A run whose figures are its seed, so that means are known. */
function made(change: Partial<Circumstances>, seed: number): SensitivityRun {
  const label = { coverage: 0.9, heldOut: 10, known: 10 };
  return { ...BASE, ...change, seed, auc: seed / 10, ceiling: 1, stayed: label, left: label, setSize: seed };
}

Deno.test("pointsOf() takes the runs in which one thing differs, by value, with the base case among them", () => {
  const runs = [made({ wrong: 0.2 }, 1), made({ wrong: 0.2 }, 3), made({}, 1), made({ missing: 0.3 }, 1)];
  const points = pointsOf(runs, "wrong");
  assert.deepEqual(points.map(({ value, seeds }) => [value, seeds]), [[0, 1], [0.2, 2]]);
  assert.equal(points[1]!.setSize.estimate, 2);
  almostEqual(points[1]!.lost.estimate, 0.8, 1e-12, "1 − 0.2");
  // Student with one degree of freedom: 12.706 times the standard error, which is 1.
  almostEqual(points[1]!.setSize.high - 2, 12.706, 1e-3, "Student's quantile");
});

Deno.test("runSensitivity() changes one thing at a time, takes all confidences from one fit, and says the same again", async () => {
  const grid = { confidence: [0.7, 0.9], wrong: [0, 0.3] }, counts: number[][] = [];
  const runs = await runSensitivity({ seeds: [1], grid, onFit: (...of) => counts.push(of) });
  assert.deepEqual(runs.map(({ confidence, wrong }) => [confidence, wrong]), [[0.7, 0], [0.9, 0], [
    0.9,
    0.3,
  ]]);
  assert.deepEqual(counts, [[1, 2], [2, 2]]);
  const [low, base, wrong] = runs as [SensitivityRun, SensitivityRun, SensitivityRun];
  assert.equal(low.auc, base.auc);
  assert.ok(low.setSize < base.setSize);
  assert.ok(
    wrong.auc < base.auc && base.auc < base.ceiling,
    "wrong labels cost order; nobody beats the truth",
  );
  assert.deepEqual(await runSensitivity({ seeds: [1], grid: { wrong: [0] } }), [base]);
  await assert.rejects(runSensitivity({ seeds: [] }), /seeds must be one or more/);
});

Deno.test("every factor's values hold the base case", () => {
  for (const [factor, values] of Object.entries(GRID)) {
    assert.ok(values.includes(BASE[factor as keyof Circumstances]), factor);
  }
});
