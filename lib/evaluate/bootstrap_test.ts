import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { almostEqual, createRng, mean, standardDeviation } from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";
import { auc } from "./auc.ts";
import { bootstrapInterval, take } from "./bootstrap.ts";
import { aucInterval } from "./delong.ts";

Deno.test("bootstrapInterval() of a mean has the standard error that the mean has", () => {
  const values = createRng(1, "bootstrap-test").normals(200);
  const { estimate, standardError, low, high } = bootstrapInterval(200, (rows) => mean(take(values, rows)), {
    seed: 2,
  });
  equal(estimate, mean(values));
  const exact = standardDeviation(values, 0) / Math.sqrt(200); // of the bootstrap distribution
  almostEqual(
    standardError!,
    exact,
    5 * exact / Math.sqrt(2 * 2000),
    "five Monte Carlo errors of a deviation",
  );
  almostEqual(high - low, 2 * normal().ppf(0.975) * exact, 0.15 * exact, "about normal, 2,000 replicates");
});

Deno.test("bootstrapInterval() agrees with DeLong on an AUC", () => {
  const rng = createRng(2, "bootstrap-test"), labels = Array.from({ length: 300 }, (_, i) => Number(i < 90));
  const scores = labels.map((y) => rng.normal() + y);
  const statistic = (rows: Uint32Array): number => auc(take(labels, rows), take(scores, rows));
  const found = bootstrapInterval(300, statistic, { seed: 3, strata: labels, replicates: 1000 });
  const { standardError } = aucInterval(labels, scores);
  almostEqual(
    found.standardError!,
    standardError!,
    { relative: 0.12 },
    "five Monte Carlo errors of a deviation at 1,000",
  );
});

Deno.test("bootstrapInterval() gives the same for the same seed, and another for another", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6],
    statistic = (rows: Uint32Array): number => mean(take(values, rows));
  const run = (seed: number): number[] => {
    const { low, high } = bootstrapInterval(8, statistic, { seed, replicates: 200 });
    return [low, high];
  };
  deepEqual(run(1), run(1));
  ok(run(1).join() !== run(2).join());
});

Deno.test("bootstrapInterval() draws strata apart and groups whole", () => {
  const strata = [0, 0, 0, 1, 1], groups = ["a", "a", "b", "b", "c"];
  bootstrapInterval(5, (rows) => {
    equal([...rows].filter((row) => strata[row] === 0).length, 3);
    return 0;
  }, { seed: 1, replicates: 100, strata });
  bootstrapInterval(5, (rows) => {
    const count = (row: number): number => [...rows].filter((r) => r === row).length;
    equal(count(0), count(1));
    equal(count(2), count(3));
    return 0;
  }, { seed: 1, replicates: 100, groups });
});

Deno.test("bootstrapInterval() by groups is wider where rows of a group are alike", () => {
  const rng = createRng(5, "bootstrap-test");
  const groups = Array.from({ length: 200 }, (_, i) => i % 20), level = rng.normals(20);
  const values = groups.map((g) => level[g]! + 0.1 * rng.normal()),
    statistic = (rows: Uint32Array): number => mean(take(values, rows));
  const width = (by: object): number => {
    const { low, high } = bootstrapInterval(200, statistic, { seed: 1, replicates: 500, ...by });
    return high - low;
  };
  ok(width({ groups }) > 2.5 * width({})); // √10 rows a group, were they the same
});

Deno.test("bootstrapInterval() counts undefined replicates, and tells no interval from too few", () => {
  const labels = [1, ...new Array<number>(9).fill(0)], scores = labels.map((_, i) => i);
  const statistic = (rows: Uint32Array): number => auc(take(labels, rows), take(scores, rows));
  const found = bootstrapInterval(10, statistic, { seed: 1 }); // 0.9^10 = 35 % of the draws have no positive
  deepEqual([found.estimate, found.low, found.high], [0, NaN, NaN]);
  match(found.method, /percentile bootstrap of 2000, \d+ undefined/);
  const few = bootstrapInterval(10, statistic, { seed: 1, strata: labels });
  match(few.method, /bootstrap of 2000$/);
});

Deno.test("bootstrapInterval() by BCa covers a skewed mean better than by percentiles", () => {
  const runs = 300,
    rate = (method: "bca" | "percentile"): number => {
      let above = 0;
      for (let run = 0; run < runs; run++) {
        const values = Float64Array.from(createRng(run, "bca-test").uniforms(25), (u) => -Math.log(u)); // exponential, mean 1
        const options = { seed: run, replicates: 200, confidence: 0.9, method };
        above += Number(bootstrapInterval(25, (rows) => mean(take(values, rows)), options).high < 1);
      }
      return above / runs;
    };
  const plain = rate("percentile"), corrected = rate("bca");
  ok(corrected < plain, `${corrected} and ${plain}: the upper end misses less often`); // the same samples and draws for both
});

Deno.test("bootstrapInterval() by BCa moves both ends towards the long tail", () => {
  const values = createRng(9, "bca-skewed").uniforms(40).map((u) => -Math.log(u)); // skewed to the right
  const ends = (method: "bca" | "percentile"): [number, number] => {
    const options = { seed: 1, replicates: 4000, method };
    const { low, high } = bootstrapInterval(40, (rows) => mean(take(values, rows)), options);
    return [low, high];
  };
  const [plain, corrected] = [ends("percentile"), ends("bca")];
  ok(corrected[0] > plain[0] && corrected[1] > plain[1], `${corrected} and ${plain}`);
});

Deno.test("bootstrapInterval() refuses options that mean nothing", () => {
  const one = (): number => 1;
  throws(
    () => bootstrapInterval(0, one, { seed: 1 }),
    /Cannot bootstrap an interval: rows must be a positive integer/,
  );
  throws(
    () => bootstrapInterval(5, one, { seed: 1, replicates: 10 }),
    /replicates must be an integer, 100 or more/,
  );
  throws(() => bootstrapInterval(5, one, { seed: 1, strata: [1] }), /strata must be 5 long/);
  throws(() => bootstrapInterval(2, one, { seed: 1, strata: [1, 1], groups: [1, 1] }), /not both given/);
  throws(() => bootstrapInterval(2, one, { seed: -1 }), /seed must be/);
});
