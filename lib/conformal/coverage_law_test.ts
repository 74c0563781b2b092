import assert from "node:assert/strict";
import { almostEqual, createRng } from "../core/mod.ts";
import { coverageCheck, coverageLaw } from "./coverage_law.ts";
import { conformalThreshold } from "./rank.ts";

Deno.test("coverageLaw() is the law that 10,000 calibrations follow", () => {
  // Uniform scores: the coverage of a threshold is the threshold itself.
  const rng = createRng(7, "coverage-law"), runs = 10_000, n = 19, law = coverageLaw(n, 0.9);
  const coverages = Float64Array.from({ length: runs }, () => conformalThreshold(rng.uniforms(n), 0.9))
    .sort();
  const mean = coverages.reduce((a, b) => a + b, 0) / runs;
  const variance = law.expected * (1 - law.expected) / (n + 2); // of Beta(18, 2)
  almostEqual(mean, 0.9, 4 * Math.sqrt(variance / runs), "four standard errors");
  // Kolmogorov's distance exceeds 1.95 / √runs once in a thousand.
  const distance = coverages.reduce(
    (far, c, i) => Math.max(far, Math.abs(law.chanceBelow(c) - (i + 0.5) / runs)),
    0,
  );
  assert.ok(distance < 1.95 / Math.sqrt(runs), `${distance}`);
});

Deno.test("coverageLaw() says that everything is covered when rows are too few", () => {
  const law = coverageLaw(8, 0.9);
  assert.equal(law.expected, 1);
  assert.deepEqual(law.range(), [1, 1]);
});

Deno.test("coverageCheck() warns and fails as often as its tails say", () => {
  const rng = createRng(7, "coverage-check"), runs = 10_000, law = coverageLaw(30, 0.9);
  let notes = 0, fails = 0;
  for (let i = 0; i < runs; i++) {
    const status = coverageCheck(rng.binomial(50, rng.beta(28, 3)), 50, law).status;
    notes += Number(status !== "pass");
    fails += Number(status === "fail");
  }
  // Counts are discrete, so tails are at most what they are called; and not far from it.
  assert.ok(notes / runs < 0.025 + 4 * Math.sqrt(0.025 / runs) && notes / runs > 0.01, `${notes}`);
  assert.ok(fails / runs < 0.001 + 4 * Math.sqrt(0.001 / runs), `${fails}`);
});

Deno.test("coverageCheck() cannot be made without test rows, or where everything is covered", () => {
  assert.equal(coverageCheck(0, 0, coverageLaw(30, 0.9)).status, "notApplicable");
  assert.equal(coverageCheck(10, 10, coverageLaw(5, 0.9)).status, "notApplicable");
  assert.throws(() => coverageCheck(11, 10, coverageLaw(30, 0.9)), RangeError);
});
