import { equal, ok, throws } from "node:assert/strict";
import { almostEqual } from "../core/mod.ts";
import { binomial } from "../core/distributions/mod.ts";
import { proportionInterval } from "./proportion.ts";

const METHODS = ["wilson", "jeffreys", "clopperPearson"] as const;

Deno.test("proportionInterval() solves the equations that define each method", () => {
  for (const [x, n] of [[1, 10], [7, 50], [49, 50], [300, 1000]] as const) {
    for (const confidence of [0.8, 0.95, 0.999]) {
      const tail = (1 - confidence) / 2;
      const exact = proportionInterval(x, n, { confidence, method: "clopperPearson" });
      almostEqual(binomial(n, exact.low).sf(x - 1), tail, { relative: 1e-9 }, "x or more at the lower end");
      almostEqual(binomial(n, exact.high).cdf(x), tail, { relative: 1e-9 }, "x or fewer at the upper end");
      const { low, high, estimate } = proportionInterval(x, n, { confidence, method: "wilson" });
      const z = (p: number): number => (estimate - p) / Math.sqrt(p * (1 - p) / n);
      almostEqual(z(low), -z(high), { relative: 1e-9 }, "both ends are z standard errors of their own away");
    }
  }
});

Deno.test("proportionInterval() equals published and R's values", () => {
  // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29, to four digits.
  const published = [[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611], [
    1,
    29,
    0.0061,
    0.1718,
  ]];
  for (const [x, n, low, high] of published) {
    const found = proportionInterval(x!, n!);
    almostEqual([found.low, found.high], [low!, high!], 5e-5, "four digits in print");
  }
  const exact = [[81, 263, 0.2527, 0.3676], [15, 148, 0.0578, 0.1617], [0, 20, 0, 0.1684], [
    1,
    29,
    0.0009,
    0.1776,
  ]];
  for (const [x, n, low, high] of exact) {
    const found = proportionInterval(x!, n!, { method: "clopperPearson" });
    almostEqual([found.low, found.high], [low!, high!], 5e-5, "four digits in print");
  }
});

Deno.test("proportionInterval() covers on average what it says, and Clopper–Pearson never less", () => {
  const n = 40;
  for (const method of METHODS) {
    const ends = Array.from({ length: n + 1 }, (_, x) => proportionInterval(x, n, { method }));
    let total = 0, least = 1;
    for (let step = 1; step < 400; step++) {
      const p = step / 400, chance = binomial(n, p);
      let covered = 0;
      ends.forEach(({ low, high }, x) => covered += low <= p && p <= high ? chance.pmf(x) : 0);
      total += covered / 399;
      least = Math.min(least, covered);
    }
    if (method === "clopperPearson") ok(least >= 0.95, `${least}`);
    else almostEqual(total, 0.95, 0.01, "Brown, Cai and DasGupta 2001, figure 5");
  }
});

Deno.test("proportionInterval() holds its estimate and mirrors, for each method and the extremes", () => {
  for (const method of METHODS) {
    for (let x = 0; x <= 12; x++) {
      const { estimate, low, high } = proportionInterval(x, 12, { method });
      ok(low >= 0 && low <= estimate && estimate <= high && high <= 1);
      const mirror = proportionInterval(12 - x, 12, { method });
      almostEqual([1 - mirror.high, 1 - mirror.low], [low, high], 1e-12, "rounding");
    }
    const empty = proportionInterval(0, 0, { method });
    almostEqual([empty.estimate, empty.low, empty.high], [NaN, 0, 1], 0, "nothing is known");
  }
});

Deno.test("proportionInterval() refuses what are no counts", () => {
  throws(() => proportionInterval(3, 2), /successes must be an integer in \[0, 2\], current value is 3/);
  throws(() => proportionInterval(0.5, 2), /successes/);
  throws(() => proportionInterval(1, NaN), /n must be an integer/);
  throws(() => proportionInterval(1, 2, { confidence: 1 }), /confidence must be in \(0, 1\)/);
  equal(proportionInterval(1, 2).method, "Wilson 1927");
});
