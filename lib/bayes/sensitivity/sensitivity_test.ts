import assert from "node:assert/strict";
import { almostEqual, createRng, mean } from "../../core/mod.ts";
import { Table } from "../../data/mod.ts";
import { fitHierarchical, type HierarchicalFit } from "../fit/mod.ts";
import { conflictCheck, priorChecks, priorConflict, priorSensitivity } from "./mod.ts";

/** A normal target with one slope near 1, and a prior for it. */
function fitWith(mean: number, sd: number, rows: number): Promise<HierarchicalFit> {
  const rng = createRng(3, "one slope"), x = rng.normals(rows);
  const table = new Table("rows", [
    { kind: "number", name: "x", values: x },
    { kind: "number", name: "y", values: x.map((v) => v + 0.5 * rng.normal()) },
  ]);
  return fitHierarchical(table, {
    target: "y",
    family: "normal",
    effect: "pooled",
    priors: { scale: "s", features: { x: { mean, sd } } },
    scale: "s",
    seed: 4,
    workers: 0,
  });
}

Deno.test("priorSensitivity() is the closed form for a normal mean: prior share of the precision times its pull", async () => {
  // Posterior mean = (mean/sd² + data) / (1/sd² + n'): doubling the prior's weight moves it by share · (prior − mean).
  const fit = await fitWith(0.4, 0.1, 60);
  const { shift, k } = priorSensitivity(fit).find((s) => s.name === "x")!;
  const posterior = fit.posterior.summary("mu[x]");
  const exact = (posterior.sd ** 2 / 0.1 ** 2) * Math.abs(0.4 - posterior.mean) / posterior.sd * Math.LN2;
  almostEqual(shift, exact, { relative: 0.15 }, "first order in the power, sigma not quite known");
  assert.ok(k < 0.7);
});

Deno.test("priorChecks() names a prior that the data deny, and is quiet about one that they confirm", async () => {
  const denied = priorChecks(priorSensitivity(await fitWith(-2, 0.3, 300)));
  assert.equal(denied[0]!.status, "fail");
  assert.deepEqual(denied[0]!.columns, ["x"]);
  const confirmed = priorChecks(priorSensitivity(await fitWith(1, 0.5, 300)));
  assert.deepEqual(confirmed.map((c) => c.status), ["pass", "pass"]);
});

Deno.test("priorConflict() sees a narrow prior that is wrong, by what the data say alone", async () => {
  const alone = await fitWith(0, 10, 60), priors = { scale: "s", features: { x: { mean: 0.2, sd: 0.03 } } };
  const [farthest] = priorConflict(priors, alone);
  // The data alone: least squares with its standard error, on the rows that fitWith() draws.
  const rng = createRng(3, "one slope"), x = rng.normals(60), y = x.map((v) => v + 0.5 * rng.normal());
  const mx = mean(x), my = mean(y), squares = x.reduce((sum, v) => sum + (v - mx) ** 2, 0);
  const slope = x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0) / squares;
  const noise = x.reduce((sum, v, i) => sum + (y[i]! - my - slope * (v - mx)) ** 2, 0) / 58;
  const exact = (slope - 0.2) / Math.hypot(0.03, Math.sqrt(noise / squares));
  almostEqual(
    farthest!.distance,
    exact,
    { relative: 0.06 },
    "sd of 4,000 draws, and a noise that is not quite known",
  );
  assert.equal(conflictCheck([farthest!]).status, "fail");
  const right = priorConflict({ scale: "s", features: { x: { mean: 1, sd: 0.3 } } }, alone);
  assert.equal(conflictCheck(right).status, "pass");
  assert.throws(() => conflictCheck([]), /no feature of the fit has an informed prior/);
});
