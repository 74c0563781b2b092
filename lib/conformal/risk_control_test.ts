import assert from "node:assert/strict";
import { createRng } from "../core/mod.ts";
import { conformalThreshold } from "./rank.ts";
import { controlRisk } from "./risk_control.ts";

Deno.test("controlRisk() with the loss of not covering is split conformal prediction", () => {
  const scores = createRng(7, "risk").uniforms(37), settings = scores.toSorted();
  for (const confidence of [0.7, 0.8, 0.9, 0.95]) {
    const loss = (row: number, t: number): number => Number(scores[row]! > t);
    const { setting } = controlRisk({ rows: 37, loss, settings, risk: Number((1 - confidence).toFixed(6)) });
    assert.equal(setting, conformalThreshold(scores, confidence));
  }
});

Deno.test("controlRisk() keeps the expected loss of new rows for a loss that is no coverage", () => {
  const rng = createRng(8, "risk"), runs = 10_000, n = 20, risk = 0.15;
  const settings = Float64Array.from({ length: 41 }, (_, i) => i / 40);
  let total = 0;
  for (let run = 0; run < runs; run++) {
    const x = rng.uniforms(n + 1), loss = (row: number, t: number): number => Math.max(0, x[row]! - t);
    total += loss(n, controlRisk({ rows: n, loss, settings, risk }).setting);
  }
  const error = 0.25 / Math.sqrt(runs); // a loss in [0, 1 − t] has a spread below a quarter
  assert.ok(total / runs <= risk + 4 * error && total / runs > risk - 0.06, `${total / runs}`);
});

Deno.test("controlRisk() says how many rows are needed, and refuses a loss that grows", () => {
  const none = controlRisk({ rows: 8, loss: () => 0, settings: [0, 1], risk: 0.1 });
  assert.equal(none.setting, Infinity);
  assert.match(none.check.advice, /9 rows are needed/);
  assert.equal(controlRisk({ rows: 9, loss: () => 0, settings: [0, 1], risk: 0.1 }).setting, 0);
  assert.throws(
    () => controlRisk({ rows: 9, loss: (_, t) => t, settings: [0, 1], risk: 0.5 }),
    /no larger at a later/,
  );
});
