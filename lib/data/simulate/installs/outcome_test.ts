import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../../core/mod.ts";
import { buyProbability, drawRevenue, type Prospect, revenueMoments } from "./outcome.ts";

const PROSPECT: Prospect = { hazard: [0.3, 0.5, 0.9], scale: 20, sigma: 0.5, again: 0.4, share: 0.6 };

Deno.test("revenueMoments() is the mean and variance of what drawRevenue() draws", () => {
  const n = 40_000, rng = createRng(5, "revenue moments");
  const draws = Array.from({ length: n }, () => drawRevenue(PROSPECT, rng));
  const { mean, variance } = revenueMoments(PROSPECT), probability = buyProbability(PROSPECT);
  for (let h = 0; h < 3; h++) {
    const deviations = draws.map((revenue) => revenue[h]! - mean[h]!);
    const moment = (k: number): number => deviations.reduce((sum, d) => sum + d ** k, 0) / n;
    almostEqual(moment(1), 0, 4 * Math.sqrt(variance[h]! / n), "four standard errors of a mean");
    const error = Math.sqrt((moment(4) - variance[h]! ** 2) / n);
    almostEqual(moment(2), variance[h]!, 4 * error, "four standard errors of a mean of squares");
    const buyers = draws.filter((revenue) => revenue[h]! > 0).length, p = probability[h]!;
    almostEqual(buyers / n, p, 4 * Math.sqrt(p * (1 - p) / n), "four standard errors of a share");
  }
});

Deno.test("revenueMoments() of one period is that of a log-normal that is there or not", () => {
  const { mean, variance } = revenueMoments(PROSPECT);
  const p = 1 - Math.exp(-0.3), second = p * 20 ** 2 * Math.exp(0.25);
  almostEqual(mean[0], 20 * p, 1e-12, "p times the scale");
  almostEqual(variance[0], second - (20 * p) ** 2, 1e-10, "second moment less the square of the mean");
  assert.ok(mean[0] < mean[1] && mean[1] < mean[2]);
});
